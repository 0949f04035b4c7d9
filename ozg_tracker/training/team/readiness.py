"""Whether the team of a service is ready for its go-live: who has done every course that a rule wants before it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q
from django.utils import timezone

from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.counting import COUNTS, is_ready
from ozg_tracker.training.assigning.rules import Target, stored_rules, targets_of
from ozg_tracker.training.models import Course, Exemption, Requirement, TrainingTask, learners

SMALLEST = 5  # people of a team of which a number is told
AHEAD = timedelta(days=14)  # before a go-live, when it is a finding that the team is not ready


@dataclass(frozen=True)
class Readiness:
    """A service before or after its go-live. `goes_live_on`: None for what is online without a planned day.

    `team`, `ready` and `missing` are None for a team under five people; `missing`: how many people lack which course.
    """

    row: MunicipalService
    goes_live_on: date | None
    is_live: bool
    team: int | None
    ready: int | None
    missing: list[tuple[Course, int]] | None
    complete: bool

    def has_come(self, day: date) -> bool:
        return self.is_live or (self.goes_live_on is not None and self.goes_live_on <= day)


def readiness(rows: Iterable[int] | None, municipality: Municipality, today: date | None = None) -> list[Readiness]:
    """Of every service that a rule wants people ready for (`rows`: of these alone), the next go-live first; eight
    queries at most, however many there are.
    """
    day = today or timezone.localdate()
    rules = Requirement.objects.holding(day).filter(course__municipality=municipality, days_before__isnull=False)
    targets = targets_of(municipality, stored_rules(rules.with_reasons()), day)
    wanted = {each.row for each in targets} if rows is None else {each.row for each in targets} & set(rows)
    found = MunicipalService.objects.filter(COUNTS, pk__in=wanted).select_related(
        "service", "department", "level__model"
    )
    shown = found.order_by(F("planned_on").asc(nulls_last=True), "pk")
    people = _People(municipality, targets, day)
    by_row = defaultdict[int, list[Target]](list)
    for target in targets:
        by_row[target.row].append(target)
    return [_of(row, by_row[row.pk], people) for row in shown]


def unready(municipality: Municipality, today: date | None = None) -> list[Readiness]:
    """The finding: what is online, or was to be by today, while its team is not ready."""
    day = today or timezone.localdate()
    return [each for each in readiness(None, municipality, day) if not each.complete and each.has_come(day)]


def unready_rows(municipality: Municipality, day: date) -> list[int]:
    """The services (ids) that are online or go online within two weeks while their team is not ready: a finding that
    everybody sees who sees the service, and so only of teams of which a number may be told.
    """
    last = day + AHEAD
    return [
        each.row.pk
        for each in readiness(None, municipality, day)
        if each.team is not None and not each.complete and each.has_come(last)
    ]


def _of(row: MunicipalService, targets: list[Target], people: "_People") -> Readiness:
    team, lacking = set[int](), defaultdict[Course, set[int]](set)
    for target in targets:
        theirs = people.of(target)
        team |= theirs
        lacking[target.rule.kept.course] |= theirs - people.done[target.rule.kept.course_id]
    missing = sorted(((course, len(who)) for course, who in lacking.items() if who), key=lambda each: each[0].title)
    without = set().union(*lacking.values()) if lacking else set()
    small = len(team) < SMALLEST
    return Readiness(
        row,
        row.planned_on,
        is_ready(row),
        None if small else len(team),
        None if small else len(team - without),
        None if small else missing,
        not without,
    )


class _People:
    """Who learns here, and who has done what of the courses asked for, read at once."""

    def __init__(self, municipality: Municipality, targets: list[Target], day: date) -> None:
        exempt = Exemption.objects.holding(day).filter(municipality=municipality, course=None).values("person")
        members = learners().filter(municipality=municipality).exclude(user__in=exempt) if targets else []
        self._place = {each.user_id: (each.role, each.department_id) for each in members}
        self._below = _below(municipality) if targets else {}
        courses = {each.rule.kept.course_id for each in targets}
        self.done = _done(courses, day)

    def of(self, target: Target) -> set[int]:
        kept = target.rule.kept
        if target.owner is not None:
            asked = {target.owner}
        else:
            here = self._below.get(target.department or 0, set())
            asked = {person for person, (_role, department) in self._place.items() if department in here}
        wanted = self._below.get(kept.department_id, set()) if kept.department_id is not None else None
        return {
            person
            for person in asked & self._place.keys()
            if kept.role in ("", self._place[person][0])
            and (wanted is None or self._place[person][1] in wanted)
            and (not kept.named or person in target.rule.people)
        }


def _done(courses: set[int], day: date) -> dict[int, set[int]]:
    """By course who has done it, or one that is accepted for it, and need not repeat it yet."""
    accepted = defaultdict[int, set[int]](set)
    through = Course.equivalents.through.objects.filter(from_course__in=courses)
    for course, other in through.values_list("from_course", "to_course"):
        accepted[other].add(course)
    valid = TrainingTask.objects.filter(Q(renews_on=None) | Q(renews_on__gt=day), completed_on__isnull=False)
    found = defaultdict[int, set[int]](set)
    for course, person in valid.filter(course__in={*courses, *accepted}).values_list("course", "person"):
        for counted in (*accepted[course], *((course,) if course in courses else ())):
            found[counted].add(person)
    return found


def _below(municipality: Municipality) -> dict[int, set[int]]:
    """Each department with all that is below it, itself among them."""
    above = dict(Department.objects.filter(municipality=municipality).values_list("pk", "parent"))
    below = defaultdict[int, set[int]](set)
    for department in above:
        at: int | None = department
        while at is not None and department not in below[at]:
            below[at].add(department)
            at = above.get(at)
    return below
