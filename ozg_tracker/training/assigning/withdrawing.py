"""Taking a training back and giving it another due day: deeds of the coordination, each with its reason."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import User
from ozg_tracker.training.assigning.changing import change_task, refuse_closed, some_reason
from ozg_tracker.training.models import TaskDeed, TrainingTask


def withdraw_task(task: TrainingTask, reason: str, *, by: User, today: date | None = None) -> TrainingTask:
    """Take an open task back; what is done stays. PermissionDenied for whom `kept_by` leaves out.

    ValidationError: `already_done`, `withdrawn`, `reason_missing`, `reason_too_long`, `changed_meanwhile`.
    """
    day = today or timezone.localdate()
    _refuse_others(task, by)
    refuse_closed(task)
    changes = {"withdrawn_on": day, "suspended_until": None, "suspension_reason": "", "course_date": None}
    return change_task(task, TaskDeed.WITHDRAWN, changes, by=by, reason=some_reason(reason), day=day)


def move_due_day(task: TrainingTask, due_on: date, reason: str, *, by: User, today: date | None = None) -> TrainingTask:
    """Give an open task another due day to come. PermissionDenied for whom `kept_by` leaves out.

    ValidationError: as `withdraw_task`, and `in_the_past`.
    """
    day = today or timezone.localdate()
    _refuse_others(task, by)
    refuse_closed(task)
    if due_on < day:
        raise ValidationError({"due_on": ValidationError(_("Der Tag liegt in der Vergangenheit."), "in_the_past")})
    return change_task(task, TaskDeed.MOVED, {"due_on": due_on}, by=by, reason=some_reason(reason), day=day)


def _refuse_others(task: TrainingTask, by: User) -> None:
    if not TrainingTask.objects.kept_by(by).filter(pk=task.pk).exists():
        raise PermissionDenied(_("Das kann nur die OZG-Koordination, und niemand für sich selbst."))
