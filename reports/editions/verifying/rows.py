"""Whether each tracked row equals the state as of today that its events tell."""

from collections.abc import Iterator

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.tracking.models import TrackedState
from ozg_tracker.tracking.rows.as_of import as_of_params, as_of_sql

_FIELDS = [field.column for field in TrackedState._meta.local_fields]


def verify_rows(municipality_id: int) -> Iterator[tuple[int, str]]:
    """The id of each row that differs, with a German sentence; one query."""
    same = "IS" if connection.vendor == "sqlite" else "IS NOT DISTINCT FROM"
    differs = " OR ".join(f"NOT (r.{name} {same} e.{name})" for name in _FIELDS)
    sql = f"""
        SELECT r.id, e.id IS NULL, r.version <> (
          SELECT count(*) FROM tracking_statuschange n WHERE n.row_id = r.id AND n.municipality_id = r.municipality_id)
        FROM tracking_municipalservice r
        LEFT JOIN ({as_of_sql(connection.vendor)}) a ON a.row_id = r.id
        LEFT JOIN tracking_statuschange e ON e.id = a.event_id
        WHERE r.municipality_id = %(municipality)s AND (e.id IS NULL OR {differs} OR r.version <> (
          SELECT count(*) FROM tracking_statuschange n WHERE n.row_id = r.id AND n.municipality_id = r.municipality_id))
        ORDER BY r.id"""  # noqa: S608 (names of ours)
    with connection.cursor() as cursor:
        cursor.execute(sql, as_of_params(municipality_id, timezone.localdate()))
        found = cursor.fetchall()
    for row_id, without, miscounted in found:
        yield row_id, _sentence(row_id, bool(without), bool(miscounted))


def _sentence(row_id: int, without: bool, miscounted: bool) -> str:
    if without:
        return _("Leistung %d hat keine Statusänderung, aus der ihr Stand folgt.") % row_id
    if miscounted:
        return _("Zu Leistung %d stehen mehr oder weniger Statusänderungen, als ihre Version zählt.") % row_id
    return _("Der Stand der Leistung %d ist nicht der ihrer letzten Statusänderung.") % row_id
