"""Assigning one training to many people at once: to all who can have it, with a sentence for each who cannot."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import User
from ozg_tracker.training.assigning.changing import record
from ozg_tracker.training.models import Course, Exemption, TaskDeed, TrainingTask, learners


class Assigned(NamedTuple):
    """How many people got it, and who did not, each with the sentence why."""

    number: int
    refused: list[tuple[User, str]]


@transaction.atomic
def assign_to_many(
    course: Course, people: Sequence[User], *, due_on: date, reason: str = "", by: User, today: date | None = None
) -> Assigned:
    """Give the training by hand to those of the people who can have it; a constant number of queries.

    The door has checked who may (`assignable`). ValidationError `in_the_past` for the due day, and then nobody gets it.
    """
    day = today or timezone.localdate()
    if due_on < day:
        raise ValidationError({"due_on": ValidationError(_("Der Tag liegt in der Vergangenheit."), "in_the_past")})
    why = _refusals(course, people, day)
    can = [person for person in people if person.pk not in why]
    theirs = TrainingTask.objects.filter(course=course, person__in=can).order_by()
    last = dict(theirs.values_list("person").annotate(last=Max("round")))
    words = reason or "von Hand zugewiesen"  # kept, so German, whoever assigns
    tasks = [
        TrainingTask(
            municipality_id=course.municipality_id,
            course=course,
            person=person,
            round=last.get(person.pk, 0) + 1,
            period_start=day,
            assigned_on=day,
            due_on=due_on,
            reason=words,
        )
        for person in can
    ]
    # whoever was given it a moment before by somebody else keeps that one
    TrainingTask.objects.bulk_create(tasks, ignore_conflicts=True, batch_size=500)
    made = theirs.open().filter(assigned_on=day, due_on=due_on, reason=words, rule=None, events=None)
    found = list(made.select_related("person"))
    record(found, TaskDeed.ASSIGNED, by=by, reason=words, day=day)
    got = {task.person_id for task in found}
    late = {person.pk: _open_already() for person in can if person.pk not in got}
    told = why | late
    return Assigned(len(found), [(person, told[person.pk]) for person in people if person.pk in told])


def _refusals(course: Course, people: Sequence[User], day: date) -> dict[int, str]:
    ids = [person.pk for person in people]
    here = set(learners().filter(municipality=course.municipality_id, user__in=ids).values_list("user", flat=True))
    why = {pk: _("Gehört nicht zu den Beschäftigten der Kommune.") for pk in ids if pk not in here}
    exempt = Exemption.objects.holding(day).filter(municipality=course.municipality_id, person__in=ids)
    for pk, until in exempt.filter(Q(course=None) | Q(course=course)).values_list("person", "until"):
        why.setdefault(pk, _("befreit bis %(day)s") % {"day": f"{until:%d.%m.%Y}"})
    held = TrainingTask.objects.open().filter(course=course, person__in=ids)
    for pk, due_on in held.values_list("person", "due_on"):
        why.setdefault(pk, _("schon zugewiesen, fällig am %(day)s") % {"day": f"{due_on:%d.%m.%Y}"})
    return why


def _open_already() -> str:
    return _("gerade von jemand anderem zugewiesen")
