"""Suspending a training that a person cannot do for now, and taking it up again."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import User
from ozg_tracker.training.assigning.changing import change_task, refuse_closed
from ozg_tracker.training.models import SuspensionReason, TaskDeed, TrainingEvent, TrainingTask

LONGEST = timedelta(days=366)  # of a round, from the day on which it was first suspended


@transaction.atomic
def suspend_task(task: TrainingTask, until: date, reason: str, *, by: User, today: date | None = None) -> TrainingTask:
    """Suspend an open task until the end of a day; its due day moves by as many days, but not that of what is late.

    The reason is one of a few that say nothing about the person. PermissionDenied for whom `suspendable_by` leaves out.
    ValidationError: `already_done`, `withdrawn`, `in_the_past`, `too_far`, `unknown_reason`, `changed_meanwhile`.
    """
    day = today or timezone.localdate()
    if until <= day:
        sentence = _("Ausgesetzt wird bis zu einem Tag in der Zukunft.")
        raise ValidationError({"until": ValidationError(sentence, "in_the_past")})
    if until > _suspended_first(task, day) + LONGEST:
        sentence = _("In einer Runde ruht eine Schulung längstens ein Jahr.")
        raise ValidationError({"until": ValidationError(sentence, "too_far")})
    if reason not in SuspensionReason.values:
        raise ValidationError({"reason": ValidationError(_("Bitte wählen Sie einen Grund."), "unknown_reason")})
    _refuse_others(task, by)
    return hold(task, TaskDeed.SUSPENDED, until, reason, by, day)


@transaction.atomic
def resume_task(task: TrainingTask, *, by: User, today: date | None = None) -> TrainingTask:
    """End a suspension now; the due day moves back by the days that are left. ValidationError as `suspend_task`."""
    day = today or timezone.localdate()
    _refuse_others(task, by)
    return hold(task, TaskDeed.RESUMED, day, "", by, day)


def _refuse_others(task: TrainingTask, by: User) -> None:
    if not TrainingTask.objects.suspendable_by(by).filter(pk=task.pk).exists():
        raise PermissionDenied(_("Aussetzen kann eine Schulung, wer die Person leitet, oder die OZG-Koordination."))


def _suspended_first(task: TrainingTask, day: date) -> date:
    rests = TrainingEvent.objects.filter(task=task, kind=TaskDeed.SUSPENDED).order_by("effective_on")
    return rests.values_list("effective_on", flat=True).first() or day


def hold(task: TrainingTask, kind: TaskDeed, end: date, reason: str, by: User, day: date) -> TrainingTask:
    """Let an open task rest until `end` (today: no more), as a deed of `kind`; the caller has asked who may.

    ValidationError: `already_done`, `withdrawn`, `changed_meanwhile`.
    """
    refuse_closed(task)
    held_until = max(task.suspended_until or day, day)
    late = task.due_on < day
    changes = {
        "due_on": task.due_on if late else task.due_on + (end - held_until),
        "suspended_until": end if end > day else None,
        "suspension_reason": reason,
    }
    said = SuspensionReason(reason).label if reason else ""
    return change_task(task, kind, changes, by=by, reason=str(said), day=day)
