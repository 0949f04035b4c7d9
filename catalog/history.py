"""The catalogue as it stood after an import, for set-wise SQL.

The facts after import I are the current rows with `since` ≤ I and the archived versions with `since` ≤ I < `until`; a
link stands after I when `since` ≤ I and it has no `until` up to I. Services that a later import brought are not there.
"""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Subquery

from catalog.models import CatalogueImport

_SERVICE = "key, name, countable, retired_on, sdg"
_BUNDLE = "situation_id"


class Catalogue(NamedTuple):
    """Import `import_id` of the release `label`; `latest`: no import followed it so far."""

    import_id: int
    label: str
    latest: bool


def catalogue_known_at(instant: datetime) -> Catalogue | None:
    """The catalogue as applied last at `instant`, or None before the first import."""
    imports = CatalogueImport.objects.order_by("-pk")
    known = imports.filter(applied_at__lte=instant).annotate(newest=Subquery(imports.values("pk")[:1]))
    found = known.values_list("pk", "release__label", "newest").first()
    return Catalogue(found[0], found[1], latest=found[0] == found[2]) if found else None


def services_sql(catalogue: Catalogue) -> str:
    """A relation of the services after the import: id, key, name, countable, retired_on, sdg."""
    return _facts("catalog_service", "catalog_serviceversion", "service_id", _SERVICE, catalogue)


def places_sql(catalogue: Catalogue) -> str:
    """A relation of where the services stood after the import: service_id, bundle_id, ozg_id, topic_id."""
    bundles = _facts("catalog_bundle", "catalog_bundleversion", "bundle_id", _BUNDLE, catalogue)
    after = int(catalogue.import_id)
    return f"""(
        SELECT l.service_id, l.bundle_id, named.ozg_id, p.topic_id
        FROM catalog_servicebundle l
        JOIN {bundles} b ON b.id = l.bundle_id
        JOIN catalog_bundle named ON named.id = l.bundle_id
        JOIN catalog_situation p ON p.id = b.situation_id
        WHERE l.since_id <= {after} AND (l.until_id IS NULL OR l.until_id > {after}))"""  # noqa: S608 (a whole number)


def _facts(table: str, versions: str, owner: str, columns: str, catalogue: Catalogue) -> str:
    # After the newest import the current rows are all there is, and a plain table is what the databases join fastest.
    if catalogue.latest:
        return table
    after = int(catalogue.import_id)
    return f"""(
        SELECT id, {columns} FROM {table} WHERE since_id <= {after}
        UNION ALL
        SELECT {owner}, {columns} FROM {versions}
        WHERE since_id <= {after} AND until_id > {after})"""  # noqa: S608 (names above and a whole number)
