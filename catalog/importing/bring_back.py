"""Writes facts and links back as they stood before an import."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet

from catalog.importing.apply import BUNDLE_FACTS, SERVICE_FACTS, close_links, keep_versions, open_links, retire
from catalog.importing.bundles import BundleTarget
from catalog.importing.database import many_rows
from catalog.importing.plan import digest_of
from catalog.models import Bundle, CatalogueImport, Service, ServiceBundle, ServiceVersion, Situation

_KEPT = (*SERVICE_FACTS, "identity")


class Found(NamedTuple):
    """What stands now and stood otherwise before: facts to write back by id, and what was not there."""

    before: dict[int, tuple[Any, ...]]
    brought: list[int]


def restore(undone: CatalogueImport, made: CatalogueImport, today: date) -> dict[str, int]:
    """Write the catalogue back as it stood before import `undone`, as import `made`; returns the figures of `made`.

    What was not there is retired `today`. Municipalities' own services and bundles are left alone.
    """
    bundles = _found(Bundle.objects.filter(ozg_id__isnull=False), BUNDLE_FACTS, undone)
    moved = _restore_links(undone, made)
    services = _found(Service.objects.filter(official=True), _KEPT, undone, moved)
    _write_bundles(bundles, made, today)
    _write_services(services, made, today)
    return _figures("services", services, Service.objects.filter(official=True)) | _figures(
        "bundles", bundles, Bundle.objects.filter(ozg_id__isnull=False)
    )


def brought_by(catalogue_import: CatalogueImport) -> QuerySet[Service]:
    """The services that stand in the catalogue now and did not before the import."""
    stood = ServiceVersion.objects.filter(
        service=OuterRef("pk"), since__lt=catalogue_import, until__gte=catalogue_import, retired_on=None
    )
    since = Service.objects.filter(official=True, retired_on=None, since__gte=catalogue_import)
    return since.filter(~Exists(stood))


def _found(rows: QuerySet[Any], facts: tuple[str, ...], undone: CatalogueImport, moved: Iterable[int] = ()) -> Found:
    """Compare what was written at or after the import with the version that held before it."""
    stood = FilteredRelation("versions", condition=Q(versions__since__lt=undone.pk, versions__until__gte=undone.pk))
    was = rows.filter(since__gte=undone).annotate(stood=stood).order_by("pk")
    found, moved = Found({}, []), set(moved)
    columns = ("pk", "stood__pk", *facts, *(f"stood__{name}" for name in facts))
    for pk, version, *both in was.values_list(*columns):
        now, before = tuple(both[: len(facts)]), tuple(both[len(facts) :])
        if version is not None and (now != before or pk in moved):
            found.before[pk] = before
        elif version is None and now[facts.index("retired_on")] is None:
            found.brought.append(pk)
    return found


def _restore_links(undone: CatalogueImport, made: CatalogueImport) -> set[int]:
    """Close the links that came since and open those that went; returns the services they are of."""
    links = ServiceBundle.objects.filter(service__official=True, bundle__ozg_id__isnull=False).order_by("pk")
    came = {
        (service, bundle): pk
        for service, bundle, pk in links.filter(since__gte=undone, until=None).values_list("service", "bundle", "pk")
    }
    went = set(links.filter(since__lt=undone, until__gte=undone).values_list("service", "bundle"))
    close_links([link for place, link in came.items() if place not in went], made)
    open_links(sorted(went - came.keys()), made)
    return {service for service, _bundle in went ^ came.keys()}


def _write_bundles(found: Found, made: CatalogueImport, today: date) -> None:
    keep_versions(Bundle, [*found.before, *found.brought], made)
    places = {pk: names for pk, *names in Situation.objects.values_list("pk", "topic__name", "name")}
    rows = [
        (name, situation, retired_on, made.pk, BundleTarget(pk, "", name, *places[situation]).digest, pk)
        for pk, (name, situation, retired_on) in found.before.items()
    ]
    many_rows.update(Bundle, (*BUNDLE_FACTS, "since_id", "digest"), rows)
    retire(Bundle, found.brought, made, today)


def _write_services(found: Found, made: CatalogueImport, today: date) -> None:
    keep_versions(Service, [*found.before, *found.brought], made)
    _free_identities(found)
    places: defaultdict[int, list[str]] = defaultdict(list)
    links = ServiceBundle.objects.filter(until=None, bundle__ozg_id__isnull=False)
    for service, ozg_id in links.order_by("bundle__ozg_id").values_list("service", "bundle__ozg_id"):
        places[service].append(ozg_id or "")
    rows = []
    for pk, (key, *facts, countable, retired_on, identity) in found.before.items():
        digest = digest_of(key, tuple(facts), countable, places[pk])
        rows.append((key, *facts, countable, retired_on, identity, made.pk, digest, pk))
    many_rows.update(Service, (*_KEPT, "since_id", "digest"), rows)
    retire(Service, found.brought, made, today)


def _free_identities(found: Found) -> None:
    """A service that had its name to itself before gets it back from one that a later, undone import brought."""
    wanted = {identity: pk for pk, (key, *_facts, identity) in found.before.items() if key is None}
    held = Service.objects.filter(identity__in=wanted).values_list("pk", "identity") if wanted else []
    strange = [(f"{identity}\x1f{pk}", pk) for pk, identity in held if wanted[identity] != pk]
    many_rows.update(Service, ("identity",), strange)


def _figures(what: str, found: Found, rows: QuerySet[Any]) -> dict[str, int]:
    current = rows.filter(retired_on=None).count()
    back = len(found.before)
    return {f"{what}_changed": back, f"{what}_retired": len(found.brought), f"{what}_unchanged": max(0, current - back)}
