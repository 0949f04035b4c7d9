"""The rows of a municipality at the end of a month and at the end of the month before, as known at an instant."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, cast

from django.db import connection

from catalog.reading.as_known import Catalogue, place_joins, services_sql
from ozg_tracker.tracking.models import Responsibility
from ozg_tracker.tracking.own_services import names_known_at
from ozg_tracker.tracking.rows.as_of import as_of_params, as_of_sql
from ozg_tracker.tracking.rows.counting import is_ours
from reports.figures.sql import query

OURS = str(Responsibility.MUNICIPALITY)
UNCLEAR = str(Responsibility.UNCLEAR)


class Row(NamedTuple):
    """A countable row with its state at the month's end. Days are compared in the database; here stand the answers."""

    row_id: int
    event_id: int
    moved: bool  # its last event took effect within the month
    ours_before: bool | None  # at the end of the month before, if it moved; None: not tracked yet
    level_before: int | None  # likewise
    planned_before: str | None  # likewise
    responsibility: str
    department_id: int | None
    state: str
    level_id: int | None
    planned_on: str | None
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


class Place(NamedTuple):
    """A further bundle in which a service stands."""

    bundle_id: int
    ozg_id: str
    topic_id: int


class Before(NamedTuple):
    """What movement and promises need of a row's state at the end of the month before."""

    ours: bool
    level_id: int | None
    planned_on: str | None


@dataclass(frozen=True)
class Month:
    """The rows that are ours or unclear at the month's end, or changed within the month; each once, sorted by key
    (those without one last), then name.

    `places` holds the further bundles of the few services that stand in several.
    """

    rows: list[Row]
    places: dict[int, list[Place]]

    def earlier(self, row: Row) -> Before | None:
        """The state of `row` at the end of the month before; None: it was not tracked yet."""
        if not row.moved:
            return Before(is_ours(row), row.level_id, row.planned_on)
        return None if row.ours_before is None else Before(bool(row.ours_before), row.level_before, row.planned_before)

    def bundles(self, row: Row) -> list[int]:
        first = [] if row.bundle_id is None else [row.bundle_id]
        return first + [place.bundle_id for place in self.places[row.row_id]] if row.row_id in self.places else first

    def topics(self, row: Row) -> set[int]:
        first = set() if row.topic_id is None else {row.topic_id}
        return first | {place.topic_id for place in self.places[row.row_id]} if row.row_id in self.places else first

    def service(self, row: Row) -> dict[str, Any]:
        """The service as the figures name it; of several bundles the one with the smallest OZG id."""
        ozg_id = row.ozg_id
        if row.row_id in self.places and ozg_id:
            ozg_id = min([ozg_id, *(place.ozg_id for place in self.places[row.row_id])])
        return {"key": row.key, "ozg_id": ozg_id, "name": row.name}

    def named(self, rows: list[Row]) -> list[dict[str, Any]]:
        return [self.service(row) for row in rows]


def _by_key(row: Row) -> tuple[bool, str, str, str]:
    return row.key is None, row.key or "", row.name, row.ozg_id or ""


def ours(month: Month) -> list[Row]:
    """R at the month's end: ours, countable and not retired."""
    return [row for row in month.rows if is_ours(row) and not row.retired]


def month_rows(
    municipality_id: int, before: date, cutoff: date, known_at: datetime, catalogue: Catalogue, in_time: date | None
) -> Month:
    """Read the municipality's rows at `cutoff`, and how what changed stood at the end of `before`; two queries."""
    params = as_of_params(municipality_id, cutoff, known_at)
    days = {"before": before, "in_time": in_time}
    params |= {name: connection.ops.adapt_datefield_value(day) if day else None for name, day in days.items()}
    rows: dict[int, Row] = {}
    places: dict[int, list[Place]] = {}
    for row in map(Row._make, query(_rows_sql(catalogue), params)):
        if row.row_id in rows:
            places.setdefault(row.row_id, []).append(_place(row))
        else:
            rows[row.row_id] = row
    for row_id, name in names_known_at(municipality_id, known_at).items():
        if row_id in rows:
            rows[row_id] = rows[row_id]._replace(name=name)
    return Month(sorted(rows.values(), key=_by_key), places)


def _place(row: Row) -> Place:
    """Where a row that is there again stands; what stands in a bundle has all three."""
    return Place(*cast("tuple[int, str, int]", (row.bundle_id, row.ozg_id, row.topic_id)))


def _before_sql(column: str) -> str:
    """`column` of the row `a` at the end of the month before; asked only of the few rows that changed since."""
    return f"""
        SELECT {column} FROM tracking_statuschange
        WHERE municipality_id = %(municipality)s AND row_id = a.row_id
          AND effective_on <= %(before)s AND recorded_at <= %(known_at)s
        ORDER BY effective_on DESC, id DESC LIMIT 1"""  # noqa: S608 (no input)


def _rows_sql(catalogue: Catalogue) -> str:
    # Compared as texts on PostgreSQL, a null parameter needs its type.
    in_time = "CAST(%(in_time)s AS date)" if connection.vendor == "postgresql" else "%(in_time)s"
    ours_before, level_before = _before_sql(f"responsibility = '{OURS}'"), _before_sql("level_id")
    planned_before = _before_sql("CAST(planned_on AS text)")
    return f"""
        SELECT a.row_id, a.event_id, a.effective_on > %(before)s,
          CASE WHEN a.effective_on > %(before)s THEN ({ours_before}) END,
          CASE WHEN a.effective_on > %(before)s THEN ({level_before}) END,
          CASE WHEN a.effective_on > %(before)s THEN ({planned_before}) END,
          a.responsibility, a.department_id, a.state, a.level_id,
          CAST(a.planned_on AS text), a.planned_on < %(day)s, a.planned_on <= {in_time}, a.cases_per_year,
          COALESCE(s.retired_on <= %(day)s, 1 = 0), COALESCE(s.retired_on <= %(before)s, 1 = 0), s.sdg <> '',
          s.key, s.name, place.bundle_id, bundle.ozg_id, situation.topic_id
        FROM ({as_of_sql(connection.vendor)}) a
        JOIN {services_sql(catalogue)} s ON s.id = a.service_id
        {place_joins(catalogue, "a.service_id")}
        WHERE s.countable
          AND (a.responsibility IN ('{OURS}', '{UNCLEAR}') OR a.effective_on > %(before)s)"""  # noqa: S608 (no input)
