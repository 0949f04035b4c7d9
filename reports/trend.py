"""How many services were relevant and ready at each month's end, up to 24 months back."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from catalog.history import Catalogue, services_sql
from ozg_tracker.tracking.history import as_of_params
from reports import months
from reports.rows import OURS

LENGTH = 24
NOT_OURS, NOT_READY, READY = range(3)


def trend(
    municipality_id: int, month: date, known_at: datetime, catalogue: Catalogue, ready_ids: Sequence[int]
) -> list[dict[str, Any]]:
    """Relevant and ready at each month's end, oldest first, from the first event's month on; `month` is the last.

    Each state counts until the row's next one begins, so a month's figure is the sum of all steps up to its end: one
    pass over the town's events, read from the index in its order. A service counts until it is retired, by the
    catalogue of this edition.
    """
    params = as_of_params(municipality_id, months.last_day(month), known_at)
    steps = _steps(_query(_events_sql(ready_ids), params), dict(_query(_ended_sql(catalogue), params)))
    first = max(months.step(month, 1 - LENGTH), months.parse(min(steps)) if steps else month)
    shown = [months.name(months.step(first, n)) for n in range(months.between(first, month) + 1)]
    relevant = ready = 0
    found = []
    for name in sorted({*steps, *shown}):
        more, more_ready = steps.get(name, (0, 0))
        relevant, ready = relevant + more, ready + more_ready
        found.append({"month": name, "relevant": relevant, "ready": ready})
    return found[-len(shown) :]


def _steps(events: Iterable[tuple[int, str, int]], ended: dict[int, str]) -> dict[str, tuple[int, int]]:
    """By month: how many rows more (or less) were relevant and ready than the month before.

    `events`: row, day and value, in the order in which they hold; `ended`: the day from which a row does not count.
    """
    changes: Counter[tuple[str, int, int]] = Counter()
    kept: dict[int, int] = {}
    current, value = 0, NOT_OURS
    for row_id, day, after in events:
        if row_id != current:
            current, value = row_id, NOT_OURS
        if after == value or (row_id in ended and day >= ended[row_id]):
            continue
        changes[day, value, after] += 1
        value = after
        if row_id in ended:
            kept[row_id] = value
    changes.update((ended[row_id], value, NOT_OURS) for row_id, value in kept.items())
    steps: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (day, before, after), count in changes.items():
        steps[day[:7]][0] += count * ((after != NOT_OURS) - (before != NOT_OURS))
        steps[day[:7]][1] += count * ((after == READY) - (before == READY))
    return {month: (relevant, ready) for month, (relevant, ready) in steps.items()}


def _events_sql(ready_ids: Sequence[int]) -> str:
    ready = ", ".join(map(str, ready_ids)) or "NULL"
    return f"""
        SELECT row_id, {_day("effective_on")},
          CASE WHEN responsibility <> '{OURS}' THEN {NOT_OURS}
            WHEN level_id IN ({ready}) THEN {READY} ELSE {NOT_READY} END
        FROM tracking_statuschange
        WHERE municipality_id = %(municipality)s AND effective_on <= %(day)s AND recorded_at <= %(known_at)s
        ORDER BY row_id DESC, effective_on, id"""  # noqa: S608 (whole numbers and names of ours)


def _ended_sql(catalogue: Catalogue) -> str:
    """The rows that stop counting by the month's end, and the day; the empty day: they never count."""
    retired = f"CASE WHEN s.countable THEN {_day('s.retired_on')} ELSE '' END"
    return f"""
        SELECT r.id, {retired}
        FROM tracking_municipalservice r LEFT JOIN {services_sql(catalogue)} s ON s.id = r.service_id
        WHERE r.municipality_id = %(municipality)s AND (s.countable IS NOT TRUE OR s.retired_on <= %(day)s)"""  # noqa: S608


def _day(column: str) -> str:
    """An ISO text, whatever the database's own date style: it sorts as days do, and costs less than a date."""
    return f"to_char({column}, 'YYYY-MM-DD')" if connection.vendor == "postgresql" else f"CAST({column} AS text)"


def _query(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
