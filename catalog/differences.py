"""What an applied import changed, service by service and field by field, from the versions it replaced."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import cast

from django.db.models import Field as ModelField
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from catalog.models import CatalogueImport, Service, ServiceBundle, ServiceFacts, ServiceVersion

_FIELDS = ("key", "name", "name2", "types", "legal_basis", "law", "synonyms", "sdg", "countable", "retired_on")


class Kind(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    RETIRED = "retired"


@dataclass(frozen=True)
class Field:
    """A fact before and after, in people's words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """`fields` is empty for a service the import brought. `facts` are those after the import."""

    service_id: int
    kind: Kind
    facts: ServiceFacts
    fields: tuple[Field, ...] = ()


def differences(catalogue_import: CatalogueImport) -> list[Difference]:
    """Every service the import brought, changed or retired, by key and name; five queries, however many."""
    before = {each.service_id: each for each in ServiceVersion.objects.filter(until=catalogue_import)}
    after = _after(catalogue_import)
    links = _moved_links(catalogue_import)
    unmoved = links.keys() - after.keys()
    after |= Service.objects.in_bulk(unmoved) if unmoved else {}
    found = [_difference(pk, before.get(pk), facts, links.get(pk), pk in unmoved) for pk, facts in after.items()]
    return sorted(found, key=lambda each: (each.facts.key or "~", each.facts.name, each.service_id))


def _after(catalogue_import: CatalogueImport) -> dict[int, ServiceFacts]:
    """The facts this import wrote, by service: still current, or replaced since."""
    replaced = {each.service_id: each for each in ServiceVersion.objects.filter(since=catalogue_import)}
    current = {each.pk: each for each in Service.objects.filter(since=catalogue_import, official=True)}
    return {**replaced, **current}


def _moved_links(catalogue_import: CatalogueImport) -> dict[int, tuple[list[str], list[str]]]:
    """For each service whose bundles changed the OZG ids that went and those that came."""
    moved: defaultdict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    links = ServiceBundle.objects.filter(Q(since=catalogue_import) | Q(until=catalogue_import), service__official=True)
    for service, ozg_id, since in links.order_by("bundle__ozg_id").values_list("service", "bundle__ozg_id", "since"):
        moved[service][since == catalogue_import.pk].append(ozg_id or "")
    return dict(moved)


def _difference(
    pk: int,
    before: ServiceFacts | None,
    after: ServiceFacts,
    links: tuple[list[str], list[str]] | None,
    links_alone: bool,
) -> Difference:
    if before is None and not links_alone:
        return Difference(pk, Kind.NEW, after)
    fields = tuple(_fields(before, after)) if before is not None else ()
    if links is not None:
        fields = (*fields, Field(_("OZG-Leistungen"), ", ".join(links[0]), ", ".join(links[1])))
    gone = after.retired_on is not None and before is not None and before.retired_on is None
    return Difference(pk, Kind.RETIRED if gone else Kind.CHANGED, after, fields)


def _fields(before: ServiceFacts, after: ServiceFacts) -> Iterator[Field]:
    for name in _FIELDS:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Field(_label(name), _words(old), _words(new))


def _label(name: str) -> str:
    return str(cast("ModelField[object, object]", Service._meta.get_field(name)).verbose_name)


def _words(value: object) -> str:
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if isinstance(value, date):
        return date_format(value, "d.m.Y")
    return "" if value is None else str(value)
