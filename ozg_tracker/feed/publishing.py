"""Giving places: whoever reads the feed first numbers all that has been committed, so that nothing is passed over."""

import heapq
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Manager, Max
from django.db.models.functions import Coalesce

from ozg_tracker.feed.logs import LOGS
from ozg_tracker.feed.models import INSTALLATION, Followed, Place, Waiting

AT_ONCE = 10_000  # places given in one transaction
_ONE_PUBLISHER = 0x666565  # "fee", the lock that only readers take


class _Event(NamedTuple):
    at: datetime
    rank: int
    id: int
    kind: str
    municipality: int


def publish() -> None:
    """Give a place to everything committed so far. Where somebody else is at it, read what there is."""
    if connection.vendor == "postgresql":
        while _publish_waiting() == AT_ONCE:
            pass
    elif _grown(_followed()):
        _publish_by_ids()


def publish_after_restore(database: str) -> None:
    """Give a place to what a backup of that `database` brought without one: PostgreSQL knows it as waiting, SQLite by
    its ids.
    """
    while _publish_waiting() == AT_ONCE:
        pass
    if database == "sqlite":
        _publish_by_ids()
    elif connection.vendor == "sqlite":
        _follow(dict(Place.objects.order_by().values_list("kind").annotate(Max("last"))))


def _publish_waiting() -> int:
    """How many parts got a place; the last ones were fewer than `AT_ONCE`."""
    if not Waiting.objects.exists():
        return 0
    with transaction.atomic():
        if not _locked():
            return 0
        taken = list(Waiting.objects.all()[:AT_ONCE])
        parts = ((each.kind, each.municipality, each.first, each.last) for each in taken)
        _put(parts, _last(Place.objects), Place.objects)
        Waiting.objects.filter(pk__in=[each.pk for each in taken]).delete()
    return len(taken)


def _publish_by_ids() -> None:
    """The same where ids tell the order of commits: of each log what lies behind its last place, all logs by time."""
    with transaction.atomic():
        logs = [(kind, log.model._default_manager, log.at, log.municipality) for kind, log in LOGS.items()]
        _follow(number_by_ids(logs, Place.objects, _followed()))


def number_by_ids(
    logs: Sequence[tuple[str, Manager[Any], str, str]], places: Manager[Any], followed: dict[str, int]
) -> dict[str, int]:
    """`logs`: kind, manager, lookup of the time, lookup of the municipality; given apart for migrations. `followed`,
    and what comes back: the last id of each kind that has a place.
    """
    events = heapq.merge(*(_events(rank, *log, followed.get(log[0], 0)) for rank, log in enumerate(logs)))
    parts, last, now = _neighbours(events), _last(places), dict(followed)
    while batch := list(islice(parts, AT_ONCE)):
        last = _put(batch, last, places)
        now |= {kind: most for kind, _whose, _first, most in batch}
    return now


def _grown(followed: dict[str, int]) -> bool:
    """Whether SQLite has given an id in any log since."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, seq FROM sqlite_sequence")
        given = dict(cursor.fetchall())
    return any(given.get(log.model._meta.db_table, 0) > followed.get(kind, 0) for kind, log in LOGS.items())


def _followed() -> dict[str, int]:
    return dict(Followed.objects.values_list("kind", "last"))


def _follow(last: dict[str, int]) -> None:
    given = [Followed(kind=kind, last=most) for kind, most in last.items()]
    Followed.objects.bulk_create(given, update_conflicts=True, unique_fields=["kind"], update_fields=["last"])


def _locked() -> bool:
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_PUBLISHER])
        return bool(cursor.fetchone()[0])


def _last(places: Manager[Any]) -> int:
    return int(places.aggregate(last=Coalesce(Max("position"), 0))["last"])


def _put(parts: Iterable[tuple[str, int, int, int]], position: int, places: Manager[Any]) -> int:
    """Give the parts the places after `position`; the last one given."""
    given = [
        places.model(position=at, kind=kind, municipality=whose, first=first, last=last, proof=secrets.token_hex(4))
        for at, (kind, whose, first, last) in enumerate(parts, position + 1)
    ]
    places.bulk_create(given)
    return position + len(given)


def _events(rank: int, kind: str, log: Manager[Any], at: str, municipality: str, followed: int) -> Iterator[_Event]:
    """The events of a log behind the id `followed`, in the order of their ids; none is earlier than the one before."""
    latest: datetime | None = None
    columns = ("pk", at, *([municipality] if municipality else []))
    for pk, recorded_at, *whose in log.order_by("pk").filter(pk__gt=followed).values_list(*columns).iterator():
        latest = recorded_at if latest is None else max(recorded_at, latest)
        yield _Event(latest, rank, pk, kind, (whose[0] if whose else None) or INSTALLATION)


def _neighbours(events: Iterable[_Event]) -> Iterator[tuple[str, int, int, int]]:
    """Events that follow each other with neighbouring ids, as one part each time."""
    part: tuple[str, int, int, int] | None = None
    for event in events:
        if part is not None and part[:2] == (event.kind, event.municipality) and part[3] == event.id - 1:
            part = (*part[:3], event.id)
        else:
            if part is not None:
                yield part
            part = (event.kind, event.municipality, event.id, event.id)
    if part is not None:
        yield part
