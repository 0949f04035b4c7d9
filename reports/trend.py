"""How many services were relevant and ready at each month's end, up to 24 months back."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from catalog.history import Catalogue, services_sql
from ozg_tracker.tracking.history import as_of_params
from reports import months
from reports.rows import OURS

LENGTH = 24


def trend(
    municipality_id: int, month: date, known_at: datetime, catalogue: Catalogue, ready_ids: Sequence[int]
) -> list[dict[str, Any]]:
    """Relevant and ready at each month's end, oldest first, from the first event's month on; `month` is the last.

    Each state counts until the row's next one begins, so a month's figure is the sum of all steps up to its end: one
    pass over the town's events. A service counts until it is retired, by the catalogue of this edition.
    """
    steps = _steps(municipality_id, months.last_day(month), known_at, catalogue, ready_ids)
    first = max(months.step(month, 1 - LENGTH), months.parse(min(steps)) if steps else month)
    shown = [months.name(months.step(first, n)) for n in range(months.between(first, month) + 1)]
    relevant = ready = 0
    found = []
    for name in sorted({*steps, *shown}):
        more, more_ready = steps.get(name, (0, 0))
        relevant, ready = relevant + more, ready + more_ready
        found.append({"month": name, "relevant": relevant, "ready": ready})
    return found[-len(shown) :]


def _steps(
    municipality_id: int, day: date, known_at: datetime, catalogue: Catalogue, ready_ids: Sequence[int]
) -> dict[str, tuple[int, int]]:
    """By month: how many rows more (or less) were relevant and ready, against the month before."""
    with connection.cursor() as cursor:
        cursor.execute(_steps_sql(catalogue, ready_ids), as_of_params(municipality_id, day, known_at))
        return {month: (int(relevant), int(ready)) for month, relevant, ready in cursor.fetchall()}


def _steps_sql(catalogue: Catalogue, ready_ids: Sequence[int]) -> str:
    month = "to_char(day, 'YYYY-MM')" if connection.vendor == "postgresql" else "substr(day, 1, 7)"
    services = services_sql(catalogue)
    ours = f"e.responsibility = '{OURS}'"
    ready = f"{ours} AND e.level_id IN ({', '.join(map(str, ready_ids)) or 'NULL'})"
    # Read backwards, as the index stands: the next row of the window is the event before.
    return f"""
        WITH tracked AS (
          SELECT r.id, s.retired_on, s.countable
          FROM tracking_municipalservice r LEFT JOIN {services} s ON s.id = r.service_id
          WHERE r.municipality_id = %(municipality)s
        ), states AS (
          SELECT e.row_id, e.effective_on AS day, e.id,
            CASE WHEN {ours} THEN 1 ELSE 0 END AS ours, CASE WHEN {ready} THEN 1 ELSE 0 END AS ready
          FROM tracking_statuschange e
          WHERE e.municipality_id = %(municipality)s AND e.effective_on <= %(day)s AND e.recorded_at <= %(known_at)s
            AND e.row_id NOT IN (SELECT id FROM tracked WHERE countable IS NOT TRUE OR retired_on <= %(day)s)
          UNION ALL
          SELECT e.row_id, e.effective_on, e.id,
            CASE WHEN {ours} THEN 1 ELSE 0 END, CASE WHEN {ready} THEN 1 ELSE 0 END
          FROM tracked t JOIN tracking_statuschange e ON e.municipality_id = %(municipality)s AND e.row_id = t.id
          WHERE t.countable AND t.retired_on <= %(day)s AND e.effective_on < t.retired_on
            AND e.recorded_at <= %(known_at)s
          UNION ALL
          SELECT id, retired_on, 0, 0, 0 FROM tracked WHERE countable AND retired_on <= %(day)s
        ), steps AS (
          SELECT day, ours, ready,
            lead(ours, 1, 0) OVER back AS ours_before, lead(ready, 1, 0) OVER back AS ready_before
          FROM states WINDOW back AS (PARTITION BY row_id ORDER BY day DESC, id DESC)
        )
        SELECT {month}, sum(ours - ours_before), sum(ready - ready_before)
        FROM steps WHERE ours <> ours_before OR ready <> ready_before
        GROUP BY 1"""  # noqa: S608 (whole numbers and names of ours)
