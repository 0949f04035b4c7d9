"""What is different in the catalogue after one import from after an earlier one, field by field.

Told from what the imports between them wrote (`catalog.reading.as_known` says how), so it costs a few queries however
many there are, and is the same for the last import, for one of years ago and for two releases.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar, cast

from django.db.models import Field as ModelField
from django.db.models import Model, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from catalog.models import (
    Bundle,
    BundleFacts,
    BundleVersion,
    CatalogueImport,
    Service,
    ServiceBundle,
    ServiceFacts,
    ServiceVersion,
    Situation,
    Succession,
)

_SERVICE = ("key", "name", "name2", "types", "legal_basis", "law", "synonyms", "sdg", "countable", "retired_on")
_BUNDLE = ("name", "situation_id", "retired_on")


class Kind(StrEnum):
    """New, changed, back again, counting otherwise and else the same, or retired; a changed service may be renamed or
    moved too, a retired one replaced.
    """

    NEW = "new"
    CHANGED = "changed"
    RENAMED = "renamed"
    MOVED = "moved"
    RETURNED = "returned"
    COUNTING = "counting"
    RETIRED = "retired"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Field:
    """A fact before and after, in people's words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """`facts` are those after; `fields` is empty for a service that was not there before. `kinds` says all that holds.

    `successors` take its place, by the source or because a person confirmed it.
    """

    service_id: int
    kind: Kind
    facts: ServiceFacts
    fields: tuple[Field, ...] = ()
    kinds: frozenset[Kind] = frozenset()
    successors: tuple[Service, ...] = ()


@dataclass(frozen=True)
class BundleDifference:
    """The same of an OZG-Leistung: `facts` are those after."""

    ozg_id: str
    kind: Kind
    facts: BundleFacts
    fields: tuple[Field, ...] = ()


Told = TypeVar("Told", Difference, BundleDifference)


def differences(catalogue_import: CatalogueImport) -> list[Difference]:
    """Every service that the import itself brought, changed or retired, by key and name."""
    return _between(catalogue_import.pk - 1, catalogue_import.pk)


def differences_between(before: CatalogueImport, after: CatalogueImport) -> list[Difference]:
    """Every service that stood otherwise after one import than after the other; the earlier one is the before."""
    return _between(*sorted((before.pk, after.pk)))


def bundles_of(catalogue_import: CatalogueImport) -> list[BundleDifference]:
    """Every OZG-Leistung that the import itself brought, changed or retired, by its OZG id."""
    return _bundles_between(catalogue_import.pk - 1, catalogue_import.pk)


def bundle_differences(before: CatalogueImport, after: CatalogueImport) -> list[BundleDifference]:
    """Every OZG-Leistung that stood otherwise, by its OZG id."""
    return _bundles_between(*sorted((before.pk, after.pk)))


def _bundles_between(first: int, last: int) -> list[BundleDifference]:
    official = Bundle.objects.filter(ozg_id__isnull=False)
    was, now = _facts(official, BundleVersion.objects.filter(bundle__in=official), "bundle_id", first, last)
    places = _places([*was.values(), *now.values()])
    ozg_ids = dict(official.filter(pk__in=now).values_list("pk", "ozg_id")) if now else {}
    found = []
    for pk, facts in now.items():
        if kind := _kind(was.get(pk), facts):
            fields = tuple(_fields(was[pk], facts, _BUNDLE, places)) if pk in was else ()
            found.append(BundleDifference(str(ozg_ids[pk]), kind, facts, fields))
    return sorted(_real(found), key=lambda each: each.ozg_id)


def _between(first: int, last: int) -> list[Difference]:
    official = Service.objects.filter(official=True)
    was, now = _facts(official, ServiceVersion.objects.filter(service__official=True), "service_id", first, last)
    moved = _moved_links(first, last)
    unwritten = moved.keys() - now.keys()
    now |= official.in_bulk(unwritten) if unwritten else {}
    successors = _successors(first, last)
    found = []
    for pk, facts in now.items():
        before = facts if pk in unwritten else was.get(pk)
        kind = Kind.CHANGED if pk in unwritten else _kind(before, facts)
        if kind is not None:
            found.append(_difference(pk, kind, before, facts, moved.get(pk), successors.get(pk, ())))
    return sorted(_real(found), key=lambda each: (each.facts.key or "~", each.facts.name, each.service_id))


def fields_of(before: ServiceFacts, after: ServiceFacts) -> tuple[Field, ...]:
    """The facts of a service that differ."""
    return tuple(_fields(before, after, _SERVICE, {}))


def moved_field(moved: tuple[list[str], list[str]]) -> Field:
    """The bundles a service went out of and came into, by OZG id."""
    return Field(_("OZG-Leistungen"), ", ".join(moved[0]), ", ".join(moved[1]))


def _real(found: list[Told]) -> list[Told]:
    """Without what was changed and changed back."""
    return [each for each in found if each.fields or each.kind == Kind.NEW]


def _facts(current: Any, versions: Any, owner: str, first: int, last: int) -> tuple[dict[int, Any], dict[int, Any]]:
    """What import `last` found written since `first`, by id, and what stood there at `first`."""
    kept = list(versions.filter(until__gt=first, since__lte=last))
    was = {getattr(each, owner): each for each in kept if each.since_id <= first}
    now = {getattr(each, owner): each for each in kept if each.since_id > first and each.until_id > last}
    now |= {each.pk: each for each in current.filter(since__gt=first, since__lte=last)}
    return was, now


def _kind(before: Any, after: Any) -> Kind | None:
    """None for what stood in the catalogue neither before nor after."""
    if before is None or (before.retired_on is not None and after.retired_on is not None):
        return Kind.NEW if before is None and after.retired_on is None else None
    if after.retired_on is not None:
        return Kind.RETIRED
    return Kind.RETURNED if before.retired_on is not None else Kind.CHANGED


def _moved_links(first: int, last: int) -> dict[int, tuple[list[str], list[str]]]:
    """For each service whose bundles changed the OZG ids that went and those that came."""
    came, went = Q(since__gt=first, since__lte=last), Q(until__gt=first, until__lte=last)
    links = ServiceBundle.objects.filter(came | went, service__official=True).order_by("bundle__ozg_id")
    net: dict[tuple[int, str], int] = defaultdict(int)
    for service, ozg_id, since, until in links.values_list("service", "bundle__ozg_id", "since", "until"):
        net[service, ozg_id or ""] += (until is None or until > last) - (since <= first)
    moved: defaultdict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for (service, ozg_id), change in net.items():
        if change:
            moved[service][change > 0].append(ozg_id)
    return dict(moved)


def _successors(first: int, last: int) -> dict[int, tuple[Service, ...]]:
    """For each service what takes its place, as the imports brought it up and nobody refused it."""
    found = Succession.objects.filter(catalogue_import__gt=first, catalogue_import__lte=last).in_force()
    successors: dict[int, tuple[Service, ...]] = {}
    for each in found.select_related("new"):
        successors[each.old_id] = (*successors.get(each.old_id, ()), each.new)
    return successors


def _difference(
    pk: int,
    kind: Kind,
    before: ServiceFacts | None,
    after: ServiceFacts,
    moved: tuple[list[str], list[str]] | None,
    successors: tuple[Service, ...],
) -> Difference:
    if before is None:
        return Difference(pk, kind, after, kinds=frozenset({kind}))
    fields = fields_of(before, after)
    if moved is not None:
        fields = (*fields, moved_field(moved))
    if kind == Kind.CHANGED and [each.label for each in fields] == [_label(Service, "countable")]:
        kind = Kind.COUNTING
    holds = {
        Kind.RENAMED: kind == Kind.CHANGED and before.name != after.name,
        Kind.MOVED: kind == Kind.CHANGED and moved is not None,
        Kind.REPLACED: kind == Kind.RETIRED and bool(successors),
    }
    kinds = frozenset({kind, *(each for each, is_so in holds.items() if is_so)})
    return Difference(pk, kind, after, fields, kinds, successors)


def _fields(before: Any, after: Any, names: Iterable[str], places: dict[int, str]) -> Iterator[Field]:
    for name in names:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Field(_label(type(after), name), _words(old, name, places), _words(new, name, places))


def _label(model: type[Model], name: str) -> str:
    return str(cast("ModelField[object, object]", model._meta.get_field(name.removesuffix("_id"))).verbose_name)


def _words(value: object, name: str, places: dict[int, str]) -> str:
    if name == "situation_id":
        return places[cast("int", value)]
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if isinstance(value, date):
        return date_format(value, "d.m.Y")
    return "" if value is None else str(value)


def _places(facts: list[BundleFacts]) -> dict[int, str]:
    """Topic and situation of each place that the facts name."""
    named = Situation.objects.filter(pk__in={each.situation_id for each in facts}).select_related("topic")
    return {each.pk: f"{each.topic} › {each}" for each in named}
