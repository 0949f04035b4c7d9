"""What an import means for the municipalities: which of their own rows it touches, and what is new for them.

Works on the catalogue as it stands, so inside `import_catalogue(…, look=…)` it tells before what it would tell after.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count

from catalog.models import CatalogueImport, Succession
from catalog.reading.differences import Difference, Kind
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import MunicipalitySuccession, MunicipalService, Responsibility
from ozg_tracker.tracking.responsibility.suggesting import Rule, countable_services, scope_of
from ozg_tracker.tracking.rows.counting import OURS

_AT_ONCE = 10_000  # SQLite takes no more than 32,766 values at once


@dataclass(frozen=True)
class Impact:
    """Of one municipality: its `own` rows by service, of which `retired` leave the counts and `changed` stay, and what
    is new.

    `new`: services that count, each with the rule of the profile that speaks for it.
    """

    own: dict[int, MunicipalService] = field(default_factory=dict)
    retired: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    new: dict[int, Rule] = field(default_factory=dict)

    @property
    def likely_ours(self) -> int:
        """How many new services the profile suggests as the municipality's own."""
        return sum(rule.responsibility == Responsibility.MUNICIPALITY for rule in self.new.values())


@dataclass(frozen=True)
class MunicipalityCounts:
    """The same for the operator, of each municipality as numbers; `new`: rows that the import gave it or would give."""

    municipality: Municipality
    retired: int
    changed: int
    new: int


@dataclass(frozen=True)
class Decided:
    """A Nachfolge, the municipality's own row of the old service, and what the municipality decided for itself."""

    succession: Succession
    row: MunicipalService | None
    of_municipality: MunicipalitySuccession | None

    @property
    def accepted(self) -> bool | None:
        """What holds in the municipality."""
        return self.said.accepted

    @property
    def said(self) -> "Succession | MunicipalitySuccession":
        """Who decided, when and why: what was confirmed for all, else the municipality's own word."""
        return self.of_municipality if self.of_municipality and not self.succession.accepted else self.succession


def impact(municipality: Municipality, found: Sequence[Difference]) -> Impact:
    """What these differences mean for the municipality; a few queries, however many."""
    old = [each for each in found if each.kind != Kind.NEW]
    own = own_rows(municipality, [each.service_id for each in old])
    new = {each.service_id for each in found if each.kind == Kind.NEW and each.facts.countable}
    scope = scope_of(municipality.kind) if new else None
    return Impact(
        own,
        tuple(each.service_id for each in old if each.service_id in own and each.kind == Kind.RETIRED),
        tuple(each.service_id for each in old if each.service_id in own and each.kind != Kind.RETIRED),
        {each.pk: scope.rule_for(each) for each in countable_services() if each.pk in new} if scope else {},
    )


def own_rows(municipality: Municipality, services: Collection[int]) -> dict[int, MunicipalService]:
    """The rows among these services that are the municipality's own, by service."""
    wanted = set(services)
    rows = MunicipalService.objects.filter(OURS, municipality=municipality)
    if len(wanted) < _AT_ONCE:
        rows = rows.filter(service__in=wanted)
    found = {row.service_id: row for row in rows.select_related("service", "department")}
    return {pk: row for pk, row in found.items() if pk in wanted}


def impact_by_municipality(found: Sequence[Difference]) -> list[MunicipalityCounts]:
    """The municipalities it touches, most touched first, counted by the database."""
    retired = _count([each.service_id for each in found if each.kind == Kind.RETIRED], ours=True)
    kept = (Kind.NEW, Kind.RETIRED)
    changed = _count([each.service_id for each in found if each.kind not in kept], ours=True)
    new = _count([each.service_id for each in found if each.kind == Kind.NEW], ours=False)
    municipalities = Municipality.objects.in_bulk(retired.keys() | changed.keys() | new.keys())
    counts = [
        MunicipalityCounts(municipality, retired.get(pk, 0), changed.get(pk, 0), new.get(pk, 0))
        for pk, municipality in municipalities.items()
    ]
    return sorted(counts, key=lambda each: (-each.retired, -each.changed, -each.new, each.municipality.name))


def _count(services: Sequence[int], *, ours: bool) -> dict[int, int]:
    """How many rows of these services each municipality has, by the municipality's id."""
    found: dict[int, int] = {}
    rows = MunicipalService.objects.order_by()
    rows = rows.filter(OURS) if ours else rows
    for start in range(0, len(services), _AT_ONCE):
        some = rows.filter(service__in=services[start : start + _AT_ONCE])
        for municipality, number in some.values_list("municipality").annotate(Count("pk")):
            found[municipality] = found.get(municipality, 0) + number
    return found


def successions_of(catalogue_import: CatalogueImport, municipality: Municipality) -> list[Decided]:
    """The successions that the import brought up, those of the municipality's own rows first; three queries."""
    found: Iterable[Succession] = catalogue_import.successions.select_related("old", "new", "by")
    own = own_rows(municipality, [each.old_id for each in found])
    said = MunicipalitySuccession.objects.filter(
        succession__catalogue_import=catalogue_import, municipality=municipality
    )
    decided = {each.succession_id: each for each in said.select_related("by")}
    every = [Decided(each, own.get(each.old_id), decided.get(each.pk)) for each in found]
    return sorted(every, key=lambda each: (each.row is None, -(each.succession.similarity or 100), each.succession.pk))
