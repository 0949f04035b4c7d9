"""Taking a course for oneself where everybody may, and leaving it again."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import User
from ozg_tracker.training.assigning.assignment import assign_training
from ozg_tracker.training.assigning.changing import change_task, refuse_closed
from ozg_tracker.training.completing.completion import refuse_strangers
from ozg_tracker.training.dates.registering import register
from ozg_tracker.training.models import Course, TaskDeed, TrainingTask

WITHIN_DAYS = 180  # a wish, no duty: time enough for the next date
REASON = "selbst eingeschrieben"  # kept, so German


def enrol(course: Course, *, by: User, today: date | None = None) -> TrainingTask:
    """Give oneself the course. ValidationError `no_self_enrolment`; `not_here`, `open_task` as `assign_training`."""
    if not course.self_enrolment or course.archived_on is not None:
        sentence = _("In diesen Kurs schreibt man sich nicht selbst ein. Fragen Sie Ihre Leitung.")
        raise ValidationError(sentence, code="no_self_enrolment")
    day = today or timezone.localdate()
    return assign_training(course, by, due_on=day + timedelta(days=WITHIN_DAYS), reason=REASON, by=by, today=day)


@transaction.atomic
def leave_course(task: TrainingTask, *, by: User, today: date | None = None) -> TrainingTask:
    """Take back what one enrolled in oneself, and one's place at a date with it.

    PermissionDenied for anybody else; ValidationError `not_enrolled` for what was assigned, `already_done`,
    `withdrawn`, `registration_over`.
    """
    refuse_strangers(task, by)
    refuse_closed(task)
    if not is_enrolment(task):
        sentence = _("Diese Schulung ist Ihnen zugewiesen; zurückziehen kann sie die OZG-Koordination.")
        raise ValidationError(sentence, code="not_enrolled")
    if task.registered is not None:
        register(task, None, by=by)
    day = today or timezone.localdate()
    changes = {"withdrawn_on": day, "suspended_until": None, "suspension_reason": "", "course_date": None}
    return change_task(task, TaskDeed.WITHDRAWN, changes, by=by, reason=REASON, day=day)


def is_enrolment(task: TrainingTask) -> bool:
    """Whether the person took the training themselves: no rule asks for it and the person's own deed began it."""
    if task.rule_id is not None:
        return False
    first = task.events.order_by("pk").values_list("kind", "by").first()
    return first == (TaskDeed.ASSIGNED, task.person_id)
