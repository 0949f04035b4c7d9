"""What a release of the catalogue means for the municipalities: how many tracked rows it touches, and rows for what is
new.

A service that is new, back again or no longer a heading gets a row in every municipality whose profile does not leave
it to the Land or the Bund: unclear, from the day of the import on, with an event that says so. A retired service keeps
its row and its history; it leaves the counts from its day by the catalogue alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import ngettext

from catalog.importing.bring_back import brought_by
from catalog.importing.database import lock, many_rows
from catalog.importing.import_catalogue import ImportOutcome, import_catalogue
from catalog.importing.undo import refuse_if_built_on, some, successions_build_on_it, undo_import
from catalog.models import CatalogueImport, Service, ServiceVersion
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.models import (
    BY_THE_SYSTEM,
    MunicipalitySuccession,
    MunicipalService,
    OwnService,
    Responsibility,
    Source,
    StatusChange,
    TrackedState,
)
from ozg_tracker.tracking.responsibility.suggesting import LEFT_OUT, suggestions
from ozg_tracker.tracking.rows import clock
from ozg_tracker.tracking.rows.locks import hold_all


@dataclass(frozen=True)
class MunicipalityImport:
    """The import, `touched` tracked rows whose service it changed or retired, and `added` rows, wherever they are."""

    outcome: ImportOutcome
    touched: int
    added: int

    def as_json(self) -> dict[str, Any]:
        """The object of the contract."""
        found = self.outcome.as_json()
        problems = found.pop("problems")
        return {**found, "touched_municipal_services": self.touched, "problems": problems}

    def as_answer(self) -> dict[str, Any]:
        """The same for a program, which goes on from there."""
        return {"import": self.outcome.import_id, "would_apply": self.outcome.would_apply, **self.as_json()}


@dataclass(frozen=True)
class MunicipalityUndo:
    """The import that took another back, the tracked rows whose service it touched, and the rows added."""

    made: CatalogueImport
    touched: int
    added: int

    def as_json(self) -> dict[str, Any]:
        made, figures = self.made, ("changed", "unchanged", "retired")
        return {
            "import": made.pk,
            "undoes": made.undoes_id,
            "release": None if made.leaves_nothing else made.release.label,
            "reason": made.reason,
            **{what: {name: getattr(made, f"{what}_{name}") for name in figures} for what in ("services", "bundles")},
            "touched_municipal_services": self.touched,
        }


Recorded = Callable[[MunicipalityImport], None]


def import_for_municipalities(
    path: str | Path, *, by: User | None = None, recorded: Recorded | None = None, **options: Any
) -> MunicipalityImport:
    """`import_catalogue` with the same options, and in the same transaction the rows of the municipalities.

    `recorded` is called last in that transaction, where the import is applied.
    """
    touched: int | None = None
    added = 0

    def after(outcome: ImportOutcome) -> None:
        nonlocal touched, added
        clock.refuse_wrong()
        touched = touched_rows(outcome.touched)  # before rows are added: a dry run adds none, and says the same
        added = add_rows(outcome.appeared, by, outcome.release)

    if recorded is not None:
        options["look"] = lambda _made, outcome: recorded(MunicipalityImport(outcome, touched or 0, added))
    outcome = import_catalogue(path, by=by, after=after, **options)
    return MunicipalityImport(outcome, touched_rows(outcome.touched) if touched is None else touched, added)


@transaction.atomic
def undo_for_municipalities(catalogue_import: CatalogueImport, *, by: User | None, reason: str) -> MunicipalityUndo:
    """`undo_import`, and rows for what stands in the catalogue again where there are none; raises what that raises.

    ValidationError `decided` too: where people have worked on services that the import brought.
    """
    lock.hold()
    clock.refuse_wrong()
    refuse_if_built_on(catalogue_import)
    _refuse_if_decided(catalogue_import)
    touched = touched_rows(list(Service.objects.filter(since__gte=catalogue_import).values_list("pk", flat=True)))
    made = undo_import(catalogue_import, by=by, reason=reason)
    counted = ServiceVersion.objects.filter(service=OuterRef("pk"), until=made, countable=True, retired_on=None)
    back = Service.objects.filter(since=made, countable=True, retired_on=None).filter(~Exists(counted))
    return MunicipalityUndo(made, touched, add_rows(list(back.values_list("pk", flat=True)), by, made.release.label))


def _refuse_if_decided(catalogue_import: CatalogueImport) -> None:
    """A row that a person changed since the import stands on it, unless it has been set back to unclear; so does one
    that took over from a municipality's own service.
    """
    by_people = StatusChange.objects.filter(row=OuterRef("pk"), municipality=OuterRef("municipality"))
    by_people = by_people.filter(recorded_at__gte=catalogue_import.applied_at).exclude(source__in=BY_THE_SYSTEM)
    merged = OwnService.objects.filter(merged_into=OuterRef("service"), municipality=OuterRef("municipality"))
    rows = MunicipalService.objects.filter(service__in=brought_by(catalogue_import))
    rows = rows.filter(Exists(by_people) | Exists(merged))
    accepted = MunicipalitySuccession.objects.filter(succession__catalogue_import=catalogue_import, accepted=True)
    if taken := list(accepted.values_list("succession__new__name", flat=True).distinct()):
        raise successions_build_on_it(taken)
    names = list(rows.exclude(responsibility=Responsibility.UNCLEAR).values_list("service__name", flat=True)[:1000])
    if names:
        raise ValidationError(
            ngettext(
                "%(number)d Leistung, die dieser Stand brachte, ist schon bearbeitet: %(names)s. Bitte setzen Sie sie "
                "auf „ungeklärt“ zurück oder laden Sie den richtigen Stand darüber.",
                "%(number)d Leistungen, die dieser Stand brachte, sind schon bearbeitet: %(names)s. Bitte setzen Sie "
                "sie auf „ungeklärt“ zurück oder laden Sie den richtigen Stand darüber.",
                len(names),
            ),
            code="decided",
            params={"number": len(names), "names": some(names)},
        )


def touched_rows(services: Sequence[int]) -> int:
    """How many tracked rows, over all municipalities, belong to these services."""
    found = 0
    for start in range(0, len(services), 10_000):  # SQLite takes no more than 32,766 values at once
        found += MunicipalService.objects.filter(service__in=services[start : start + 10_000]).count()
    return found


def add_rows(services: Sequence[int], by: User | None, release: str) -> int:
    """Give each municipality a row, with its first event, for those of `services` that it may owe; returns how many."""
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
    many_rows.run(
        f"INSERT INTO {rows} (municipality_id, service_id, {', '.join(first)}) "  # noqa: S608 (our own names)
        f"SELECT municipality.id, service.id, {', '.join(['%s'] * len(first))} "
        f"FROM {Municipality._meta.db_table} municipality, {Service._meta.db_table} service "
        f"WHERE municipality.kind = %s AND service.id IN {{ids}} AND NOT EXISTS (SELECT 1 FROM {rows} held "
        "WHERE held.municipality_id = municipality.id AND held.service_id = service.id) "
        "ORDER BY municipality.id, service.id",
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
