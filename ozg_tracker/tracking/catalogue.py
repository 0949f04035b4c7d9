"""What a release of the catalogue means for the towns: how many tracked rows it touches, and rows for what is new.

A service that is new, back again or no longer a heading gets a row in every town whose profile does not leave it to the
Land or the Bund: unclear, from the day of the import on, with an event that says so. A retired service keeps its row
and its history; it leaves the counts from its day by the catalogue alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from catalog.importing import bulk
from catalog.importing.deed import ImportOutcome, import_catalogue
from catalog.models import Service
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.locks import hold_all
from ozg_tracker.tracking.models import MunicipalService, Source, StatusChange, TrackedState
from ozg_tracker.tracking.scope import LEFT_OUT, suggestions


@dataclass(frozen=True)
class TownImport:
    """The import, `touched` tracked rows whose service it changed or retired, and `added` rows over all towns."""

    outcome: ImportOutcome
    touched: int
    added: int

    def as_json(self) -> dict[str, Any]:
        """The object of the contract."""
        found = self.outcome.as_json()
        problems = found.pop("problems")
        return {**found, "touched_municipal_services": self.touched, "problems": problems}


def import_for_towns(path: str | Path, *, by: User | None = None, **options: Any) -> TownImport:
    """`import_catalogue` with the same options, and in the same transaction the rows of the towns."""
    added = 0

    def after(outcome: ImportOutcome) -> None:
        nonlocal added
        added = add_rows(outcome.appeared, by, outcome.release)

    outcome = import_catalogue(path, by=by, after=after, **options)
    return TownImport(outcome, touched_rows(outcome.touched), added)


def touched_rows(services: Sequence[int]) -> int:
    """How many tracked rows, over all towns, belong to these services."""
    found = 0
    for start in range(0, len(services), 10_000):  # SQLite takes no more than 32,766 values at once
        found += MunicipalService.objects.filter(service__in=services[start : start + 10_000]).count()
    return found


def add_rows(services: Sequence[int], by: User | None, release: str) -> int:
    """Give each town a row, with its first event, for those of the `services` that it may owe; returns the number."""
    if not services:
        return 0
    hold_all()
    added, appeared = 0, set(services)
    for kind in Municipality.objects.order_by("kind").values_list("kind", flat=True).distinct():
        wanted = [pk for pk, suggested in suggestions(kind).items() if pk in appeared and suggested not in LEFT_OUT]
        added += _insert(wanted, kind, by, release) if wanted else 0
    return added


def _insert(services: list[int], kind: str, by: User | None, release: str) -> int:
    """Rows in the state a row has at first, and an event each that says so."""
    rows, events = MunicipalService._meta.db_table, StatusChange._meta.db_table
    names = [field.attname for field in TrackedState._meta.fields]
    first = {name: getattr(MunicipalService(), name) for name in names}
    first = {"version": 1} | {name: value for name, value in first.items() if value is not None}
    highest = MunicipalService.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    bulk.run(
        f"INSERT INTO {rows} (municipality_id, service_id, {', '.join(first)}) "  # noqa: S608 (our own names)
        f"SELECT town.id, service.id, {', '.join(['%s'] * len(first))} "
        f"FROM {Municipality._meta.db_table} town, {Service._meta.db_table} service "
        f"WHERE town.kind = %s AND service.id IN {{ids}} AND NOT EXISTS (SELECT 1 FROM {rows} held "
        "WHERE held.municipality_id = town.id AND held.service_id = service.id) ORDER BY town.id, service.id",
        services,
        *first.values(),
        kind,
    )
    state = ", ".join(names)
    now = StatusChange._meta.get_field("recorded_at").get_db_prep_save(timezone.now(), connection)
    reason = f"Neu im Katalogstand {release}"  # kept and reported, so German, whoever imports
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {events} (municipality_id, row_id, version, {state}, "  # noqa: S608 (our own names)
            "effective_on, recorded_at, by_id, reason, source) "
            f"SELECT municipality_id, id, version, {state}, %s, %s, %s, %s, %s FROM {rows} WHERE id > %s ORDER BY id",
            [timezone.localdate(), now, by.pk if by else None, reason, Source.CATALOGUE.value, highest],
        )
        return int(cursor.rowcount)
