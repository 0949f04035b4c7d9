"""Events that let whoever or whatever is in some departments be in others from a day on: one statement, however many.

For rows and memberships alike, whose events say a department: (municipality, key, department, effective_on, id). What
is in a department on the day gets an event for it, and where a later event says that department again, one for its day
too: so on no day from then on is anything left in it that was not put there by somebody else's doing.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone


class Move(NamedTuple):
    """From department `source` to `target`; `keys`: only these rows or people, None: all."""

    source: int
    target: int
    keys: Collection[int] | None = None


def target_sql(moves: Sequence[Move], key: str, department: str = "department_id") -> str:
    """Where the row with this `key` goes from this `department`; NULL: it stays. The first move that fits counts."""
    if not moves:
        return "CAST(NULL AS bigint)"
    return f"CASE {' '.join(_when(move, key, department) for move in moves)} END"


def _when(move: Move, key: str, department: str) -> str:
    among = "" if move.keys is None else f" AND {key} IN ({numbers(move.keys)})"
    return f"WHEN {department} = {int(move.source)}{among} THEN {int(move.target)}"


def keys_to_move(table: str, key: str, municipality_id: int, moves: Sequence[Move], effective_on: date) -> list[int]:
    """Of which rows or people `table` would get an event."""
    sql = f"""
        SELECT DISTINCT {key} FROM ({state_of_days_sql(table, key, moves)}) s
        WHERE {target_sql(moves, key)} IS NOT NULL ORDER BY {key}"""  # noqa: S608 (names and numbers of our own)
    with connection.cursor() as cursor:
        cursor.execute(
            sql, {"municipality": municipality_id, "day": connection.ops.adapt_datefield_value(effective_on)}
        )
        return [found for (found,) in cursor.fetchall()]


def numbers(values: Collection[int]) -> str:
    return ", ".join(str(int(value)) for value in values) or "NULL"


def state_of_days_sql(table: str, key: str, moves: Sequence[Move] | None = None) -> str:
    """All columns of `table` and `day`: of each key the event that holds on %(day)s, and those of each later day.

    `moves`: only those in a department that one of them names. An event holds where the index knows none after it, so
    that of the others nothing is sorted.
    """
    given = "CAST(%(day)s AS date)" if connection.vendor == "postgresql" else "%(day)s"
    day = f"CASE WHEN e.effective_on > {given} THEN e.effective_on ELSE {given} END"
    among = "" if moves is None else f"AND e.department_id IN ({numbers({move.source for move in moves})})"
    return f"""
        SELECT e.*, {day} AS day FROM {table} e WHERE e.municipality_id = %(municipality)s {among}
          AND NOT EXISTS (SELECT 1 FROM {table} n WHERE n.municipality_id = e.municipality_id AND n.{key} = e.{key}
            AND (n.effective_on, n.id) > (e.effective_on, e.id) AND n.effective_on <= {day})"""  # noqa: S608 (own names)


def back_sql(table: str, key: str, by_reorganisation: str) -> str:
    """Where `s`, one of `state_of_days_sql`, was on its day as known before %(undone_at)s; NULL: it stays.

    Goes back only what that deed has moved (`by_reorganisation`, in the words of the table, with its instant), and from
    where it moved it to.
    """
    before = before_sql(table, key, "department_id")
    moved = f"""EXISTS (
        SELECT 1 FROM {table} m WHERE m.municipality_id = %(municipality)s AND m.{key} = s.{key}
          AND {by_reorganisation} = %(undone_at)s AND m.department_id = s.department_id)"""  # noqa: S608
    return f"CASE WHEN {moved} THEN NULLIF({before}, s.department_id) END"


def before_sql(table: str, key: str, column: str) -> str:
    """What `column` said of `s`, one of `state_of_days_sql`, on its day as known before %(undone_at)s."""
    return f"""(
        SELECT b.{column} FROM {table} b
        WHERE b.municipality_id = %(municipality)s AND b.{key} = s.{key}
          AND b.effective_on <= s.day AND b.recorded_at < %(undone_at)s
        ORDER BY b.effective_on DESC, b.id DESC LIMIT 1)"""  # noqa: S608 (names of our own)


def params(
    municipality_id: int,
    day: date,
    recorded_at: datetime,
    by_id: int | None,
    reason: str,
    undone_at: datetime | None = None,
) -> dict[str, Any]:
    return {
        "municipality": municipality_id,
        "day": connection.ops.adapt_datefield_value(day),
        "recorded_at": connection.ops.adapt_datetimefield_value(recorded_at),
        "by": by_id,
        "reason": reason,
        "today": connection.ops.adapt_datefield_value(timezone.localdate()),
        "undone_at": connection.ops.adapt_datetimefield_value(undone_at) if undone_at else None,
    }
