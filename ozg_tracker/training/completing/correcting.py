"""What was reported as done: corrected or taken back by the person, confirmed or rejected by who coordinates."""

from collections.abc import Mapping
from datetime import date
from typing import IO

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import User
from ozg_tracker.training.assigning.asked import REOPENED
from ozg_tracker.training.assigning.changing import change_task, record, some_reason
from ozg_tracker.training.completing.completion import checked_proof, done_on, refuse_day, refuse_strangers
from ozg_tracker.training.models import Completion, TaskDeed, TrainingTask

_OPEN_AGAIN = {"completed_on": None, "renews_on": None}


@transaction.atomic
def correct_completion(
    task: TrainingTask, completed_on: date, *, by: User, proof: "File[bytes] | IO[bytes] | None" = None
) -> TrainingTask:
    """Another day, or another proof, for what the person has reported; it is to be looked at again.

    PermissionDenied for anybody else; ValidationError: `not_done`, `newer_round`, what `complete_task` refuses of the
    day and the proof.
    """
    refuse_strangers(task, by)
    _refuse_open(task)
    refuse_day(task, completed_on)
    newer = _newer(task)
    name, file = checked_proof(proof)
    before = task.renews_on
    change_task(task, TaskDeed.CORRECTED, done_on(task, completed_on), by=by)
    if newer is not None and newer.period_start == before and task.renews_on is not None:
        days = {"period_start": task.renews_on, "due_on": newer.due_on + (task.renews_on - newer.period_start)}
        change_task(newer, TaskDeed.MOVED, days, by=by, reason="die Runde davor wurde berichtigt")
    completion, _created = Completion.objects.get_or_create(task=task, defaults={"recorded_at": timezone.now()})
    completion.recorded_at, completion.confirmed_on = timezone.now(), None
    if file is not None:
        _drop_file(completion)
        completion.proof.save(name, file, save=False)
    completion.save()
    return task


@transaction.atomic
def take_back_completion(task: TrainingTask, *, by: User) -> TrainingTask:
    """It was not done after all: the round is open again, with the due day it had, and its proof is deleted.

    PermissionDenied for anybody but the person; ValidationError: `not_done`, `newer_round`.
    """
    refuse_strangers(task, by)
    return _open_again(task, TaskDeed.TAKEN_BACK, _OPEN_AGAIN, by)


@transaction.atomic
def confirm_completion(task: TrainingTask, *, by: User) -> TrainingTask:
    """The coordination has looked at what was reported. PermissionDenied; ValidationError `not_done`, `confirmed`."""
    _refuse_others(task, by)
    _refuse_open(task)
    waiting = Completion.objects.filter(task=task, confirmed_on=None)
    if not waiting.update(confirmed_on=timezone.localdate()):
        raise ValidationError(_("Das ist schon bestätigt."), code="confirmed")
    record([task], TaskDeed.CONFIRMED, by=by)
    return task


@transaction.atomic
def reject_completion(task: TrainingTask, reason: str, *, by: User) -> TrainingTask:
    """What was reported does not count, with a sentence that the person reads: the round is open again.

    PermissionDenied; ValidationError: `not_done`, `newer_round`, `reason_missing`, `reason_too_long`.
    """
    _refuse_others(task, by)
    words = some_reason(reason)
    return _open_again(task, TaskDeed.REJECTED, {**_OPEN_AGAIN, "rejection": words}, by, words)


def _open_again(
    task: TrainingTask, kind: TaskDeed, changes: Mapping[str, str | None], by: User, reason: str = ""
) -> TrainingTask:
    _refuse_open(task)
    newer = _newer(task)
    if newer is not None:  # one open round at a time
        withdrawn = {"withdrawn_on": timezone.localdate(), "suspended_until": None, "suspension_reason": ""}
        change_task(newer, TaskDeed.WITHDRAWN, withdrawn, by=by, reason=REOPENED)
    change_task(task, kind, changes, by=by, reason=reason)
    for completion in Completion.objects.filter(task=task):
        _drop_file(completion)
        completion.delete()
    return task


def _drop_file(completion: Completion) -> None:
    """Once it is sure: a file without a row is better than a row without its file."""
    if completion.proof:
        storage, name = completion.proof.storage, completion.proof.name
        transaction.on_commit(lambda: storage.delete(str(name)))


def _newer(task: TrainingTask) -> TrainingTask | None:
    """The open round after this one. ValidationError `newer_round` where any later one is done too."""
    newer = TrainingTask.objects.standing().filter(person=task.person_id, course=task.course_id, round__gt=task.round)
    if newer.filter(completed_on__isnull=False).exists():
        sentence = _("Eine spätere Runde dieser Schulung ist schon erledigt. Berichtigen Sie zuerst die.")
        raise ValidationError(sentence, code="newer_round")
    return newer.first()


def _refuse_open(task: TrainingTask) -> None:
    if task.completed_on is None:
        raise ValidationError(_("Diese Schulung ist nicht als erledigt gemeldet."), code="not_done")


def _refuse_others(task: TrainingTask, by: User) -> None:
    if not TrainingTask.objects.kept_by(by).filter(pk=task.pk).exists():
        raise PermissionDenied(_("Nachweise prüft die OZG-Koordination, und niemand die eigenen."))
