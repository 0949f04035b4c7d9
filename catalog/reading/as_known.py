"""The catalogue as it stood after an import, for set-wise SQL.

The facts after import I are the current rows with `since` ≤ I and the archived versions with `since` ≤ I < `until`; a
link stands after I when `since` ≤ I and it has no `until` up to I. Services that a later import brought are not there.
"""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

_SERVICE = "key, name, countable, retired_on, sdg"


class Catalogue(NamedTuple):
    """Import `import_id` of the release `label`; `latest`: no import followed it so far."""

    import_id: int
    label: str
    latest: bool


def catalogue_known_at(instant: datetime) -> Catalogue | None:
    """The catalogue as applied last at `instant`, or None before the first import."""
    known = """
        SELECT known.id, release.label, known.id = (SELECT max(id) FROM catalog_catalogueimport)
        FROM catalog_catalogueimport known JOIN catalog_cataloguerelease release ON release.id = known.release_id
        WHERE known.applied_at <= %s ORDER BY known.id DESC LIMIT 1"""
    with connection.cursor() as cursor:
        cursor.execute(known, [connection.ops.adapt_datetimefield_value(instant)])
        found = cursor.fetchone()
    return Catalogue(found[0], found[1], latest=bool(found[2])) if found else None


def services_sql(catalogue: Catalogue) -> str:
    """A relation of the services after the import: id, key, name, countable, retired_on, sdg."""
    return _facts("catalog_service", "catalog_serviceversion", "service_id", _SERVICE, catalogue)


def place_joins(catalogue: Catalogue, service_id: str) -> str:
    """Joins that add where a service stood after the import: place.bundle_id, bundle.ozg_id, situation.topic_id.

    `service_id` names the column to join to. A service in several bundles gives several rows, one in none gives nulls.
    Plain joins and no relation of their own: SQLite would write that one down whole for each statement.
    """
    after = int(catalogue.import_id)
    facts = ""
    if not catalogue.latest:
        stood = _facts("catalog_bundle", "catalog_bundleversion", "bundle_id", "situation_id", catalogue)
        facts = f"LEFT JOIN {stood} facts ON facts.id = place.bundle_id"
    return f"""
        LEFT JOIN catalog_servicebundle place ON place.service_id = {service_id}
          AND place.since_id <= {after} AND (place.until_id IS NULL OR place.until_id > {after})
        LEFT JOIN catalog_bundle bundle ON bundle.id = place.bundle_id
        {facts}
        LEFT JOIN catalog_situation situation ON situation.id = {"facts" if facts else "bundle"}.situation_id"""


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
