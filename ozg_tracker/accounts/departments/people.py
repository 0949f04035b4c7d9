"""People who go to another department with a reorganisation, and back with it; set-wise, as their rows do."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from ozg_tracker.accounts.departments.moving import (
    Move,
    back_sql,
    before_sql,
    keys_to_move,
    numbers,
    params,
    state_of_days_sql,
    target_sql,
)
from ozg_tracker.accounts.models import Membership, MembershipEvent, Role

_EVENTS, _MEMBERS = MembershipEvent._meta.db_table, Membership._meta.db_table


def people_to_move(municipality_id: int, moves: Sequence[Move], effective_on: date) -> list[int]:
    """The ids of the people whom `move_people` would give an event."""
    return keys_to_move(_EVENTS, "user_id", municipality_id, moves, effective_on)


def move_people(
    municipality_id: int,
    moves: Sequence[Move],
    effective_on: date,
    *,
    by_id: int | None,
    reason: str,
    recorded_at: datetime,
    roles: Mapping[int, Role] | None = None,
) -> int:
    """From `effective_on` on the people in the departments `moves` name are in others; says how many.

    The role is kept, but for managers and staff of whom `roles` says another (by id); what is planned for a later day
    stays.
    """
    return _add_events(
        target_sql(moves, "s.user_id", "s.department_id"),
        params(municipality_id, effective_on, recorded_at, by_id, reason),
        moves,
        _role_sql(roles or {}),
    )


def _role_sql(roles: Mapping[int, Role]) -> str:
    """The role of `s` from its day on."""
    kept = f"s.role NOT IN ('{Role.MANAGER}', '{Role.STAFF}') OR s.effective_on > %(day)s"
    others = {role: [pk for pk, each in roles.items() if each == role] for role in set(roles.values())}
    whens = " ".join(f"WHEN s.user_id IN ({numbers(people)}) THEN '{role}'" for role, people in sorted(others.items()))
    return f"CASE WHEN {kept} THEN s.role {whens} ELSE s.role END" if roles else "s.role"


def move_people_back(
    municipality_id: int,
    effective_on: date,
    undone_at: datetime,
    *,
    by_id: int | None,
    reason: str,
    recorded_at: datetime,
) -> None:
    """The people who were moved at the instant `undone_at` are where they were, and what, as was known before it."""
    _add_events(
        back_sql(_EVENTS, "user_id", "m.recorded_at"),
        params(municipality_id, effective_on, recorded_at, by_id, reason, undone_at),
        role=before_sql(_EVENTS, "user_id", "role"),
    )


def _add_events(target: str, values: dict[str, Any], moves: Sequence[Move] | None = None, role: str = "s.role") -> int:
    """An event for each person and day with a `target`, then the memberships as of today; says for how many people."""
    insert = f"""
        INSERT INTO {_EVENTS} (municipality_id, user_id, role, department_id, effective_on, recorded_at, by_id, reason)
        SELECT goes.municipality_id, goes.user_id, goes.new_role, goes.target, goes.day, %(recorded_at)s, %(by)s,
          %(reason)s
        FROM (SELECT s.*, {target} AS target, {role} AS new_role
              FROM ({state_of_days_sql(_EVENTS, "user_id", moves)}) s) goes
        WHERE goes.target IS NOT NULL ORDER BY goes.user_id, goes.day"""  # noqa: S608 (names and numbers of our own)
    # the ids after the last one make it a walk over the new events alone
    new = "d.id > %(newest)s AND d.municipality_id = %(municipality)s AND d.recorded_at = %(recorded_at)s"
    today = f"""
        UPDATE {_MEMBERS} SET department_id = d.department_id, role = d.role FROM {_EVENTS} d
        WHERE {new} AND d.effective_on <= %(today)s
          AND {_MEMBERS}.municipality_id = d.municipality_id AND {_MEMBERS}.user_id = d.user_id
          AND NOT EXISTS (SELECT 1 FROM {_EVENTS} n WHERE n.municipality_id = d.municipality_id
            AND n.user_id = d.user_id AND (n.effective_on, n.id) > (d.effective_on, d.id)
            AND n.effective_on <= %(today)s)"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {_EVENTS}")  # noqa: S608
        values = {**values, "newest": cursor.fetchone()[0]}
        cursor.execute(insert, values)
        cursor.execute(today, values)
        cursor.execute(f"SELECT COUNT(DISTINCT d.user_id) FROM {_EVENTS} d WHERE {new}", values)  # noqa: S608
        return int(cursor.fetchone()[0])
