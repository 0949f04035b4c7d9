"""Totals, rates and the tables by topic and department: one count over the month's rows."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from ozg_tracker.tracking.models import State
from reports.rows import Month, Row
from reports.scale import Scale
from reports.sql import query

_LEVEL, _STATE = attrgetter("level_id"), attrgetter("state")


def totals(rows: list[Row], scale: Scale) -> dict[str, Any]:
    states = Counter(map(_STATE, rows))
    not_rated = sum(1 for row in rows if row.level_id is None)
    whole = part([*map(_LEVEL, rows)], scale)
    return {
        "relevant": whole["relevant"],
        "rated": len(rows) - not_rated,
        "not_rated": not_rated,
        "ready": whole["ready"],
        "levels": whole["levels"],
        "states": {state: states[state] for state in State.values},
    }


def part(levels: Sequence[int | None], scale: Scale) -> dict[str, Any]:
    """Relevant, ready and the count of each level of the town's model, for rows with these levels."""
    count = Counter(levels)
    return {
        "relevant": len(levels),
        "ready": sum(count[level_id] for level_id in scale.ready),
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


def by_topic(rows: list[Row], month: Month, scale: Scale) -> list[dict[str, Any]]:
    """A part per topic that has a row, by name. A service in several topics counts in each."""
    parts: defaultdict[int, list[int | None]] = defaultdict(list)
    for row in rows:
        for topic in month.topics(row):
            parts[topic].append(row.level_id)
    names = dict(query("SELECT id, name FROM catalog_topic"))
    return [{"topic": names[pk], **part(parts[pk], scale)} for pk in sorted(parts, key=lambda pk: names[pk])]


def by_department(rows: list[Row], municipality_id: int, scale: Scale) -> list[dict[str, Any]]:
    """A part per Fachbereich, the department with none above it, holding the rows of all below; None comes last.

    Each row stands in exactly one part, so that they add up to the totals.
    """
    top = _top_names(municipality_id)
    parts: defaultdict[str | None, list[int | None]] = defaultdict(list)
    for row in rows:
        parts[top[row.department_id]].append(row.level_id)
    named = sorted(parts, key=lambda name: (name is None, name or ""))
    return [{"department": name, **part(parts[name], scale)} for name in named]


def _top_names(municipality_id: int) -> dict[int | None, str | None]:
    """The name of the department at the top by the id of any below it; of none, none."""
    sql = "SELECT id, parent_id, name FROM accounts_department WHERE municipality_id = %(municipality)s"
    tree = {pk: (parent, name) for pk, parent, name in query(sql, {"municipality": municipality_id})}

    def top(pk: int) -> str:
        parent, name = tree[pk]
        return name if parent is None else top(parent)

    return {None: None} | {pk: top(pk) for pk in tree}
