"""Marking a training done, with a file as proof or by having been there."""

import uuid
from datetime import date
from typing import IO

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import User
from ozg_tracker.training.assigning.changing import change_task, refuse_closed
from ozg_tracker.training.assigning.periods import begun_on, renewal
from ozg_tracker.training.models import Completion, TaskDeed, TrainingTask

PROOF_MAX_MB = 10
# How a file of the kind begins; the name it came with says nothing.
_KINDS = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}


@transaction.atomic
def complete_task(
    task: TrainingTask, *, by: User, completed_on: date, proof: "File[bytes] | IO[bytes] | None" = None
) -> Completion:
    """Note that the training was done on `completed_on`; only the person says so (PermissionDenied for others).

    It counts for open trainings that accept this one too. The proof is a PDF, PNG or JPEG of at most 10 MB, kept
    outside the static files under a name of its own. ValidationError: `already_done`, `withdrawn`, `in_the_future`,
    `before_round`, `expired`, `prerequisite`, `too_large`, `wrong_kind`, `changed_meanwhile`.
    """
    refuse_strangers(task, by)
    refuse_closed(task)
    refuse_day(task, completed_on)
    _refuse_first(task)
    completion = Completion(task=task, recorded_at=timezone.now())
    name, file = checked_proof(proof)
    change_task(task, TaskDeed.COMPLETED, done_on(task, completed_on), by=by)
    if file is not None:
        completion.proof.save(name, file, save=False)
    completion.save()
    complete_equivalents(task, by)
    return completion


def complete_by_presence(task: TrainingTask, completed_on: date, *, by: User) -> bool:
    """Note that the person was there to the end, as whoever kept the list saw; needs no proof and no confirmation.

    False where the day does not count for the round, or another training comes first. The caller holds a transaction.
    """
    today = timezone.localdate()
    try:
        refuse_closed(task)
        refuse_day(task, min(completed_on, today))
        _refuse_first(task)
    except ValidationError:
        return False
    reason = "an allen Tagen anwesend"  # kept, so German
    change_task(task, TaskDeed.COMPLETED, done_on(task, min(completed_on, today)), by=by, reason=reason)
    Completion.objects.create(task=task, recorded_at=timezone.now(), confirmed_on=today)
    complete_equivalents(task, by)
    return True


def done_on(task: TrainingTask, completed_on: date) -> dict[str, date | str | None]:
    """What a task becomes when it was done on the day."""
    renews_on = renewal(task.course, completed_on)
    rests = {"suspended_until": None, "suspension_reason": ""}
    return {"completed_on": completed_on, "renews_on": renews_on, "rejection": "", **rests}


def refuse_day(task: TrainingTask, completed_on: date) -> None:
    """ValidationError where a proof of that day does not count: to come, of the round before, or expired by now."""
    begun = begun_on(task)
    if completed_on > timezone.localdate():
        sentence, code = (
            _("Der Tag liegt in der Zukunft. Melden Sie die Schulung, wenn sie erledigt ist."),
            "in_the_future",
        )
    elif begun is not None and completed_on < begun:
        sentence, code = _("Diese Runde begann am %(day)s; was davor war, gilt für sie nicht."), "before_round"
        sentence %= {"day": f"{begun:%d.%m.%Y}"}
    elif begun is None and completed_on < task.assigned_on and _is_over(task, completed_on):
        sentence, code = _("Was so lange her ist, gilt nicht mehr. Bitte besuchen Sie die Schulung neu."), "expired"
    else:
        return
    raise ValidationError({"completed_on": ValidationError(sentence, code)})


def _is_over(task: TrainingTask, completed_on: date) -> bool:
    renewed = renewal(task.course, completed_on)
    return renewed is not None and renewed <= timezone.localdate()


def _refuse_first(task: TrainingTask) -> None:
    done = TrainingTask.objects.filter(person=task.person_id, completed_on__isnull=False).values("course")
    missing = [course.title for course in task.course.prerequisites.exclude(pk__in=done).order_by("title")]
    if missing:
        sentence = _("Vorher ist zu erledigen: %(courses)s.") % {"courses": ", ".join(missing)}
        raise ValidationError(sentence, code="prerequisite")


def complete_equivalents(task: TrainingTask, by: User) -> None:
    """What is open of the courses that accept this one, and for whose round the day counts, is done with it."""
    accepting = TrainingTask.objects.open().filter(
        person=task.person_id, municipality=task.municipality_id, course__equivalents=task.course_id
    )
    for other in accepting.select_related("course").order_by("pk"):
        try:
            refuse_day(other, task.completed_on or task.due_on)
        except ValidationError:
            continue
        reason = f"anerkannt: {task.course.title}"  # kept, so German
        change_task(other, TaskDeed.COMPLETED, done_on(other, task.completed_on or task.due_on), by=by, reason=reason)


def seen_proof(completion: Completion, *, by: User) -> None:
    """Write down that `by` took the proof of somebody else."""
    task = completion.task
    if task.person_id != by.pk:
        journal.write(
            journal.Kind.EXPORT, municipality=task.municipality, by=by, person=task.person, about=task.course.title
        )


def refuse_strangers(task: TrainingTask, by: User) -> None:
    if not TrainingTask.objects.completable_by(by).filter(pk=task.pk).exists():
        raise PermissionDenied(_("Das kann nur die Person selbst, der die Schulung zugewiesen ist."))


def checked_proof(proof: "File[bytes] | IO[bytes] | None") -> "tuple[str, File[bytes] | None]":
    """A name of our own and the file. ValidationError `too_large` or `wrong_kind`."""
    if proof is None:
        return "", None
    file = proof if isinstance(proof, File) else File(proof)
    return f"{uuid.uuid4()}.{_kind(file)}", file


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
