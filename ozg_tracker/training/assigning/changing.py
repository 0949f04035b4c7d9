"""The one way in which a training task changes: its row and its event together, and only as who changes it saw it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import User
from ozg_tracker.training.models import TaskDeed, TrainingEvent, TrainingTask

_SEEN = ("due_on", "completed_on", "withdrawn_on", "suspended_until")
LONGEST_REASON = 300


@transaction.atomic
def change_task(
    task: TrainingTask,
    kind: TaskDeed,
    changes: Mapping[str, Any],
    *,
    by: User | None,
    reason: str = "",
    day: date | None = None,
) -> TrainingTask:
    """Set `changes` and add the event. Of two at once one wins and the other is told (`already_done`, `withdrawn`,
    `changed_meanwhile`). A transaction of the caller's ends with it, so that nothing is half done.
    """
    seen = {name: getattr(task, name) for name in _SEEN}
    if not TrainingTask.objects.filter(pk=task.pk, **seen).update(**changes):
        raise _told(task)
    task.refresh_from_db()
    record([task], kind, by=by, reason=reason, day=day)
    return task


def record(
    tasks: Iterable[TrainingTask], kind: TaskDeed, *, by: User | None, reason: str = "", day: date | None = None
) -> None:
    """Add the event to each of the tasks as they stand now."""
    now, today = timezone.now(), day or timezone.localdate()
    TrainingEvent.objects.bulk_create(
        TrainingEvent(
            municipality_id=task.municipality_id,
            task=task,
            kind=kind,
            effective_on=today,
            recorded_at=now,
            by=by,
            reason=reason[:LONGEST_REASON],
            due_on=task.due_on,
            completed_on=task.completed_on,
            withdrawn_on=task.withdrawn_on,
            suspended_until=task.suspended_until,
        )
        for task in tasks
    )


def already_done() -> ValidationError:
    return ValidationError(_("Diese Schulung ist schon als erledigt gemeldet."), code="already_done")


def refuse_closed(task: TrainingTask) -> None:
    """ValidationError `already_done` or `withdrawn` for a task that is not open any more."""
    if task.completed_on is not None:
        raise already_done()
    if task.withdrawn_on is not None:
        raise ValidationError(_("Diese Schulung ist zurückgezogen."), code="withdrawn")


def _told(task: TrainingTask) -> ValidationError:
    now = TrainingTask.objects.get(pk=task.pk)
    try:
        refuse_closed(now)
    except ValidationError as error:
        return error
    sentence = _("Diese Schulung hat gerade jemand anderes geändert. Bitte sehen Sie sie noch einmal an.")
    return ValidationError(sentence, code="changed_meanwhile")


def some_reason(reason: str) -> str:
    """The reason without what surrounds it. ValidationError `reason_missing` or `reason_too_long`."""
    words = " ".join(reason.split())
    if not words:
        raise ValidationError({"reason": ValidationError(_("Bitte nennen Sie einen Grund."), "reason_missing")})
    if len(words) > LONGEST_REASON:
        sentence = _("Der Grund hat mehr als %(longest)d Zeichen.") % {"longest": LONGEST_REASON}
        raise ValidationError({"reason": ValidationError(sentence, "reason_too_long")})
    return words
