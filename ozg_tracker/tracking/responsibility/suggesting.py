"""Which service a kind of municipality commonly carries out, by the profile in force: a suggestion. A person decides.

Of the lines of a profile wins, in this order: types that all leave the service to the Land or the Bund; the service's
object (first eight digits of its key); its bundle, the nearest to the citizen where it has several; its type.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.models import Service, ServiceBundle
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import Responsibility, ScopeProfile

LEFT_OUT = frozenset({Responsibility.STATE, Responsibility.FEDERATION})
CRITERIA = ("type_code", "ozg_id", "object_key")
_NEAREST_FIRST = (
    Responsibility.MUNICIPALITY,
    Responsibility.UNCLEAR,
    Responsibility.DISTRICT,
    Responsibility.NOT_OFFERED,
    Responsibility.STATE,
    Responsibility.FEDERATION,
)


class RuleLine(NamedTuple):
    """What a rule is for: one of CRITERIA, and its value."""

    criterion: str
    value: str


class Rule(NamedTuple):
    """What a line of a profile suggests, why, and where that comes from."""

    responsibility: Responsibility
    reason: str = ""
    source: str = ""


NO_RULE = Rule(Responsibility.UNCLEAR)


class Countable(NamedTuple):
    """What the rules ask of a service: its types (joined by ";"), its key, and the OZG ids it stands under."""

    pk: int
    types: str
    key: str | None
    ozg_ids: list[str]


@dataclass(frozen=True)
class Scope:
    """The rules of one profile, by type, OZG-ID and service object."""

    types: Mapping[str, Rule] = field(default_factory=dict)
    bundles: Mapping[str, Rule] = field(default_factory=dict)
    objects: Mapping[str, Rule] = field(default_factory=dict)

    def suggest(self, types: str, key: str | None, ozg_ids: Iterable[str]) -> Rule:
        """The rule that speaks for a service of these types (joined by ";"), with this key, in these bundles."""
        by_type = [self.types[code] for code in types.split(";") if code in self.types]
        if by_type and LEFT_OUT.issuperset(rule.responsibility for rule in by_type):
            return _nearest(by_type)
        if key is not None and key[:8] in self.objects:
            return self.objects[key[:8]]
        by_bundle = [self.bundles[ozg_id] for ozg_id in ozg_ids if ozg_id in self.bundles]
        return _nearest(by_bundle or by_type)

    def rule_for(self, service: Countable) -> Rule:
        return self.suggest(service.types, service.key, service.ozg_ids)


def _nearest(rules: Iterable[Rule]) -> Rule:
    return min(rules, key=lambda rule: _NEAREST_FIRST.index(rule.responsibility), default=NO_RULE)


def profile_of(kind: str) -> ScopeProfile:
    """The profile in force for a kind of municipality. ValidationError `unknown_kind`, `no_profile`."""
    if kind not in Municipality.Kind.values:
        raise ValidationError(
            _("Die Art „%(kind)s“ gibt es nicht. Möglich sind: %(kinds)s."),
            code="unknown_kind",
            params={"kind": kind, "kinds": ", ".join(Municipality.Kind.values)},
        )
    profile = ScopeProfile.objects.in_force(kind)
    if profile is None:
        raise ValidationError(
            _("Für „%(kind)s“ fehlt das Zuständigkeitsprofil; „manage.py migrate“ lädt es."),
            code="no_profile",
            params={"kind": kind},
        )
    return profile


def rules_of(profile: ScopeProfile) -> dict[RuleLine, Rule]:
    """The lines of a profile, each with what it suggests; one query."""
    found: dict[RuleLine, Rule] = {}
    for *values, responsibility, reason, source in profile.rules.values_list(
        *CRITERIA, "responsibility", "reason", "source"
    ):
        criterion, value = next((name, value) for name, value in zip(CRITERIA, values, strict=True) if value)
        found[RuleLine(criterion, value)] = Rule(Responsibility(responsibility), reason, source)
    return found


def scope_from(rules: Mapping[RuleLine, Rule]) -> Scope:
    by: dict[str, dict[str, Rule]] = {criterion: {} for criterion in CRITERIA}
    for (criterion, value), rule in rules.items():
        by[criterion][value] = rule
    return Scope(*by.values())


def scope_of(kind: str) -> Scope:
    """The scope in force for a kind of municipality; two queries, and what `profile_of` raises."""
    return scope_from(rules_of(profile_of(kind)))


def countable_services() -> list[Countable]:
    """All services of the catalogue as it is now that count; two queries."""
    bundles: defaultdict[int, list[str]] = defaultdict(list)
    for service_id, ozg_id in ServiceBundle.objects.filter(until=None).values_list("service", "bundle__ozg_id"):
        bundles[service_id].append(ozg_id or "")
    current = Service.objects.filter(official=True, countable=True, retired_on=None)
    services = current.order_by("pk").values_list("pk", "types", "key")
    return [Countable(pk, types, key, bundles[pk]) for pk, types, key in services]


def suggestions(kind: str) -> dict[int, Responsibility]:
    """Ids of all countable services, with who carries each out by the profile in force. Four queries."""
    scope = scope_of(kind)
    return {each.pk: scope.rule_for(each).responsibility for each in countable_services()}
