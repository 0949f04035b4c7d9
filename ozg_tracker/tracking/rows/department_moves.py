"""move_rows() and move_rows_back(): rows that go to another department with a reorganisation, set-wise.

The set-wise form of `change_status` for this one field: an event holds the whole state, the row shows that of today,
its version counts its events. Nothing is read into memory.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from ozg_tracker.accounts.departments.moving import Move, back_sql, keys_to_move, params, state_of_days_sql, target_sql
from ozg_tracker.tracking.models import MunicipalService, Source, StatusChange, TrackedState

_STATE = [field.attname for field in TrackedState._meta.local_fields if field.name != "department"]
_EVENTS, _ROWS = StatusChange._meta.db_table, MunicipalService._meta.db_table
_BY_REORGANISATION = f"source = '{Source.REORGANISE}' AND m.recorded_at"


def rows_to_move(municipality_id: int, moves: Sequence[Move], effective_on: date) -> list[int]:
    """The ids of the rows that `move_rows` would give an event."""
    return keys_to_move(_EVENTS, "row_id", municipality_id, moves, effective_on)


def move_rows(
    municipality_id: int,
    moves: Sequence[Move],
    effective_on: date,
    *,
    by_id: int | None,
    reason: str,
    recorded_at: datetime,
) -> int:
    """From `effective_on` on the rows in the departments `moves` name are in others; says how many. Two statements.

    The caller holds the municipality's lock (`locks.hold`, exclusively), and `recorded_at` is of this deed alone.
    """
    return _add_events(
        target_sql(moves, "s.row_id", "s.department_id"),
        params(municipality_id, effective_on, recorded_at, by_id, reason),
        moves,
    )


def move_rows_back(
    municipality_id: int,
    effective_on: date,
    undone_at: datetime,
    *,
    by_id: int | None,
    reason: str,
    recorded_at: datetime,
) -> None:
    """The rows that were moved at the instant `undone_at` are where they were on each day, as was known before it."""
    _add_events(
        back_sql(_EVENTS, "row_id", f"m.{_BY_REORGANISATION}"),
        params(municipality_id, effective_on, recorded_at, by_id, reason, undone_at),
    )


def _add_events(target: str, values: dict[str, Any], moves: Sequence[Move] | None = None) -> int:
    """An event for each row and day with a `target`, then the rows as of today."""
    state = ", ".join(_STATE)
    insert = f"""
        INSERT INTO {_EVENTS} ({state}, department_id, row_id, version, effective_on, municipality_id,
          recorded_at, by_id, reason, source)
        SELECT {", ".join(f"goes.{name}" for name in _STATE)}, goes.target, goes.row_id,
          r.version + ROW_NUMBER() OVER (PARTITION BY goes.row_id ORDER BY goes.day), goes.day, goes.municipality_id,
          %(recorded_at)s, %(by)s, %(reason)s, '{Source.REORGANISE}'
        FROM (SELECT s.*, {target} AS target FROM ({state_of_days_sql(_EVENTS, "row_id", moves)}) s) goes
        JOIN {_ROWS} r ON r.id = goes.row_id
        WHERE goes.target IS NOT NULL ORDER BY goes.row_id, goes.day"""  # noqa: S608 (names and numbers of our own)
    today = f"""
        UPDATE {_ROWS} SET
          version = (SELECT max(v.version) FROM {_EVENTS} v WHERE v.row_id = {_ROWS}.id
            AND v.municipality_id = {_ROWS}.municipality_id),
          department_id = (SELECT d.department_id FROM {_EVENTS} d WHERE d.row_id = {_ROWS}.id
            AND d.municipality_id = {_ROWS}.municipality_id ORDER BY d.effective_on DESC, d.id DESC LIMIT 1)
        WHERE municipality_id = %(municipality)s AND id IN (SELECT m.row_id FROM {_EVENTS} m
          WHERE m.municipality_id = %(municipality)s AND m.{_BY_REORGANISATION} = %(recorded_at)s)"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(insert, values)
        cursor.execute(today, values)
        return int(cursor.rowcount)
