"""The rules as a run or a preview asks them: what is stored, or a draft of it that is not."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from catalog.models import ServiceBundle
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.counting import is_ours, is_ready
from ozg_tracker.training.models import NamedPerson, Requirement

_LONGEST = 300
_READ = (
    *("service", "responsibility", "owner", "department", "planned_on"),
    *("level__number", "level__model__conform_level"),
)


@dataclass(frozen=True)
class Rule:
    """A rule with the people it names and the services it is about, its bundle's among them. A draft has id 0."""

    id: int
    kept: Requirement
    people: frozenset[int]
    services: frozenset[int]
    reason: str

    @property
    def by_service(self) -> bool:
        """Met by services alone, and so nobody where there is none; never everybody."""
        kept = self.kept
        by_one = kept.service_id is not None or kept.bundle_id is not None
        return by_one or kept.by_list or kept.days_before is not None


@dataclass(frozen=True)
class Target:
    """Who is met by a rule because of a service: its owner, or else all of its department with what is below it.

    `follows_on`: the day that moves with the planned one; None for a rule that has no go-live, and for what is online
    with no planned day any more: its people are asked on, within the days of the rule.
    """

    rule: Rule
    row: int
    owner: int | None
    department: int | None
    due_within: int
    follows_on: date | None


def stored_rules(requirements: Iterable[Requirement]) -> list[Rule]:
    """Four queries at most, however many."""
    kept = list(requirements)
    people, services = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    named = [each.pk for each in kept if each.named]
    if named:
        for pk, person in NamedPerson.objects.filter(requirement__in=named).values_list("requirement", "person"):
            people[pk].add(person)
    listing = Requirement.services.through.objects.filter(requirement__in=[each.pk for each in kept])
    names = defaultdict[int, list[str]](list)
    for pk, service, name in listing.order_by("service__name").values_list("requirement", "service", "service__name"):
        services[pk].add(service)
        names[pk].append(name)
    bundles = services_of_bundles({each.bundle_id for each in kept if each.bundle_id is not None})
    return [
        Rule(
            each.pk,
            each,
            frozenset(people[each.pk]),
            frozenset(services[each.pk] | {each.service_id or 0} | bundles.get(each.bundle_id or 0, set())) - {0},
            reason_of(each, names[each.pk]),
        )
        for each in kept
    ]


def draft_rule(requirement: Requirement, people: Iterable[int], services: Sequence[int]) -> Rule:
    """What is to be stored, with the people it is to name and the services it is to list."""
    bundles = services_of_bundles({requirement.bundle_id} if requirement.bundle_id is not None else set())
    bundled = bundles.get(requirement.bundle_id or 0, set())
    found = frozenset({*services, requirement.service_id or 0, *bundled}) - {0}
    return Rule(requirement.pk or 0, requirement, frozenset(people), found, "")


def services_of_bundles(bundles: set[int]) -> dict[int, set[int]]:
    found = defaultdict[int, set[int]](set)
    if bundles:
        links = ServiceBundle.objects.filter(bundle__in=bundles, until=None)
        for bundle, service in links.values_list("bundle", "service"):
            found[bundle].add(service)
    return found


def targets_of(municipality: Municipality, rules: Iterable[Rule], day: date) -> list[Target]:
    """Whom the rules meet because of a service that is the municipality's; one query."""
    asking = [rule for rule in rules if rule.services]
    wanted = {service for rule in asking for service in rule.services}
    if not wanted:
        return []
    rows = MunicipalService.objects.filter(municipality=municipality, service__in=wanted).order_by("pk")
    held = {row.service_id: row for row in rows.select_related("level__model").only(*_READ)}
    met = (_target(rule, held[service], day) for rule in asking for service in sorted(rule.services & held.keys()))
    return [target for target in met if target is not None]


def _target(rule: Rule, row: MunicipalService, day: date) -> Target | None:
    days, before = rule.kept.due_within_days, rule.kept.days_before
    if before is None:
        return Target(rule, row.pk, row.owner_id, None, days, None) if row.owner_id else None
    if not is_ours(row) or not (row.planned_on or is_ready(row)):
        return None
    follows_on = row.planned_on - timedelta(days=before) if row.planned_on else None
    if (
        follows_on is not None and follows_on >= day
    ):  # else so many days from today on, so that nobody gets a task that is late at birth
        days = (follows_on - day).days
    if rule.kept.owners_only:
        return Target(rule, row.pk, row.owner_id, None, days, follows_on) if row.owner_id else None
    return Target(rule, row.pk, None, row.department_id, days, follows_on) if row.department_id else None


def reason_of(rule: Requirement, services: Sequence[str] = ()) -> str:
    """Why a person owes it: role, department or service, never something about the person. Kept, so German."""
    about = [rule.service.name] if rule.service else []
    about += [rule.bundle.name] if rule.bundle else []
    told = ", ".join([*about, *services])
    parts = [
        str(rule.get_role_display()) if rule.role else "",
        rule.department.name if rule.department else "",
        f"vor dem Go-live: {told}" if rule.days_before is not None else told,
        "namentlich genannt" if rule.named else "",
    ]
    return (", ".join(part for part in parts if part) or "alle Beschäftigten")[:_LONGEST]
