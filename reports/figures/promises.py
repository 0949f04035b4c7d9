"""What was promised for the month and what became of it, what is late, and what is promised next.

A service is promised for a month when it was relevant, not ready and planned for a day of it at the end of the month
before. It is kept when it is ready at the month's end, moved when it has another day or none, else open.
"""

from datetime import date, datetime
from typing import Any

from ozg_tracker.tracking.models import State
from ozg_tracker.tracking.rows.as_of import as_of_params, reasons
from reports import months
from reports.figures.offices import Offices
from reports.figures.rows import Month, Row
from reports.figures.scale import Scale
from reports.figures.sql import numbers, query

OUTCOMES = ("kept", "moved", "open")
AHEAD = 3  # months that are called next


def promises(rows: list[Row], month: Month, scale: Scale, offices: Offices, cutoff: date) -> dict[str, Any]:
    """`due` is the sum of the three outcomes; `rows` names each, with the day that was promised, the day that holds now
    and the reason of the change that moved it; `next`: planned for one of the three months to come. One query.
    """
    due = [(row, day, _outcome(row, day, scale)) for row in rows if (day := _promised(row, month, scale, cutoff))]
    why = reasons(row.event_id for row, _day, _outcome in due if row.moved)
    told = [
        {
            **_of(row, month, offices),
            "planned_on": day,
            "now_on": row.planned_on,
            "outcome": outcome,
            "reason": why.get(row.event_id, ""),
        }
        for row, day, outcome in due
    ]
    return {
        "due": len(due),
        **{each: sum(1 for _row, _day, outcome in due if outcome == each) for each in OUTCOMES},
        "rows": told,
        "next": [
            _of(row, month, offices) | {"planned_on": row.planned_on} for row in rows if _next(row, scale, cutoff)
        ],
    }


def late(
    rows: list[Row],
    month: Month,
    scale: Scale,
    offices: Offices,
    cutoff: date,
    known_at: datetime,
    municipality_id: int,
) -> dict[str, list[dict[str, Any]]]:
    """Not ready though planned before the month's end, and blocked, each with why; one query, for the reasons."""
    blocked = [row for row in rows if row.state == State.BLOCKED and row.level_id not in scale.ready]
    why = _reasons_of_blocking(blocked, municipality_id, cutoff, known_at)
    return {
        "planned_passed": [
            _of(row, month, offices) | {"planned_on": row.planned_on}
            for row in rows
            if row.planned_passed and row.level_id not in scale.ready
        ],
        "blocked": [_of(row, month, offices) | {"reason": why.get(row.row_id, "")} for row in blocked],
    }


def _of(row: Row, month: Month, offices: Offices) -> dict[str, Any]:
    office = offices[row.department_id]
    return {**month.service(row), "department": office.top, "office": office.name}


def _promised(row: Row, month: Month, scale: Scale, cutoff: date) -> str | None:
    """The day of this month for which the row was promised when the month began, if it was."""
    earlier = month.earlier(row)
    if earlier is None or not earlier.ours or row.retired_before or earlier.level_id in scale.ready:
        return None
    day = earlier.planned_on
    return day if day and day[:7] == months.name(cutoff) else None


def _outcome(row: Row, promised: str, scale: Scale) -> str:
    if row.level_id in scale.ready:
        return "kept"
    return "open" if row.planned_on == promised else "moved"


def _next(row: Row, scale: Scale, cutoff: date) -> bool:
    if row.level_id in scale.ready or row.planned_on is None:
        return False
    return cutoff.isoformat() < row.planned_on <= months.last_day(months.step(cutoff, AHEAD)).isoformat()


def _reasons_of_blocking(blocked: list[Row], municipality_id: int, cutoff: date, known_at: datetime) -> dict[int, str]:
    """The newest reason that was given while the row was blocked, by row."""
    sql = f"""
        SELECT row_id, reason FROM tracking_statuschange
        WHERE municipality_id = %(municipality)s AND effective_on <= %(day)s AND recorded_at <= %(known_at)s
          AND row_id IN ({numbers(row.row_id for row in blocked)}) AND state = '{State.BLOCKED.value}' AND reason <> ''
        ORDER BY effective_on, id"""  # noqa: S608 (whole numbers and a name of ours)
    return dict(query(sql, as_of_params(municipality_id, cutoff, known_at)))
