"""Assigning trainings: what the requirements ask for, safe to run twice, and by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.models import Membership, Municipality, User
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.training.models import LEARNERS, Course, Requirement, TrainingTask
from ozg_tracker.training.periods import next_round

_BATCH = 1000


@dataclass(frozen=True)
class _Last:
    """The latest task of a person for a course."""

    period_start: date
    completed_on: date | None


@transaction.atomic
def assign_due_trainings(municipality: Municipality, today: date | None = None) -> int:
    """Give everybody the tasks that the requirements ask for today; says how many are new.

    A first task begins with the requirement, a repetition with the completion before plus the course's interval; both
    are due the requirement's days after today (or after a repetition's begin, if later), so nobody gets a task that
    is late at birth. Who has an open task of the course gets no second one; who has left gets none.
    """
    day = today or timezone.localdate()
    last = _last_tasks(municipality)
    wanted: dict[tuple[int, int], TrainingTask] = {}
    for requirement in Requirement.objects.filter(course__municipality=municipality, starts_on__lte=day).select_related(
        "course", "department", "service"
    ):
        for person_id in _people(requirement, municipality):
            begin = _begin(requirement, last.get((person_id, requirement.course_id)))
            if begin is None or begin > day:
                continue
            task = _task(requirement, person_id, begin, day)
            first = wanted.setdefault((person_id, requirement.course_id), task)
            if task.due_on < first.due_on:
                wanted[person_id, requirement.course_id] = task
    # A second run beside this one loses on the unique period, silently.
    TrainingTask.objects.bulk_create(wanted.values(), batch_size=_BATCH, ignore_conflicts=True)
    return len(wanted)


def _last_tasks(municipality: Municipality) -> dict[tuple[int, int], _Last]:
    tasks = TrainingTask.objects.filter(municipality=municipality).order_by("period_start")
    rows = tasks.values_list("person_id", "course_id", "period_start", "completion__completed_on")
    return {(person, course): _Last(period_start, completed_on) for person, course, period_start, completed_on in rows}


def _people(requirement: Requirement, municipality: Municipality) -> Iterator[int]:
    people = Membership.objects.filter(municipality=municipality, user__is_active=True, role__in=LEARNERS)
    if requirement.role:
        people = people.filter(role=requirement.role)
    if requirement.department is not None:
        people = people.filter(department__in=tree_ids(requirement.department))
    if requirement.service_id is not None:
        rows = MunicipalService.objects.filter(municipality=municipality, service=requirement.service_id)
        people = people.filter(user__in=rows.filter(owner__isnull=False).values("owner"))
    return people.order_by("user").values_list("user", flat=True).iterator()


def _begin(requirement: Requirement, last: _Last | None) -> date | None:
    """The day from which the next round is owed; None while one is open, or when once was enough."""
    interval = requirement.course.interval_months
    if last is None:
        return requirement.starts_on
    if last.completed_on is None or interval is None:
        return None
    return next_round(last.period_start, last.completed_on, interval)


def _task(requirement: Requirement, person_id: int, begin: date, today: date) -> TrainingTask:
    return TrainingTask(
        municipality_id=requirement.course.municipality_id,
        course=requirement.course,
        person_id=person_id,
        period_start=begin,
        assigned_on=today,
        due_on=max(begin, today) + timedelta(days=requirement.due_within_days),
        reason=_reason(requirement)[:300],
    )


def _reason(requirement: Requirement) -> str:
    """Why the person owes it: role, department or service, never something about the person. Kept, so German."""
    with translation.override("de"):
        parts = [
            requirement.get_role_display() if requirement.role else "",
            requirement.department.name if requirement.department else "",
            requirement.service.name if requirement.service else "",
        ]
        return ", ".join(part for part in parts if part) or "alle Beschäftigten"


@transaction.atomic
def assign_training(
    course: Course, person: User, *, due_on: date, reason: str = "", today: date | None = None
) -> TrainingTask:
    """Give one person a training by hand. The door has checked who may (`may_assign`).

    ValidationError: `not_here` for somebody who does not learn in the course's municipality, `in_the_past` for the due
    day, `open_task` while one of the course is open.
    """
    day = today or timezone.localdate()
    if not Membership.objects.filter(
        municipality=course.municipality_id, user=person, user__is_active=True, role__in=LEARNERS
    ).exists():
        raise ValidationError(_("Diese Person gehört nicht zu den Beschäftigten der Kommune."), code="not_here")
    if due_on < day:
        raise ValidationError({"due_on": ValidationError(_("Der Tag liegt in der Vergangenheit."), "in_the_past")})
    if TrainingTask.objects.filter(course=course, person=person, completion=None).exists():
        raise ValidationError(_("Diese Schulung ist der Person schon zugewiesen und noch offen."), code="open_task")
    task = TrainingTask(
        municipality_id=course.municipality_id,
        course=course,
        person=person,
        period_start=day,
        assigned_on=day,
        due_on=due_on,
        reason=reason or "von Hand zugewiesen",  # kept, so German, whoever assigns
    )
    task.full_clean()
    task.save()
    return task
