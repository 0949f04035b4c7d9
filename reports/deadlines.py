"""The deadlines of a month, and the council's questions: what is online now, what comes in time, and what does not."""

from collections import defaultdict
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import Deadline, State
from reports.counting import is_ready
from reports.rows import Month, Row
from reports.scale import Scale

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
    fields = ("pk", "name", "date", "scope", "bundles")
    bundles: defaultdict[tuple[int, str, date, str], set[int]] = defaultdict(set)
    mine = Deadline.objects.filter(Q(municipality=None) | Q(municipality=municipality))
    for pk, name, day, scope, bundle in mine.values_list(*fields):
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
                "open": sum(1 for row in scope if not is_ready(row, scale)),
            }
        )
    return found


def questions(rows: list[Row], month: Month, scale: Scale, asked: Due | None, cutoff: date) -> dict[str, Any]:
    """The council's questions, each a list of services.

    `online_now`: ready. Of those not ready, `planned_or_started`: state planned or in progress; `by_deadline`: planned
    not later than the deadline asked of, while it has not passed; `not_by_deadline`: all others. So the first and the
    last two make up the relevant services. Without a deadline for all services the last two are empty.
    """
    left = [row for row in rows if not is_ready(row, scale)]
    ahead = asked is not None and asked.date >= cutoff
    in_time = [row for row in left if ahead and row.planned_in_time]
    late = [row for row in left if asked and not (ahead and row.planned_in_time)]
    return {
        "deadline": asked and {"name": asked.name, "date": asked.date.isoformat()},
        "planned_or_started": month.named([row for row in left if row.state in _UNDER_WAY]),
        "online_now": month.named([row for row in rows if is_ready(row, scale)]),
        "by_deadline": month.named(in_time),
        "not_by_deadline": month.named(late),
    }
