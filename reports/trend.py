"""How many services were relevant and ready at each month's end, up to 24 months back."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection

from catalog.history import Catalogue, services_sql
from ozg_tracker.tracking.history import as_of_params
from reports import months
from reports.rows import OURS
from reports.sql import numbers, query

LENGTH = 24
NOT_OURS, NOT_READY, READY = range(3)


def trend(
    municipality_id: int, month: date, known_at: datetime, catalogue: Catalogue, ready_ids: Collection[int]
) -> list[dict[str, Any]]:
    """Relevant and ready at each month's end, oldest first, from the first event's month on; `month` is the last.

    Each state counts until the row's next one begins, so a month's figure is the sum of all steps up to its end: one
    pass over the town's events, read from the index in its order. A service counts until it is retired, by the
    catalogue of this edition.
    """
    params = as_of_params(municipality_id, months.last_day(month), known_at)
    events, ended = query(_events_sql(ready_ids), params), dict(query(_ended_sql(catalogue), params))
    steps = _steps(events, ended)
    first = max(months.step(month, 1 - LENGTH), months.parse(min(steps)) if steps else month)
    shown = [months.name(months.step(first, n)) for n in range(months.between(first, month) + 1)]
    relevant = ready = 0
    found = []
    for name in sorted({*steps, *shown}):
        more, more_ready = steps.get(name, (0, 0))
        relevant, ready = relevant + more, ready + more_ready
        found.append({"month": name, "relevant": relevant, "ready": ready})
    return found[-len(shown) :]


def _steps(events: Iterable[tuple[Any, ...]], ended: dict[int, Any]) -> dict[str, tuple[int, int]]:
    """By month: how many rows more (or less) were relevant and ready than the month before.

    `events`: row, day and value, in the order in which they hold; `ended`: the day from which a row does not count.
    """
    changes: list[tuple[Any, int, int]] = []
    current, value, end = 0, NOT_OURS, None
    for row_id, day, after in events:
        if row_id != current:
            if end and value:
                changes.append((end, value, NOT_OURS))
            current, value, end = row_id, NOT_OURS, ended.get(row_id)
        if after != value and (end is None or day < end):
            changes.append((day, value, after))
            value = after
    if end and value:
        changes.append((end, value, NOT_OURS))
    steps: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (day, before, after), count in Counter(changes).items():
        step = steps[str(day)[:7]]
        step[0] += count * ((after != NOT_OURS) - (before != NOT_OURS))
        step[1] += count * ((after == READY) - (before == READY))
    return {month: (relevant, ready) for month, (relevant, ready) in steps.items()}


def _events_sql(ready_ids: Collection[int]) -> str:
    return f"""
        SELECT row_id, {_day("effective_on")},
          CASE WHEN responsibility <> '{OURS}' THEN {NOT_OURS}
            WHEN level_id IN ({numbers(ready_ids)}) THEN {READY} ELSE {NOT_READY} END
        FROM tracking_statuschange
        WHERE municipality_id = %(municipality)s AND effective_on <= %(day)s AND recorded_at <= %(known_at)s
        ORDER BY row_id DESC, effective_on, id"""  # noqa: S608 (whole numbers and names of ours)


def _ended_sql(catalogue: Catalogue) -> str:
    """The rows that stop counting by the month's end, and the day; the first of all days: they never count."""
    return f"""
        SELECT r.id, {_day("CASE WHEN s.countable THEN s.retired_on ELSE '0001-01-01' END")}
        FROM tracking_municipalservice r LEFT JOIN {services_sql(catalogue)} s ON s.id = r.service_id
        WHERE r.municipality_id = %(municipality)s AND (s.countable IS NOT TRUE OR s.retired_on <= %(day)s)"""  # noqa: S608


def _day(column: str) -> str:
    """A day as the driver makes it soonest: on PostgreSQL a date, on SQLite a text that sorts as days do."""
    return f"CAST({column} AS {'date' if connection.vendor == 'postgresql' else 'text'})"
