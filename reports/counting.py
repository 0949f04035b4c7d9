"""Totals, rates and the tables by topic and department: one count over the month's rows."""

from collections import Counter, defaultdict
from typing import Any

from catalog.models import Topic
from ozg_tracker.accounts.models import Department
from ozg_tracker.tracking.models import State
from reports.rows import Month, Row
from reports.scale import Scale


def totals(rows: list[Row], scale: Scale) -> dict[str, Any]:
    states = Counter(row.state for row in rows)
    rated = sum(1 for row in rows if row.level_id is not None)
    whole = part(rows, scale)
    return {
        "relevant": whole["relevant"],
        "rated": rated,
        "not_rated": len(rows) - rated,
        "ready": whole["ready"],
        "levels": whole["levels"],
        "states": {state: states[state] for state in State.values},
    }


def part(rows: list[Row], scale: Scale) -> dict[str, Any]:
    """Relevant, ready and the count of each level of the town's model, for these rows."""
    by_level = Counter(row.level_id for row in rows)
    levels = dict.fromkeys(map(str, scale.numbers()), 0)
    ready = 0
    for level_id, count in by_level.items():
        level = None if level_id is None else scale.levels[level_id]
        if level and level.model_id == scale.model.pk:
            levels[str(level.number)] += count
        ready += count if level and level.ready else 0
    return {"relevant": len(rows), "ready": ready, "levels": levels}


def rates(rows: list[Row], month: Month, scale: Scale) -> dict[str, dict[str, int]]:
    """Every rate as numerator and denominator. Online is the official lenient count, complete the strict one."""
    ready = {row.row_id for row in rows if is_ready(row, scale)}
    bundles: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        for bundle in month.bundles(row):
            bundles[bundle].append(row)
    online = sum(1 for members in bundles.values() if any(is_online(row, scale) for row in members))
    complete = sum(1 for members in bundles.values() if all(row.row_id in ready for row in members))
    known = [row for row in rows if row.cases is not None]
    return {
        "services_ready": {"numerator": len(ready), "denominator": len(rows)},
        "bundles_online": {"numerator": online, "denominator": len(bundles)},
        "bundles_complete": {"numerator": complete, "denominator": len(bundles)},
        "cases_ready": {
            "numerator": sum(row.cases or 0 for row in known if row.row_id in ready),
            "denominator": sum(row.cases or 0 for row in known),
            "known_rows": len(known),
        },
    }


def is_ready(row: Row, scale: Scale) -> bool:
    return row.level_id is not None and scale.levels[row.level_id].ready


def is_online(row: Row, scale: Scale) -> bool:
    return row.level_id is not None and scale.levels[row.level_id].online


def by_topic(rows: list[Row], month: Month, scale: Scale) -> list[dict[str, Any]]:
    """A part per topic that has a row, by name. A service in several topics counts in each."""
    parts: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        for topic in month.topics(row):
            parts[topic].append(row)
    names = dict(Topic.objects.values_list("pk", "name"))
    return [{"topic": names[pk], **part(parts[pk], scale)} for pk in sorted(parts, key=lambda pk: names[pk])]


def by_department(rows: list[Row], municipality_id: int, scale: Scale) -> list[dict[str, Any]]:
    """A part per Fachbereich, the department with none above it, holding the rows of all below; None comes last.

    Each row stands in exactly one part, so that they add up to the totals.
    """
    top = _top_names(municipality_id)
    parts: defaultdict[str | None, list[Row]] = defaultdict(list)
    for row in rows:
        parts[None if row.department_id is None else top[row.department_id]].append(row)
    named = sorted(parts, key=lambda name: (name is None, name or ""))
    return [{"department": name, **part(parts[name], scale)} for name in named]


def _top_names(municipality_id: int) -> dict[int, str]:
    found = Department.objects.filter(municipality=municipality_id).values_list("pk", "parent", "name")
    tree = {pk: (parent, name) for pk, parent, name in found}

    def top(pk: int) -> str:
        parent, name = tree[pk]
        return name if parent is None else top(parent)

    return {pk: top(pk) for pk in tree}
