"""Deleting what we may not keep: TRAINING_RETENTION_MONTHS after a proof was superseded or a person has left."""

from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import Membership, Municipality
from ozg_tracker.training.assigning.periods import add_months
from ozg_tracker.training.models import Completion, Exemption, TrainingTask


def deleted_until(today: date | None = None) -> date:
    """The day until which what is over is deleted; whatever began later is still there to be counted again."""
    return add_months(today or timezone.localdate(), -settings.TRAINING_RETENTION_MONTHS)


@transaction.atomic
def delete_expired(today: date | None = None, municipality: Municipality | None = None) -> int:
    """Delete tasks with all that hangs on them, proofs too, when their time is over; says how many tasks.

    Over is: a later completion of the same course, or the day it was withdrawn, is older than the retention; the person
    left longer ago than that; or the person has no role in the municipality any more and the last day of the task is
    older. Unknown stays.
    """
    limit = deleted_until(today)
    tasks = TrainingTask.objects.filter(_over(limit))
    if municipality is not None:
        tasks = tasks.filter(municipality=municipality)
    _delete_exemptions(limit, municipality)
    ids = list(tasks.values_list("pk", flat=True))
    if ids and municipality is not None:  # the report of the job: how much went, and until which day; never whose
        facts = {"rows": str(len(ids)), "until": limit.isoformat()}
        journal.write(journal.Kind.PERSON, municipality=municipality, by=None, about="Schulungen gelöscht", after=facts)
    proofs = list(Completion.objects.filter(task__in=ids).exclude(proof=""))
    _delete(ids)
    # Only once the rows are gone for good; a file without a row is better than a row without its file.
    transaction.on_commit(lambda: _delete_files(proofs))
    return len(ids)


def _delete_exemptions(limit: date, municipality: Municipality | None) -> None:
    over = Exemption.objects.filter(Q(until__lte=limit) | Q(ended_on__lte=limit) | Q(person__left_on__lte=limit))
    if municipality is not None:
        over = over.filter(municipality=municipality)
    over.delete()


def _delete(ids: list[int]) -> None:
    """Tasks, then what hangs on them, whatever it is: the database keeps events while their task stands."""
    TrainingTask.objects.filter(pk__in=ids)._raw_delete(TrainingTask.objects.db)
    for hanging in TrainingTask._meta.related_objects:
        of_them = {f"{hanging.field.name}__in": ids}
        hanging.related_model._base_manager.filter(**of_them)._raw_delete(TrainingTask.objects.db)


def _delete_files(completions: list[Completion]) -> None:
    for completion in completions:
        completion.proof.delete(save=False)


def _over(limit: date) -> Q:
    return Q(_superseded(limit)) | Q(withdrawn_on__lte=limit) | Q(person__left_on__lte=limit) | _moved_on(limit)


def _superseded(limit: date) -> Exists:
    later = TrainingTask.objects.filter(
        person=OuterRef("person"),
        course=OuterRef("course"),
        round__gt=OuterRef("round"),
        completed_on__lte=limit,
    )
    return Exists(later)


def _moved_on(limit: date) -> Q:
    """Tasks of people without a role in the municipality, whose every day is past."""
    role = Membership.objects.filter(user=OuterRef("person"), municipality=OuterRef("municipality"))
    return (
        ~Q(Exists(role))
        & Q(assigned_on__lte=limit, due_on__lte=limit)
        & (Q(completed_on=None) | Q(completed_on__lte=limit))
    )
