"""Suspending a training that a person cannot do for now, and taking it up again."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import User
from ozg_tracker.training.models import SuspensionReason, TrainingTask

LONGEST = timedelta(days=3 * 366)  # as long as a parental leave


@transaction.atomic
def suspend_task(task: TrainingTask, until: date, reason: str, *, by: User, today: date | None = None) -> TrainingTask:
    """Suspend an open task until the end of a day; its due day moves by as many days.

    The reason is one of a few that say nothing about the person. PermissionDenied for whom `suspendable_by` leaves out.
    ValidationError: `already_done`, `in_the_past`, `too_far`, `unknown_reason`.
    """
    day = today or timezone.localdate()
    if until <= day:
        sentence = _("Ausgesetzt wird bis zu einem Tag in der Zukunft.")
        raise ValidationError({"until": ValidationError(sentence, "in_the_past")})
    if until > day + LONGEST:
        raise ValidationError({"until": ValidationError(_("Ausgesetzt wird längstens drei Jahre."), "too_far")})
    if reason not in SuspensionReason.values:
        raise ValidationError({"reason": ValidationError(_("Bitte wählen Sie einen Grund."), "unknown_reason")})
    return _hold(task, until, reason, by, day)


@transaction.atomic
def resume_task(task: TrainingTask, *, by: User, today: date | None = None) -> TrainingTask:
    """End a suspension now; the due day moves back by the days that are left. ValidationError `already_done`."""
    day = today or timezone.localdate()
    return _hold(task, day, "", by, day)


def _hold(task: TrainingTask, end: date, reason: str, by: User, day: date) -> TrainingTask:
    if not TrainingTask.objects.suspendable_by(by).filter(pk=task.pk).exists():
        raise PermissionDenied(_("Aussetzen kann eine Schulung, wer die Person leitet, oder die OZG-Koordination."))
    if hasattr(task, "completion"):
        raise ValidationError(_("Diese Schulung ist schon erledigt."), code="already_done")
    held_until = max(task.suspended_until or day, day)
    TrainingTask.objects.filter(pk=task.pk).update(
        due_on=F("due_on") + (end - held_until),
        suspended_until=end if end > day else None,
        suspension_reason=reason,
    )
    task.refresh_from_db()
    return task
