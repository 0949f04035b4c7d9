"""What is missing or contradictory in the month's rows, so that the council knows how far the figures carry."""

from typing import Any

from ozg_tracker.tracking.rows.as_of import without_address
from ozg_tracker.tracking.rows.counting import is_rated, is_unclear
from reports.figures.rows import Month, Row
from reports.figures.scale import Scale


def quality(rows: list[Row], month: Month, scale: Scale) -> list[dict[str, Any]]:
    """Counts by code, of the relevant rows (the last one: of those whose responsibility is unclear); one query."""
    left = [row for row in rows if row.level_id not in scale.ready]
    ready = [row.event_id for row in rows if row.level_id in scale.ready]
    counts = {
        "cases_unknown": sum(1 for row in rows if row.cases is None),
        "no_department": sum(1 for row in rows if row.department_id is None),
        "not_rated": sum(1 for row in rows if not is_rated(row)),
        "other_model": sum(1 for row in rows if _rated_elsewhere(row, scale)),
        "planned_passed": sum(1 for row in left if row.planned_passed),
        "planned_without_date": sum(1 for row in left if row.state == "planned" and row.planned_on is None),
        "ready_without_address": without_address(ready),
        "responsibility_unclear": sum(1 for row in month.rows if is_unclear(row) and not row.retired),
    }
    return [{"code": code, "count": count} for code, count in counts.items()]


def _rated_elsewhere(row: Row, scale: Scale) -> bool:
    return row.level_id is not None and scale.levels[row.level_id].model_id != scale.model.pk
