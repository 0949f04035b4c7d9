"""Registering for a date and withdrawing, by the person alone."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import User
from ozg_tracker.training.assigning.changing import refuse_closed
from ozg_tracker.training.completing.completion import refuse_strangers
from ozg_tracker.training.dates import letters
from ozg_tracker.training.dates.at_once import meeting
from ozg_tracker.training.dates.places import fill_places, has_room, locked, registration_is_over, waiting
from ozg_tracker.training.models import CourseDate, TrainingTask


@transaction.atomic
def register(
    task: TrainingTask, course_date: CourseDate | None, *, by: User, now: datetime | None = None
) -> TrainingTask:
    """Register the person for a date of the course in place of the one of before, or (None) withdraw.

    Where no place is free the person waits (`seated_at` None). Of two who want the last place, one has it and the other
    waits: both go one after the other. PermissionDenied for anybody but the person; ValidationError `already_done`,
    `withdrawn`, `other_course`, `in_the_past`, `cancelled`, `registration_over`, `double_booked`.
    """
    moment = now or timezone.now()
    refuse_strangers(task, by)
    User.objects.select_for_update().get(pk=by.pk)  # the same person twice at once
    found = TrainingTask.objects.select_related("course").get(pk=task.pk)
    refuse_closed(found)
    before = found.registered
    if course_date is not None and before is not None and course_date.pk == before.pk:
        return found
    dates = _locked(before, course_date)
    if before is not None:
        _refuse_withdrawing(dates[before.pk], moment)
    wanted = dates[course_date.pk] if course_date is not None else None
    if wanted is not None:
        _refuse(found, wanted, moment)
    found.course_date = wanted
    found.registered_at = moment if wanted is not None else None
    found.seated_at = moment if wanted is not None and has_room(wanted) else None
    found.save(update_fields=["course_date", "registered_at", "seated_at"])
    _tell(found, dates[before.pk] if before is not None else None, wanted, moment)
    task.refresh_from_db()
    return found


def place_in_line(task: TrainingTask) -> int:
    """How many wait before the person and the person: 1 is next. 0 for whoever waits for nothing."""
    if task.registered is None or task.seated_at is not None:
        return 0
    line = list(waiting(task.registered).values_list("pk", flat=True))
    return line.index(task.pk) + 1 if task.pk in line else 0


def after_due_day(task: TrainingTask, course_date: CourseDate) -> bool:
    """Whether the date ends only after the day on which the training is due."""
    return timezone.localdate(course_date.ends_at) > task.due_on


def _locked(*dates: CourseDate | None) -> dict[int, CourseDate]:
    """In one order for everybody, so that nobody waits in a circle."""
    return {pk: locked(pk) for pk in sorted({each.pk for each in dates if each is not None})}


def _refuse_withdrawing(course_date: CourseDate, now: datetime) -> None:
    if registration_is_over(course_date, now):
        sentence = _("Abmelden konnten Sie sich bis zum Ende der Anmeldung. Bitte sprechen Sie die Leitung an.")
        raise ValidationError(sentence, code="registration_over")


def _refuse(task: TrainingTask, wanted: CourseDate, now: datetime) -> None:
    if wanted.course_id != task.course_id:
        raise ValidationError(_("Dieser Termin gehört zu einer anderen Schulung."), code="other_course")
    if wanted.cancelled_at is not None:
        raise ValidationError(_("Dieser Termin ist abgesagt."), code="cancelled")
    if wanted.starts_at <= now:
        raise ValidationError(_("Dieser Termin hat schon begonnen."), code="in_the_past")
    if registration_is_over(wanted, now):
        raise ValidationError(_("Die Anmeldung zu diesem Termin ist zu Ende."), code="registration_over")
    _refuse_two_at_once(task, wanted)


def _refuse_two_at_once(task: TrainingTask, wanted: CourseDate) -> None:
    if found := meeting(task.person_id, wanted.sessions.all(), task=task):
        sentence = _("Zur selben Zeit sind Sie schon bei „%(course)s“.")
        raise ValidationError(sentence % {"course": found.course_date.course.title}, code="double_booked")


def _tell(task: TrainingTask, before: CourseDate | None, wanted: CourseDate | None, now: datetime) -> None:
    if before is not None:
        letters.tell_withdrawn(before, task)
        before.sequence += 2  # the letter called off the next one; an invitation after it has one above (RFC 5546)
        before.save(update_fields=["sequence"])
        fill_places(before, now)
    if wanted is not None and task.seated_at is not None:
        letters.tell_seated(wanted, [task])
