"""The rows of a town at the end of a month and at the end of the month before, as known at an instant."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from catalog.history import Catalogue, place_joins, services_sql
from ozg_tracker.tracking.history import as_of_params, as_of_sql
from ozg_tracker.tracking.models import Responsibility
from ozg_tracker.tracking.own_services import names_known_at

OURS = str(Responsibility.MUNICIPALITY)
UNCLEAR = str(Responsibility.UNCLEAR)


class Row(NamedTuple):
    """A countable row with its state at the month's end. Days are compared in the database; here stand the answers."""

    row_id: int
    event_id: int
    moved: bool  # its last event took effect within the month
    responsibility: str
    department_id: int | None
    state: str
    level_id: int | None
    planned: bool
    planned_passed: bool
    planned_in_time: bool  # not later than the deadline that the questions name
    cases: int | None
    retired: bool  # by the month's end
    retired_before: bool  # by the end of the month before
    sdg: bool
    key: str | None
    name: str
    bundle_id: int | None
    ozg_id: str | None
    topic_id: int | None


class Before(NamedTuple):
    """What movement needs of a row's state at the end of the month before."""

    responsibility: str
    level_id: int | None


@dataclass(frozen=True)
class Month:
    """The rows that were ours at either end of the month, or whose responsibility is unclear; each once,
    sorted by key (those without one last), then name.

    `places` holds the further bundles (id, ozg id, topic id) of the few services that stand in several.
    """

    rows: list[Row]
    places: dict[int, list[tuple[int, str, int]]]
    changed: dict[int, Before]

    def earlier(self, row: Row) -> Before | None:
        """The state of `row` at the end of the month before; None: it was not tracked yet."""
        return self.changed.get(row.row_id) if row.moved else Before(row.responsibility, row.level_id)

    def bundles(self, row: Row) -> list[int]:
        first = [] if row.bundle_id is None else [row.bundle_id]
        return first + [place[0] for place in self.places.get(row.row_id, ())]

    def topics(self, row: Row) -> set[int]:
        first = set() if row.topic_id is None else {row.topic_id}
        return first | {place[2] for place in self.places.get(row.row_id, ())}

    def service(self, row: Row) -> dict[str, Any]:
        """The service as the figures name it; of several bundles the one with the smallest OZG id."""
        ids = [place[1] for place in self.places.get(row.row_id, ())]
        ozg_id = min([row.ozg_id, *ids]) if ids and row.ozg_id else row.ozg_id
        return {"key": row.key, "ozg_id": ozg_id, "name": row.name}

    def named(self, rows: list[Row]) -> list[dict[str, Any]]:
        return [self.service(row) for row in rows]


def _by_key(row: Row) -> tuple[bool, str, str, str]:
    return row.key is None, row.key or "", row.name, row.ozg_id or ""


def ours(month: Month) -> list[Row]:
    """R at the month's end: ours, countable and not retired."""
    return [row for row in month.rows if row.responsibility == OURS and not row.retired]


def month_rows(
    municipality_id: int, before: date, cutoff: date, known_at: datetime, catalogue: Catalogue, in_time: date | None
) -> Month:
    """Read the town's rows at `cutoff`, and how those that changed stood at the end of `before`; three queries."""
    params = as_of_params(municipality_id, cutoff, known_at)
    days = {"before": before, "in_time": in_time}
    params |= {name: connection.ops.adapt_datefield_value(day) if day else None for name, day in days.items()}
    rows: dict[int, Row] = {}
    places: dict[int, list[tuple[int, str, int]]] = {}
    for each in _query(_rows_sql(catalogue), params):
        row = Row._make(each)
        if row.row_id in rows:
            places.setdefault(row.row_id, []).append(each[-3:])
        else:
            rows[row.row_id] = row
    for row_id, name in names_known_at(municipality_id, known_at).items():
        if row_id in rows:
            rows[row_id] = rows[row_id]._replace(name=name)
    moved = [row.row_id for row in rows.values() if row.moved]
    changed = _states(moved, as_of_params(municipality_id, before, known_at))
    kept = [row for row in rows.values() if row.responsibility in (OURS, UNCLEAR) or row.row_id in changed]
    return Month(sorted(kept, key=_by_key), places, changed)


def _rows_sql(catalogue: Catalogue) -> str:
    # Compared as texts on PostgreSQL, a null parameter needs its type.
    in_time = "CAST(%(in_time)s AS date)" if connection.vendor == "postgresql" else "%(in_time)s"
    return f"""
        SELECT a.row_id, a.event_id, a.effective_on > %(before)s, a.responsibility, a.department_id, a.state,
          a.level_id, a.planned_on IS NOT NULL, a.planned_on < %(day)s, a.planned_on <= {in_time}, a.cases_per_year,
          COALESCE(s.retired_on <= %(day)s, 1 = 0), COALESCE(s.retired_on <= %(before)s, 1 = 0), s.sdg <> '',
          s.key, s.name, place.bundle_id, bundle.ozg_id, situation.topic_id
        FROM ({as_of_sql(connection.vendor)}) a
        JOIN {services_sql(catalogue)} s ON s.id = a.service_id
        {place_joins(catalogue, "a.service_id")}
        WHERE s.countable
          AND (a.responsibility IN ('{OURS}', '{UNCLEAR}') OR a.effective_on > %(before)s)"""  # noqa: S608 (no input)


def _states(row_ids: list[int], params: dict[str, object]) -> dict[int, Before]:
    if not row_ids:
        return {}
    listed = ",".join(map(str, row_ids))
    states = (
        f"SELECT row_id, responsibility, level_id FROM ({as_of_sql(connection.vendor)}) a WHERE row_id IN ({listed})"  # noqa: S608
    )
    return {row_id: Before(*state) for row_id, *state in _query(states, params)}


def _query(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
