"""What an import means for the towns: which of their own rows it touches, and what is new for them.

Works on the catalogue as it stands, so inside `import_catalogue(…, look=…)` it tells before what it would tell after.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count

from catalog.differences import Difference, Kind
from catalog.import_models import CatalogueImport
from catalog.models import Succession
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import MunicipalService, Responsibility
from ozg_tracker.tracking.scope import Rule, countable_services, scope_of
from ozg_tracker.tracking.succession_models import TownSuccession

_AT_ONCE = 10_000  # SQLite takes no more than 32,766 values at once


@dataclass(frozen=True)
class Impact:
    """Of one town: its `own` rows by service, of which `retired` leave the counts and `changed` stay, and what is new.

    `new`: services that count, each with the rule of the profile that speaks for it.
    """

    own: dict[int, MunicipalService] = field(default_factory=dict)
    retired: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    new: dict[int, Rule] = field(default_factory=dict)

    @property
    def likely_ours(self) -> int:
        """How many new services the profile suggests as the town's own."""
        return sum(rule.responsibility == Responsibility.MUNICIPALITY for rule in self.new.values())


@dataclass(frozen=True)
class TownCounts:
    """The same for the operator, of each town as numbers; `new` counts rows that the import gave it or would give."""

    town: Municipality
    retired: int
    changed: int
    new: int


@dataclass(frozen=True)
class Decided:
    """A Nachfolge, the town's own row of the old service, and what the town decided for itself."""

    succession: Succession
    row: MunicipalService | None
    of_town: TownSuccession | None

    @property
    def accepted(self) -> bool | None:
        """What holds in the town."""
        return self.said.accepted

    @property
    def said(self) -> "Succession | TownSuccession":
        """Who decided, when and why: what was confirmed for all, else the town's own word."""
        return self.of_town if self.of_town and not self.succession.accepted else self.succession


def impact(town: Municipality, found: Sequence[Difference]) -> Impact:
    """What these differences mean for the town; a few queries, however many."""
    old = [each for each in found if each.kind != Kind.NEW]
    own = own_rows(town, [each.service_id for each in old])
    new = {each.service_id for each in found if each.kind == Kind.NEW and each.facts.countable}
    scope = scope_of(town.kind) if new else None
    return Impact(
        own,
        tuple(each.service_id for each in old if each.service_id in own and each.kind == Kind.RETIRED),
        tuple(each.service_id for each in old if each.service_id in own and each.kind != Kind.RETIRED),
        {each.pk: scope.rule_for(each) for each in countable_services() if each.pk in new} if scope else {},
    )


def own_rows(town: Municipality, services: Collection[int]) -> dict[int, MunicipalService]:
    """The rows among these services that are the town's own, by service."""
    wanted = set(services)
    rows = MunicipalService.objects.filter(municipality=town, responsibility=Responsibility.MUNICIPALITY)
    if len(wanted) < _AT_ONCE:
        rows = rows.filter(service__in=wanted)
    found = {row.service_id: row for row in rows.select_related("service", "department")}
    return {pk: row for pk, row in found.items() if pk in wanted}


def impact_by_town(found: Sequence[Difference]) -> list[TownCounts]:
    """The towns it touches, most touched first, counted by the database."""
    retired = _count([each.service_id for each in found if each.kind == Kind.RETIRED], ours=True)
    kept = (Kind.NEW, Kind.RETIRED)
    changed = _count([each.service_id for each in found if each.kind not in kept], ours=True)
    new = _count([each.service_id for each in found if each.kind == Kind.NEW], ours=False)
    towns = Municipality.objects.in_bulk(retired.keys() | changed.keys() | new.keys())
    counts = [TownCounts(town, retired.get(pk, 0), changed.get(pk, 0), new.get(pk, 0)) for pk, town in towns.items()]
    return sorted(counts, key=lambda each: (-each.retired, -each.changed, -each.new, each.town.name))


def _count(services: Sequence[int], *, ours: bool) -> dict[int, int]:
    """How many rows of these services each town has, by the town's id."""
    found: dict[int, int] = {}
    rows = MunicipalService.objects.order_by()
    rows = rows.filter(responsibility=Responsibility.MUNICIPALITY) if ours else rows
    for start in range(0, len(services), _AT_ONCE):
        some = rows.filter(service__in=services[start : start + _AT_ONCE])
        for town, number in some.values_list("municipality").annotate(Count("pk")):
            found[town] = found.get(town, 0) + number
    return found


def successions_of(catalogue_import: CatalogueImport, town: Municipality) -> list[Decided]:
    """The successions that the import brought up, those of the town's own rows first; three queries."""
    found: Iterable[Succession] = catalogue_import.successions.select_related("old", "new", "by")
    own = own_rows(town, [each.old_id for each in found])
    said = TownSuccession.objects.filter(succession__catalogue_import=catalogue_import, municipality=town)
    decided = {each.succession_id: each for each in said.select_related("by")}
    every = [Decided(each, own.get(each.old_id), decided.get(each.pk)) for each in found]
    return sorted(every, key=lambda each: (each.row is None, -(each.succession.similarity or 100), each.succession.pk))
