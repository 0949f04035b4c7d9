"""Finds the rows that lines of a file speak of: by key, else by OZG-ID and name. Takes in services not tracked yet.

A municipality's own services are found by the key that its files give them, else by name and bundle; a bundle of its
own stands with its name in the column of the OZG-ID.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import F
from django.utils.translation import gettext as _

from catalog.importing.keys import BadKey, ozg_id_of
from catalog.importing.keys import key_of as read_key
from catalog.importing.spelling import folded
from catalog.models import Service, ServiceBundle
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.api.ids import id_in, ids_in
from ozg_tracker.tracking.exchange.words import BadWord
from ozg_tracker.tracking.models import MunicipalService, OwnService

key_of = lru_cache(maxsize=20_000)(read_key)  # the lines of a file name the same services again and again


SERVICE = "service"  # a cell that no file has: the id of the service that a person chose for the line


class UnknownService(BadWord):
    """A line that means no service there is; `named`: it says clearly which one it means."""

    def __init__(self, sentence: str, named: bool = False) -> None:
        super().__init__(sentence)
        self.named = named


@dataclass(slots=True)
class Services:
    """The services that the lines of a file may mean. `rows`: ids of the municipality's rows by service id.

    `by_bundle_and_name`: by OZG id, or the folded name of an own bundle, and folded name. `own_bundles`: those names.
    """

    by_key: dict[str, int]
    by_bundle_and_name: dict[tuple[str, str], set[int]]
    names: dict[int, str]
    without_key: set[int] = field(default_factory=set)
    rows: dict[int, int] = field(default_factory=dict)
    own_bundles: set[str] = field(default_factory=set)

    def service_of(self, cells: Mapping[str, str]) -> int:
        """The id of the service a line means. Raises BadKey for a damaged key, UnknownService for one not there."""
        if cells.get(SERVICE):
            return self._chosen(cells[SERVICE])
        key = key_of(cells.get("key", ""))
        if key is not None:
            if key in self.by_key:
                return self.by_key[key]
            raise UnknownService(_not_in_catalogue(key), named=True)
        if not cells.get("ozg_id") or not cells.get("name"):
            raise UnknownService(
                _("Ohne Schlüssel braucht die Zeile OZG-ID und Leistung, damit die Leistung gefunden wird.")
            )
        place = folded(cells["ozg_id"])
        place = place if place in self.own_bundles else ozg_id_of(cells["ozg_id"])
        found = self.by_bundle_and_name.get((place, folded(cells["name"])), set())
        # A bundle may hold a service with a key and one without under the same name: the line without a key means that.
        for fitting in (found, found & self.without_key, {pk for pk in found if self.names[pk] == cells["name"]}):
            if len(fitting) == 1:
                return next(iter(fitting))
        if found:
            raise UnknownService(_("OZG-ID und Name passen auf mehrere Leistungen. Bitte den Schlüssel angeben."))
        raise UnknownService(
            _(
                "In der OZG-Leistung %(ozg_id)s steht keine Leistung „%(name)s“. Bitte den Schlüssel angeben; ist es "
                "eine eigene Leistung der Kommune, nehmen Sie sie zuerst als eigene Leistung auf."
            )
            % {"ozg_id": cells["ozg_id"], "name": cells["name"][:80]},
            named=True,
        )

    def _chosen(self, given: str) -> int:
        pk = id_in(given)
        if pk is None or pk not in self.names:
            raise UnknownService(_("Die gewählte Leistung gibt es nicht mehr. Bitte wählen Sie noch einmal."))
        return pk


def _not_in_catalogue(key: str) -> str:
    return _(
        "Eine Leistung mit dem Schlüssel %(key)s steht nicht im Katalog. Bitte laden Sie den Katalogstand, der sie "
        "kennt; oder nehmen Sie sie mit diesem Schlüssel als eigene Leistung auf und lesen Sie die Datei noch einmal."
    ) % {"key": key}


def named_by(cells: Mapping[str, str]) -> tuple[str, ...]:
    """What tells the services of lines apart: the key, else bundle and name."""
    key = key_of(cells.get("key", ""))
    return (key,) if key else (folded(cells.get("ozg_id", "")), folded(cells.get("name", "")))


def load_services(municipality: Municipality, lines: Iterable[Mapping[str, str]]) -> Services:
    """What is needed to find the services of `lines`; a constant number of queries."""
    lines = list(lines)
    keys, ozg_ids = _named(lines)
    keyed = Service.objects.filter(key__in=keys).values_list("key", "pk", "name")
    by_name: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    names = {pk: name for _key, pk, name in keyed}
    links = ServiceBundle.objects.filter(until=None, bundle__ozg_id__in=ozg_ids, service__official=True)
    without_key: set[int] = set()
    columns = ("bundle__ozg_id", "service_id", "service__name", "service__key")
    for ozg_id, pk, name, key in links.values_list(*columns) if ozg_ids else ():
        by_name[ozg_id, folded(name)].add(pk)
        names[pk] = name
        if key is None:
            without_key.add(pk)
    found = Services({str(key): pk for key, pk, _name in keyed}, by_name, names, without_key)
    _add_own(municipality, found)
    if chosen := ids_in(cells[SERVICE] for cells in lines if cells.get(SERVICE)):
        official = Service.objects.filter(pk__in=chosen, official=True, retired_on=None)
        found.names |= dict(official.values_list("pk", "name"))
    tracked = MunicipalService.objects.filter(municipality=municipality).values_list("service_id", "pk")
    found.rows = dict(tracked)
    return found


def _add_own(municipality: Municipality, found: Services) -> None:
    """The municipality's own services. What the catalogue knows by a key stays what the catalogue says. One that has
    ended is meant only where nothing else of its name stands in the bundle: an export has it still.
    """
    own = OwnService.objects.filter(municipality=municipality)
    own = own.order_by(F("service__retired_on").desc(nulls_first=True), "-pk")
    facts = ("file_key", "service", "service__name", "service__retired_on")
    bundle = ("service__links__bundle__ozg_id", "service__links__bundle__name")
    for key, pk, name, ended_on, ozg_id, bundle_name in own.values_list(*facts, *bundle):
        place = ozg_id or folded(bundle_name)
        if not ozg_id:
            found.own_bundles.add(place)
        if key:
            found.by_key.setdefault(key, pk)
        if ended_on and (place, folded(name)) in found.by_bundle_and_name:
            continue
        found.by_bundle_and_name.setdefault((place, folded(name)), set()).add(pk)
        found.names[pk] = name
        found.without_key.add(pk)


def take_in(municipality: Municipality, services: Iterable[int]) -> dict[int, int]:
    """Rows for services the municipality does not track yet, by service id: version 0, no event yet."""
    MunicipalService.objects.bulk_create(
        MunicipalService(municipality=municipality, service_id=pk, version=0) for pk in sorted(set(services))
    )
    return dict(MunicipalService.objects.filter(municipality=municipality, version=0).values_list("service_id", "pk"))


def _named(lines: Iterable[Mapping[str, str]]) -> tuple[set[str], set[str]]:
    keys: set[str] = set()
    ozg_ids: set[str] = set()
    for cells in lines:
        try:
            key = key_of(cells.get("key", ""))
            if key:
                keys.add(key)
            elif cells.get("ozg_id"):
                ozg_ids.add(ozg_id_of(cells["ozg_id"]))
        except BadKey:
            continue  # told with its place when the line is read
    return keys, ozg_ids
