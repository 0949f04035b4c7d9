"""Marking a training done, with a file as proof, and choosing a date for it."""

import uuid
from datetime import date
from typing import IO

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import User
from ozg_tracker.training.models import Completion, CourseDate, TrainingTask

PROOF_MAX_MB = 10
# How a file of the kind begins; the name it came with says nothing.
_KINDS = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}


def complete_task(
    task: TrainingTask, *, by: User, completed_on: date, proof: "File[bytes] | IO[bytes] | None" = None
) -> Completion:
    """Note that the training was done on `completed_on`; only the person says so (PermissionDenied for others).

    The proof is a PDF, PNG or JPEG of at most 10 MB, kept outside the static files under a name of its own.
    ValidationError: `already_done`, `in_the_future`, `too_large`, `wrong_kind`.
    """
    _refuse_strangers(task, by)
    if Completion.objects.filter(task=task).exists():
        raise _already_done()
    if completed_on > timezone.localdate():
        sentence = _("Der Tag liegt in der Zukunft. Melden Sie die Schulung, wenn sie erledigt ist.")
        raise ValidationError({"completed_on": ValidationError(sentence, "in_the_future")})
    completion = Completion(task=task, completed_on=completed_on, recorded_at=timezone.now())
    if proof is not None:
        file = proof if isinstance(proof, File) else File(proof)
        completion.proof.save(f"{uuid.uuid4()}.{_kind(file)}", file, save=False)
    try:
        with transaction.atomic():
            completion.save()
    except IntegrityError as error:  # somebody else was faster by a moment
        completion.proof.delete(save=False)
        raise _already_done() from error
    return completion


def _already_done() -> ValidationError:
    return ValidationError(_("Diese Schulung ist schon als erledigt gemeldet."), code="already_done")


def _refuse_strangers(task: TrainingTask, by: User) -> None:
    if not TrainingTask.objects.completable_by(by).filter(pk=task.pk).exists():
        raise PermissionDenied(_("Das kann nur die Person selbst, der die Schulung zugewiesen ist."))


def _kind(file: "File[bytes]") -> str:
    """The ending for the file's content. ValidationError `too_large` or `wrong_kind`."""
    if file.size > PROOF_MAX_MB * 1024 * 1024:
        sentence = _("Die Datei ist größer als %(limit)d MB. Es wurde nichts gespeichert.")
        raise ValidationError({"proof": ValidationError(sentence, "too_large", {"limit": PROOF_MAX_MB})})
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    for magic, ending in _KINDS.items():
        if start.startswith(magic):
            return ending
    sentence = _("Als Nachweis geht eine PDF-, PNG- oder JPEG-Datei. Es wurde nichts gespeichert.")
    raise ValidationError({"proof": ValidationError(sentence, "wrong_kind")})


@transaction.atomic
def choose_course_date(task: TrainingTask, course_date: CourseDate | None, *, by: User) -> TrainingTask:
    """Take a date of the course for the task, or none. PermissionDenied for anybody but the person; ValidationError:
    `already_done`, `other_course`, `in_the_past`.
    """
    _refuse_strangers(task, by)
    if Completion.objects.filter(task=task).exists():
        raise _already_done()
    if course_date is not None:
        if course_date.course_id != task.course_id:
            raise ValidationError(_("Dieser Termin gehört zu einer anderen Schulung."), code="other_course")
        if course_date.starts_at < timezone.now():
            raise ValidationError(_("Dieser Termin hat schon begonnen."), code="in_the_past")
    task.course_date = course_date
    task.save(update_fields=["course_date"])
    return task
