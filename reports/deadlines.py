"""The deadlines of a month, and the council's questions: what is online now, what comes in time, and what does not."""

from collections import defaultdict
from datetime import date
from typing import Any, NamedTuple

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import Deadline, State
from reports.rows import Month, Row
from reports.scale import Scale
from reports.sql import query

_UNDER_WAY = (str(State.PLANNED), str(State.IN_PROGRESS))


class Due(NamedTuple):
    """A deadline of the law or of the town; `bundles` are ids, for the scope that names them."""

    name: str
    date: date
    scope: str
    bundles: frozenset[int]

    def applies_to(self, row: Row, month: Month) -> bool:
        if self.scope == Deadline.Scope.SDG:
            return row.sdg
        return self.scope == Deadline.Scope.ALL or not self.bundles.isdisjoint(month.bundles(row))


def deadlines_of(municipality: Municipality) -> list[Due]:
    """The deadlines that bind the town, by date and name; one query."""
    sql = """
        SELECT due.id, due.name, due.date, due.scope, named.bundle_id
        FROM tracking_deadline due LEFT JOIN tracking_deadline_bundles named ON named.deadline_id = due.id
        WHERE due.municipality_id IS NULL OR due.municipality_id = %(municipality)s ORDER BY due.id"""
    bundles: defaultdict[tuple[int, str, date, str], set[int]] = defaultdict(set)
    for pk, name, day, scope, bundle in query(sql, {"municipality": municipality.pk}):
        bundles[pk, name, day, scope].update([bundle] if bundle else [])
    found = [Due(name, day, scope, frozenset(ids)) for (_pk, name, day, scope), ids in bundles.items()]
    return sorted(found, key=lambda due: (due.date, due.name))


def asked_of(deadlines: list[Due], cutoff: date) -> Due | None:
    """The deadline that the questions are about, among those for all services: the next one, else the last passed."""
    general = [due for due in deadlines if due.scope == Deadline.Scope.ALL]
    ahead = [due for due in general if due.date >= cutoff]
    return ahead[0] if ahead else general[-1] if general else None


def figures_of(deadlines: list[Due], rows: list[Row], month: Month, scale: Scale, cutoff: date) -> list[dict[str, Any]]:
    """Per deadline: days left at the cutoff (negative once passed), services in its scope, and those not ready."""
    found = []
    for due in deadlines:
        scope = [row for row in rows if due.applies_to(row, month)]
        found.append(
            {
                "name": due.name,
                "date": due.date.isoformat(),
                "days_left": (due.date - cutoff).days,
                "in_scope": len(scope),
                "open": sum(1 for row in scope if row.level_id not in scale.ready),
            }
        )
    return found


def questions(rows: list[Row], month: Month, scale: Scale, asked: Due | None, cutoff: date) -> dict[str, Any]:
    """The council's questions, each a list of services.

    `online_now`: ready. Of those not ready, `planned_or_started`: state planned or in progress; `by_deadline`: planned
    not later than the deadline asked of, while it has not passed; `not_by_deadline`: all others. So the first and the
    last two make up the relevant services. Without a deadline for all services the last two are empty.
    """
    left = [row for row in rows if row.level_id not in scale.ready]
    ahead = asked is not None and asked.date >= cutoff
    in_time = [row for row in left if ahead and row.planned_in_time]
    late = [row for row in left if asked and not (ahead and row.planned_in_time)]
    return {
        "deadline": asked and {"name": asked.name, "date": asked.date.isoformat()},
        "planned_or_started": month.named([row for row in left if row.state in _UNDER_WAY]),
        "online_now": month.named([row for row in rows if row.level_id in scale.ready]),
        "by_deadline": month.named(in_time),
        "not_by_deadline": month.named(late),
    }
