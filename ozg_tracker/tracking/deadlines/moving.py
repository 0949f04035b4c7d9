"""Deadlines of departments that end with a reorganisation: they go along, become a list, or end; and back with it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from ozg_tracker.accounts.departments.as_of import Tree, below
from ozg_tracker.accounts.models import Department, Municipality, Reorganisation, User
from ozg_tracker.tracking.deadlines.changing import Facts, facts_of, facts_on, rewrite
from ozg_tracker.tracking.models import Deadline, DeadlineEvent
from ozg_tracker.tracking.models.deadlines import LONGEST_LIST_NAME
from ozg_tracker.tracking.rows.as_of import state_as_of

Scope = Deadline.Scope


class Becomes(StrEnum):
    """What a deadline becomes: one of the department that takes over, one of the same services as a list, none."""

    ALONG = ""
    LISTED = "listed"
    ENDED = "ended"


def deadlines_to_move(municipality: Municipality, departments: Collection[int], day: date) -> list[Deadline]:
    """Those that hold for one of the departments on `day` or later; a few queries, and one or two for each found."""
    if not departments:
        return []
    said = DeadlineEvent.objects.filter(municipality=municipality, department__in=departments)
    found = Deadline.objects.filter(Q(pk__in=said.values("deadline")) | Q(department__in=departments))
    mine = found.filter(municipality=municipality).order_by("date", "name", "pk")
    return [each for each in mine if any(_among(facts_on(each, then), departments) for then in _days(each, day))]


def move_deadlines(
    deed: Reorganisation, targets: Mapping[int, int | None], becomes: Mapping[int, Becomes], tree: Tree
) -> int:
    """From the day of `deed` on the deadlines of the departments `targets` are what `becomes` says (by id; default:
    along with what the department has, where something takes it over, else they end); says how many.

    `tree`: as it was before.
    """
    municipality, day = deed.municipality, deed.effective_on
    found = deadlines_to_move(municipality, targets, day)
    takers = Department.objects.in_bulk([pk for pk in targets.values() if pk is not None])
    for deadline in found:
        for then in _days(deadline, day):
            facts = facts_on(deadline, then)
            if facts is not None and facts.department is not None and _among(facts, targets):
                taker = takers.get(targets[facts.department.pk] or 0)
                way = becomes.get(deadline.pk, Becomes.ALONG)
                after = _listed(deed, facts, tree) if way == Becomes.LISTED else None
                if way == Becomes.ALONG and taker is not None:
                    after = replace(facts, department=taker)
                rewrite(deadline, after, then, reason=deed.reason, by=deed.by, recorded_at=deed.recorded_at)
    return len(found)


def _days(deadline: Deadline, day: date) -> list[date]:
    """The day, and those after it of which something is planned."""
    later = deadline.events.filter(effective_on__gt=day).order_by("effective_on").values_list("effective_on", flat=True)
    return [day, *dict.fromkeys(later)]


def _among(facts: Facts | None, departments: Collection[int]) -> bool:
    named = facts.department if facts is not None and facts.scope == Scope.DEPARTMENT else None
    return named is not None and named.pk in departments


def _listed(deed: Reorganisation, facts: Facts, tree: Tree) -> Facts | None:
    """The same deadline for the services that it was for before the deed; None: there were none."""
    office, known_at = facts.department, deed.recorded_at - timedelta(microseconds=1)
    within = below(tree, [office.pk]) if office else set()
    state = state_as_of(deed.municipality_id, deed.effective_on, known_at)
    rows = sorted(each.row_id for each in state if each.department_id in within)
    if office is None or not rows:
        return None
    return replace(facts, scope=Scope.LIST, department=None, list_name=office.name[:LONGEST_LIST_NAME], rows=rows)


def moved(deed: Reorganisation) -> "QuerySet[DeadlineEvent]":
    """What the reorganisation made of deadlines; what somebody said of one first is none of it."""
    earlier = DeadlineEvent.objects.filter(deadline=OuterRef("deadline"), pk__lt=OuterRef("pk"))
    mine = DeadlineEvent.objects.filter(municipality=deed.municipality_id, recorded_at=deed.recorded_at)
    return mine.filter(Exists(earlier), reason=deed.reason, by=deed.by_id).order_by("pk")


def changed_since(deed: Reorganisation) -> int:
    """How many of the deadlines that the reorganisation moved have been changed after it."""
    last = dict(moved(deed).values_list("deadline", "pk"))
    later = DeadlineEvent.objects.filter(deadline__in=last).order_by("pk")
    newest = dict(later.values_list("deadline", "pk"))
    return sum(newest[deadline] != pk for deadline, pk in last.items())


def move_deadlines_back(deed: Reorganisation, *, reason: str, by: User | None, recorded_at: datetime) -> None:
    """Each deadline that the reorganisation moved says again what it said before, on each of its days."""
    events = list(moved(deed).select_related("deadline"))
    first = {event.deadline_id: event.pk for event in reversed(events)}
    for event in sorted(events, key=lambda each: (each.effective_on, each.pk)):
        known = event.deadline.events.filter(effective_on__lte=event.effective_on, pk__lt=first[event.deadline_id])
        before = known.select_related("department").first()
        facts = facts_of(before) if before is not None and not before.ended else None
        rewrite(event.deadline, facts, event.effective_on, reason=reason, by=by, recorded_at=recorded_at)
