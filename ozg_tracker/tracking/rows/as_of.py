"""The state of a municipality's rows as of a day, as known at an instant.

It is the event with the greatest (effective_on, id) among those with `effective_on` ≤ day and `recorded_at` ≤ instant.
One SQL shape per database, each served from the index `event_as_of` alone; the municipality stands on both sides of the
join, so that the cost does not grow with the number of municipalities.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from ozg_tracker.tracking.models import StatusChange

# The columns a figure needs. The texts (reason, note, address) would make the index fat: see below `reasons`.
_STATE = ("responsibility", "department_id", "state", "level_id", "planned_on", "cases_per_year")
COLUMNS = ("row_id", "service_id", "event_id", "effective_on", *_STATE)
_SELECT = f"s.id AS row_id, s.service_id, e.id AS event_id, e.effective_on, {', '.join(f'e.{name}' for name in _STATE)}"

# DISTINCT ON stands below the join: above it, the planner may sort joined rows instead of reading the index in order.
_POSTGRESQL = f"""
SELECT s.id AS row_id, s.service_id, e.event_id, e.effective_on, {", ".join(f"e.{name}" for name in _STATE)}
FROM (
  SELECT DISTINCT ON (row_id) row_id, id AS event_id, effective_on, {", ".join(_STATE)}
  FROM tracking_statuschange
  WHERE municipality_id = %(municipality)s AND effective_on <= %(day)s AND recorded_at <= %(known_at)s
  ORDER BY row_id, effective_on DESC, id DESC) e
JOIN tracking_municipalservice s ON s.id = e.row_id AND s.municipality_id = %(municipality)s"""  # noqa: S608 (names of our own)

_SQLITE = f"""
SELECT {_SELECT}
FROM tracking_municipalservice s
JOIN tracking_statuschange e ON e.id = (
  SELECT id FROM tracking_statuschange
  WHERE municipality_id = %(municipality)s AND row_id = s.id
    AND effective_on <= %(day)s AND recorded_at <= %(known_at)s
  ORDER BY effective_on DESC, id DESC LIMIT 1)
WHERE s.municipality_id = %(municipality)s"""  # noqa: S608 (names of our own)


class AsOf(NamedTuple):
    """One row's state; rows without an event by then are not there."""

    row_id: int
    service_id: int
    event_id: int
    effective_on: date
    responsibility: str
    department_id: int | None
    state: str
    level_id: int | None
    planned_on: date | None
    cases_per_year: int | None


def as_of_sql(vendor: str) -> str:
    """The statement, to be run or embedded as a subquery, with the columns of `COLUMNS` and `as_of_params`.

    `vendor` is `connection.vendor`. The order of rows is not promised.
    """
    return _POSTGRESQL if vendor == "postgresql" else _SQLITE


def as_of_params(municipality_id: int, day: date, known_at: datetime | None = None) -> dict[str, Any]:
    """Named parameters of `as_of_sql`, in the form the database compares; `known_at` (aware) defaults to now."""
    return {
        "municipality": municipality_id,
        "day": connection.ops.adapt_datefield_value(day),
        "known_at": connection.ops.adapt_datetimefield_value(known_at or timezone.now()),
    }


def state_as_of(municipality_id: int, day: date, known_at: datetime | None = None) -> list[AsOf]:
    """Every row of the municipality with its state at the end of `day`, as known at `known_at` (default: now)."""
    with connection.cursor() as cursor:
        cursor.execute(as_of_sql(connection.vendor), as_of_params(municipality_id, day, known_at))
        return [AsOf._make(each) for each in cursor.fetchall()]


def states_then(
    events: "QuerySet[StatusChange]", day: date, known_at: datetime | None = None
) -> "QuerySet[StatusChange]":
    """Of each row, the one of `events` that tells its state at the end of `day`, as known at `known_at` (aware, default
    now): the same rule as a queryset, for lists that are cut into pages.
    """
    known = {"effective_on__lte": day} | ({"recorded_at__lte": known_at} if known_at else {})
    of_row = StatusChange.objects.filter(municipality=OuterRef("municipality"), row=OuterRef("row"), **known)
    return events.filter(**known, pk=Subquery(of_row.order_by("-effective_on", "-pk").values("pk")[:1]))


def reasons(event_ids: Iterable[int]) -> dict[int, str]:
    """The reasons of the events named, by their id."""
    return dict(_among(event_ids, "id, reason"))


def without_address(event_ids: Iterable[int]) -> int:
    """How many of the events named hold no online address."""
    return int(_among(event_ids, "count(*)", "AND online_url = ''")[0][0])


def _among(event_ids: Iterable[int], columns: str, condition: str = "") -> list[tuple[Any, ...]]:
    wanted = ", ".join(map(str, event_ids)) or "NULL"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM tracking_statuschange WHERE id IN ({wanted}) {condition}")  # noqa: S608 (whole numbers)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
