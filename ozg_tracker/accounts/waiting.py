"""What waits for a person, from every room. Rooms above this one add what they know to `SOURCES` when they start."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from ozg_tracker.accounts.models import Membership


@dataclass(frozen=True)
class Waiting:
    """One thing to do: by when (None: no day), what, in which room, the deed in a word, and where it is done."""

    what: str
    room: str
    deed: str
    address: str
    day: date | None = None
    words: str = ""

    @property
    def late_days(self) -> int:
        """For how many days it is overdue; 0 where it is not."""
        return max((timezone.localdate() - self.day).days, 0) if self.day else 0


# What waits for the person of a membership in its municipality.
SOURCES: list[Callable[[Membership], Iterable[Waiting]]] = []


def waiting_for(held: Membership) -> list[Waiting]:
    """All that waits, by day, what has none last; how many queries that takes is the sources' to say."""
    found = [each for source in SOURCES for each in source(held)]
    return sorted(found, key=lambda each: (each.day is None, each.day or date.max, each.room, each.what))
