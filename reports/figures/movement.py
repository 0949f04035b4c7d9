"""What moved between two month ends, each row in at most one list, with the reason given in its last event."""

from typing import Any

from ozg_tracker.tracking.rows.as_of import reasons
from ozg_tracker.tracking.rows.counting import is_ours
from reports.figures.rows import Before, Month, Row
from reports.figures.scale import Level, Scale

LISTS = ("newly_ready", "improved", "regressed", "first_rated", "newly_ours", "no_longer_ours", "retired")


def movement(month: Month, scale: Scale) -> dict[str, list[dict[str, Any]]]:
    """The lists by name, each service with its level before and after, and what was rated for the first time with
    whether it is ready; one query, for the reasons.
    """
    found = [(row, month.earlier(row)) for row in month.rows if row.moved or row.retired]
    moved = [(_list(row, earlier, scale), row, earlier) for row, earlier in found]
    why = reasons(row.event_id for name, row, _ in moved if name)
    return {
        name: [
            month.service(row)
            | {"from": _number(earlier, scale), "to": _number(row, scale), "reason": why[row.event_id]}
            | ({"ready": row.level_id in scale.ready} if name == "first_rated" else {})
            for listed, row, earlier in moved
            if listed == name
        ]
        for name in LISTS
    }


def _list(row: Row, earlier: Before | None, scale: Scale) -> str | None:
    """The one list in which the row stands, if it moved."""
    was_ours = earlier is not None and earlier.ours and not row.retired_before
    now_ours = is_ours(row)
    if not was_ours:
        return "newly_ours" if now_ours and not row.retired else None
    if not now_ours:
        return "no_longer_ours"
    if row.retired:
        return "retired"
    return _step(_level(earlier, scale), _level(row, scale))


def _step(before: Level | None, after: Level | None) -> str | None:
    if before == after:
        return None
    if before is None:
        return "first_rated"  # taking stock is no progress
    if after and after.ready and not before.ready:
        return "newly_ready"
    if after and before.model_id != after.model_id:
        # Two scales have no common order; what counts is whether readiness was lost.
        return "regressed" if before.ready and not after.ready else None
    return "improved" if after and after.number > before.number else "regressed"


def _level(state: Row | Before | None, scale: Scale) -> Level | None:
    return None if state is None or state.level_id is None else scale.levels[state.level_id]


def _number(state: Row | Before | None, scale: Scale) -> int | None:
    level = _level(state, scale)
    return level and level.number
