"""Totals, rates and the tables by topic and department: one count over the month's rows."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from ozg_tracker.accounts.departments.as_of import Tree, top_names
from ozg_tracker.tracking.models import State
from ozg_tracker.tracking.rows.counting import is_unclear
from reports.figures.rows import Month, Row
from reports.figures.scale import Scale
from reports.figures.sql import query

_LEVEL, _STATE = attrgetter("level_id"), attrgetter("state")


def totals(rows: list[Row], scale: Scale) -> dict[str, Any]:
    states = Counter(map(_STATE, rows))
    whole = part([*map(_LEVEL, rows)], scale)
    return {
        "relevant": whole["relevant"],
        "rated": len(rows) - whole["not_rated"],
        "not_rated": whole["not_rated"],
        "ready": whole["ready"],
        "levels": whole["levels"],
        "states": {state: states[state] for state in State.values},
    }


def part(levels: Sequence[int | None], scale: Scale) -> dict[str, Any]:
    """Relevant, ready, not rated and the count of each level of the municipality's model, for rows with these levels.

    What was rated with another model stands at none of them, and is rated and perhaps ready all the same.
    """
    count = Counter(levels)
    return {
        "relevant": len(levels),
        "ready": sum(count[level_id] for level_id in scale.ready),
        "not_rated": count[None],
        "levels": {str(level.number): count[pk] for pk, level in scale.own().items()},
    }


def rates(rows: list[Row], month: Month, scale: Scale) -> dict[str, dict[str, int]]:
    """Every rate as numerator and denominator. Online is the official lenient count, complete the strict one."""
    bundles: defaultdict[int, list[int | None]] = defaultdict(list)
    for row in rows:
        for bundle in month.bundles(row):
            bundles[bundle].append(row.level_id)
    online = sum(1 for levels in bundles.values() if not scale.online.isdisjoint(levels))
    complete = sum(1 for levels in bundles.values() if scale.ready.issuperset(levels))
    ready = [row for row in rows if row.level_id in scale.ready]
    return {
        "services_ready": {"numerator": len(ready), "denominator": len(rows)},
        "bundles_online": {"numerator": online, "denominator": len(bundles)},
        "bundles_complete": {"numerator": complete, "denominator": len(bundles)},
        "cases_ready": {
            "numerator": sum(row.cases or 0 for row in ready),
            "denominator": sum(row.cases or 0 for row in rows),
            "known_rows": sum(1 for row in rows if row.cases is not None),
        },
    }


def unclear(month: Month, scale: Scale) -> dict[str, int]:
    """How many more may turn out to be ours, and how many of them are ready."""
    rows = [row for row in month.rows if is_unclear(row) and not row.retired]
    return {"count": len(rows), "ready": sum(1 for row in rows if row.level_id in scale.ready)}


def by_topic(rows: list[Row], month: Month, scale: Scale) -> list[dict[str, Any]]:
    """A part per topic that has a row, by name. A service in several topics counts in each."""
    parts: defaultdict[int, list[int | None]] = defaultdict(list)
    for row in rows:
        for topic in month.topics(row):
            parts[topic].append(row.level_id)
    names = dict(query("SELECT id, name FROM catalog_topic"))
    return [{"topic": names[pk], **part(parts[pk], scale)} for pk in sorted(parts, key=lambda pk: names[pk])]


def by_department(rows: list[Row], tree: Tree, scale: Scale) -> list[dict[str, Any]]:
    """A part per Fachbereich, the department with none above it, holding the rows of all below; None comes last.

    `tree`: that of the month's last day, as known at the instant of the figures.

    Each row stands in exactly one part, so that they add up to the totals.
    """
    top = top_names(tree)
    parts: defaultdict[str | None, list[int | None]] = defaultdict(list)
    for row in rows:
        parts[top[row.department_id]].append(row.level_id)
    named = sorted(parts, key=lambda name: (name is None, name or ""))
    return [{"department": name, **part(parts[name], scale)} for name in named]
