"""Reading the feed: from a place on, each event once, as far as a person may see it."""

import re
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ozg_tracker.feed.logs import LOGS, municipalities_read
from ozg_tracker.feed.models import INSTALLATION, Place
from ozg_tracker.feed.publishing import publish

if TYPE_CHECKING:
    from ozg_tracker.accounts.models import User

NOW = "now"
_LOOKS = 20  # for one page: where a person may see little, the place moves on instead of searching for ever
_WORDS = re.compile(r"([0-9]{1,18})-([0-9]{1,18})-([0-9a-f]{8}|)")


class Mark(NamedTuple):
    """Behind which event of which place a reader stands. In words "position-id-proof"."""

    position: int = 0
    id: int = 0
    proof: str = ""

    def __str__(self) -> str:
        return f"{self.position}-{self.id}-{self.proof}"


class Event(NamedTuple):
    kind: str
    id: int
    at: datetime
    municipality: int | None
    collection: str
    about: int
    mark: Mark

    def told(self, root: str) -> dict[str, Any]:
        """What a program is told of it; `root`: the address of the API, with "/" at its end."""
        return {
            "id": f"{self.kind}-{self.id}",
            "at": self.at,
            "kind": self.kind,
            "municipality": self.municipality,
            "object": {"type": self.collection, "id": self.about, "url": f"{root}{self.collection}/{self.about}/"},
            "cursor": str(self.mark),
        }


class Page(NamedTuple):
    """`more`: there may be further ones at once."""

    events: list[Event]
    mark: Mark
    more: bool


class Gone(Exception):
    """At this place stands something else now, or nothing: a backup was put in again."""


def mark_of(text: str) -> Mark:
    """The mark that `text` says: nothing is the beginning, "now" the end of what is there. ValidationError, `Gone`."""
    if not text:
        return Mark()
    if text == NOW:
        publish()
        last = Place.objects.order_by("-position").first()
        return Mark(last.position, last.last, last.proof) if last else Mark()
    said = _WORDS.fullmatch(text)
    if said is None:
        raise ValidationError(
            {"since": ValidationError(_("Das ist keine Marke dieser Folge. Bitte „next“ unverändert senden."), "mark")}
        )
    mark = Mark(int(said[1]), int(said[2]), said[3])
    if mark != Mark() and not Place.objects.filter(position=mark.position, proof=mark.proof).exists():
        raise Gone
    return mark


def read(user: "User", mark: Mark, limit: int, kinds: Collection[str] = LOGS) -> Page:
    """Up to `limit` events of these `kinds` behind `mark`. A constant number of queries for each look at `limit`
    candidates.
    """
    publish()
    found: list[Event] = []
    more = True
    for _look in range(_LOOKS):
        candidates, more = _candidates(user, mark, limit, kinds)
        if not candidates:
            break
        found = _seen(user, candidates)
        mark = candidates[-1][1]
        if found or not more:
            break
    return Page(found, mark, more)


def _candidates(user: "User", mark: Mark, limit: int, kinds: Collection[str]) -> tuple[list[tuple[str, Mark]], bool]:
    """What stands behind `mark` of the municipalities of `user`: kind and mark of each, and whether there is more."""
    here = [INSTALLATION, *municipalities_read(user)]
    places = Place.objects.filter(position__gte=mark.position, municipality__in=here, kind__in=kinds)
    found: list[tuple[str, Mark]] = []
    for position, kind, first, last, proof in places.order_by("position").values_list(
        "position", "kind", "first", "last", "proof"
    )[: limit + 2]:
        begin = max(first, mark.id + 1) if position == mark.position else first
        room = limit + 1 - len(found)
        found += [(kind, Mark(position, each, proof)) for each in range(begin, min(last, begin + room - 1) + 1)]
        if len(found) > limit:
            break
    return found[:limit], len(found) > limit


def _seen(user: "User", candidates: list[tuple[str, Mark]]) -> list[Event]:
    """Those of them that are still there and that `user` may see, in their order: a query for each log."""
    asked = defaultdict(list)
    for kind, mark in candidates:
        asked[kind].append(mark.id)
    rows: dict[tuple[str, int], tuple[Any, ...]] = {}
    for kind, ids in asked.items():
        log = LOGS[kind]
        columns = ("pk", log.at, log.about[1], *([log.municipality] if log.municipality else []))
        seen = log.seen(user).filter(pk__in=ids).order_by()
        rows |= {(kind, row[0]): row[1:] for row in seen.values_list(*columns)}
    return [
        Event(kind, mark.id, row[0], row[2] if len(row) > 2 else None, LOGS[kind].about[0], row[1], mark)
        for kind, mark in candidates
        if (row := rows.get((kind, mark.id)))
    ]
