"""What stands in a person's calendar. Rooms above this one add what they know to `SOURCES` when they start."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from ozg_tracker.accounts.models import User


class Certainty(StrEnum):
    """STATUS of RFC 5545: is it sure, does it wait for something, was it called off."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class Entry:
    """One entry of a calendar: a day (`starts` is a date) or a time with its end (both aware datetimes).

    `uid` is unique in this installation and stays when the entry moves; `sequence` then grows, and `changed_at` says
    since when it is as it is. `path` leads to the page that tells more. `reminds`: how long before the start (a day
    starts at midnight) the calendar reminds; None: not at all.
    """

    uid: str
    summary: str
    starts: date | datetime
    changed_at: datetime
    ends: datetime | None = None
    path: str = "/"
    place: str = ""
    about: str = ""
    sequence: int = 0
    certainty: Certainty = Certainty.CONFIRMED
    reminds: timedelta | None = None


# What stands in the calendar of a person, over all municipalities the person belongs to.
SOURCES: list[Callable[[User], Iterable[Entry]]] = []


def entries_of(user: User) -> list[Entry]:
    """All entries of the person, by day; a constant number of queries."""
    found = [entry for source in SOURCES for entry in source(user)]
    return sorted(found, key=lambda each: (f"{each.starts:%Y-%m-%d}", each.uid))
