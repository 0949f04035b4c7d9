"""The deadlines of a month, and the council's questions: what is online now, what comes in time, and what does not."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any, NamedTuple

from catalog.reading.as_known import Catalogue, services_sql
from ozg_tracker.accounts.departments.as_of import Tree, below
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import Deadline, State
from ozg_tracker.tracking.rows.as_of import as_of_params
from reports.figures.rows import Month, Row
from reports.figures.scale import Scale
from reports.figures.sql import query

_UNDER_WAY = (str(State.PLANNED), str(State.IN_PROGRESS))
_OURS = "(d.municipality_id IS NULL OR d.municipality_id = %(municipality)s)"
_SAID = "d.id, d.name, CAST(d.date AS text), d.scope, d.department_id"
_TOLD = f"""
    SELECT d.deadline_id, d.ended, {_SAID} FROM tracking_deadlineevent d
    WHERE {_OURS} AND d.effective_on <= %(day)s AND d.recorded_at <= %(known_at)s ORDER BY d.effective_on, d.id"""  # noqa: S608 (no input)
_PLAIN = f"""
    SELECT {_SAID} FROM tracking_deadline d WHERE {_OURS} AND NOT d.ended
      AND NOT EXISTS (SELECT 1 FROM tracking_deadlineevent told WHERE told.deadline_id = d.id)"""  # noqa: S608 (no input)
_NAMED = " UNION ALL ".join(
    f"SELECT '{kind}', '{owner[0]}', d.id, link.{column} FROM tracking_{table}_{kind} link"  # noqa: S608 (no input)
    f" JOIN tracking_{table} d ON d.id = link.{table}_id WHERE {_OURS}"
    for kind, column in (("bundles", "bundle_id"), ("rows", "municipalservice_id"))
    for owner, table in (("event", "deadlineevent"), ("deadline", "deadline"))
)  # the bundles and rows that each event and each deadline names


class Due(NamedTuple):
    """A deadline of the law or of the municipality; `bundles` and `rows` are ids, for the scopes that name them,
    `departments` the ids for the scope that names one, with all below it.
    """

    name: str
    date: date
    scope: str
    bundles: frozenset[int]
    departments: frozenset[int] = frozenset()
    rows: frozenset[int] = frozenset()

    def of(self, rows: list[Row], month: Month) -> list[Row]:
        """Those of `rows` that it is for."""
        if self.scope == Deadline.Scope.ALL:
            return rows
        if self.scope == Deadline.Scope.SDG:
            return [row for row in rows if row.sdg]
        if self.scope == Deadline.Scope.DEPARTMENT:
            return [row for row in rows if row.department_id in self.departments]
        if self.scope == Deadline.Scope.LIST:
            return [row for row in rows if row.row_id in self.rows]
        return [row for row in rows if not self.bundles.isdisjoint(month.bundles(row))]


def deadlines_of(municipality: Municipality, day: date, known_at: datetime, tree: Tree) -> list[Due]:
    """The deadlines that bind the municipality on `day`, as known at `known_at`, by date and name; three queries.

    A deadline without any event has always been as it stands.
    """
    params = as_of_params(municipality.pk, day, known_at)
    last = {deadline: (ended, said) for deadline, ended, *said in query(_TOLD, params)}
    said = [(f"e{pk}", *rest) for ended, (pk, *rest) in last.values() if not ended]
    said += [(f"d{pk}", *rest) for pk, *rest in query(_PLAIN, params)]
    named: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for kind, letter, owner, pk in query(_NAMED, params):
        named[kind, f"{letter}{owner}"].add(pk)
    found = [
        Due(
            name,
            date.fromisoformat(due_on),
            scope,
            frozenset(named["bundles", key]),
            frozenset(below(tree, [department])) if department else frozenset(),
            frozenset(named["rows", key]),
        )
        for key, name, due_on, scope, department in said
    ]
    return sorted(found, key=lambda due: (due.date, due.name))


def asked_of(deadlines: list[Due], cutoff: date) -> Due | None:
    """The deadline that the questions are about, among those for all services: the next one, else the last passed."""
    general = [due for due in deadlines if due.scope == Deadline.Scope.ALL]
    ahead = [due for due in general if due.date >= cutoff]
    return ahead[0] if ahead else general[-1] if general else None


def figures_of(
    deadlines: list[Due], rows: list[Row], month: Month, scale: Scale, cutoff: date, catalogue: Catalogue
) -> list[dict[str, Any]]:
    """Per deadline: days left at the cutoff (negative once passed), services in its scope, and those not ready; both
    None where nobody can know the scope, because no service of the catalogue carries the mark it asks for.
    """
    asks = any(due.scope == Deadline.Scope.SDG for due in deadlines)
    marked = asks and marks_are_known(catalogue)
    found = []
    for due in deadlines:
        known = marked or due.scope != Deadline.Scope.SDG
        scope = due.of(rows, month)
        found.append(
            {
                "name": due.name,
                "date": due.date.isoformat(),
                "days_left": (due.date - cutoff).days,
                "in_scope": len(scope) if known else None,
                "open": sum(1 for row in scope if row.level_id not in scale.ready) if known else None,
            }
        )
    return found


def marks_are_known(catalogue: Catalogue) -> bool:
    """Whether any service of the catalogue is marked as one of the SDG regulation."""
    return bool(query(f"SELECT 1 FROM {services_sql(catalogue)} s WHERE s.sdg <> '' LIMIT 1", {}))  # noqa: S608


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
