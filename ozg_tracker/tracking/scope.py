"""Which service a kind of municipality commonly carries out: our own suggestion. A person decides.

Of the lines of a profile wins, in this order: types that all leave the service to the Land or the Bund; the service's
object (first eight digits of its key); its bundle, the nearest to the citizen where it has several; its type.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.models import Service, ServiceBundle
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import Responsibility, ScopeProfile

LEFT_OUT = frozenset({Responsibility.STATE, Responsibility.FEDERATION})
_NEAREST_FIRST = (
    Responsibility.MUNICIPALITY,
    Responsibility.UNCLEAR,
    Responsibility.DISTRICT,
    Responsibility.NOT_OFFERED,
    Responsibility.STATE,
    Responsibility.FEDERATION,
)


@dataclass(frozen=True)
class Scope:
    """The lines of one profile: type, OZG-ID and service object, each to the responsibility it suggests."""

    types: Mapping[str, Responsibility]
    bundles: Mapping[str, Responsibility]
    objects: Mapping[str, Responsibility]

    def suggest(self, types: str, key: str | None, ozg_ids: Iterable[str]) -> Responsibility:
        """Who carries out a service of these types (joined by ";"), with this key, in these bundles."""
        by_type = [self.types[code] for code in types.split(";") if code in self.types]
        if by_type and LEFT_OUT.issuperset(by_type):
            return _nearest(by_type)
        if key is not None and key[:8] in self.objects:
            return self.objects[key[:8]]
        by_bundle = [self.bundles[ozg_id] for ozg_id in ozg_ids if ozg_id in self.bundles]
        return _nearest(by_bundle or by_type)


def _nearest(responsibilities: Iterable[Responsibility]) -> Responsibility:
    return min(responsibilities, key=_NEAREST_FIRST.index, default=Responsibility.UNCLEAR)


def scope_of(kind: str) -> Scope:
    """The newest profile of a kind of municipality. ValidationError `unknown_kind`, `no_profile`."""
    if kind not in Municipality.Kind.values:
        raise ValidationError(
            _("Die Art „%(kind)s“ gibt es nicht. Möglich sind: %(kinds)s."),
            code="unknown_kind",
            params={"kind": kind, "kinds": ", ".join(Municipality.Kind.values)},
        )
    profile = ScopeProfile.objects.filter(kind=kind).order_by("-version").first()
    if profile is None:
        raise ValidationError(
            _("Für „%(kind)s“ fehlt das Zuständigkeitsprofil; „manage.py migrate“ lädt es."),
            code="no_profile",
            params={"kind": kind},
        )
    return Scope(*(_lines(profile, criterion) for criterion in ("type_code", "ozg_id", "object_key")))


def _lines(profile: ScopeProfile, criterion: str) -> dict[str, Responsibility]:
    rules = profile.rules.exclude(**{criterion: ""}).values_list(criterion, "responsibility")
    return {value: Responsibility(responsibility) for value, responsibility in rules}


def suggestions(kind: str) -> dict[int, Responsibility]:
    """Ids of all countable services of the catalogue as it is now, with who carries each out. Six queries."""
    scope = scope_of(kind)
    bundles: defaultdict[int, list[str]] = defaultdict(list)
    for service_id, ozg_id in ServiceBundle.objects.filter(until=None).values_list("service", "bundle__ozg_id"):
        bundles[service_id].append(ozg_id)
    current = Service.objects.filter(official=True, countable=True, retired_on=None)
    services = current.order_by("pk").values_list("pk", "types", "key")
    return {pk: scope.suggest(types, key, bundles[pk]) for pk, types, key in services}
