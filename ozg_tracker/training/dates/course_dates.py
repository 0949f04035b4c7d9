"""Moving and cancelling a date of a course, and telling the people who had chosen it."""

import logging
from copy import copy
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ozg_tracker.training.models import CourseDate, TrainingTask
from ozg_tracker.training.reminding.mailing import one_connection

log = logging.getLogger(__name__)


@transaction.atomic
def change_course_date(course_date: CourseDate, *, starts_at: datetime, ends_at: datetime, place: str) -> int:
    """Give a date to come another time or place. Who had chosen it keeps it and is told; says how many people.

    ValidationError: `in_the_past` for one that has begun or would have, or what the model refuses.
    """
    before = _to_come(course_date)
    if starts_at < timezone.now():
        sentence = _("Der Termin läge in der Vergangenheit.")
        raise ValidationError({"starts_at": ValidationError(sentence, "in_the_past")})
    if (before.starts_at, before.ends_at, before.place) == (starts_at, ends_at, place):
        return 0
    after = copy(before)
    after.starts_at, after.ends_at, after.place = starts_at, ends_at, place
    after.full_clean()
    after.save()
    return _tell(before, after)


@transaction.atomic
def cancel_course_date(course_date: CourseDate) -> int:
    """Remove a date to come. Who had chosen it is without a date again and is told; says how many people.

    ValidationError `in_the_past` for one that has begun.
    """
    before = _to_come(course_date)
    told = _tell(before, None)
    before.delete()
    return told


def _to_come(course_date: CourseDate) -> CourseDate:
    """The date as it stands now, whatever a form has made of the object."""
    found = CourseDate.objects.select_related("course").get(pk=course_date.pk)
    if found.starts_at < timezone.now():
        raise ValidationError(_("Dieser Termin hat schon begonnen und bleibt, wie er war."), code="in_the_past")
    return found


def _tell(before: CourseDate, after: CourseDate | None) -> int:
    """Write to the people who had chosen the date, once it is sure; says how many they are."""
    tasks = TrainingTask.objects.open().filter(course_date=before, person__is_active=True)
    people = {task.person for task in tasks.select_related("person")}
    with translation.override(settings.LANGUAGE_CODE):  # theirs, not that of who changes the date
        subject, body = _letter(before, after)
    letters = [EmailMessage(subject, body, to=[person.email]) for person in people if person.email]
    transaction.on_commit(lambda: _send(letters))
    return len(people)


def _letter(before: CourseDate, after: CourseDate | None) -> tuple[str, str]:
    words = {
        "course": before.course.title,
        "before": moment_and_place(before),
        "after": moment_and_place(after) if after else "",
        "address": f"{settings.BASE_URL.rstrip('/')}/schulungen/",
    }
    if after is None:
        return _("Termin fällt aus: %(course)s") % words, _(
            "Guten Tag,\n\nder Termin „%(course)s“ am %(before)s fällt aus.\n\n"
            "Einen anderen Termin wählen Sie unter %(address)s.\n"
        ) % words
    return _("Termin geändert: %(course)s") % words, _(
        "Guten Tag,\n\nder Termin „%(course)s“ am %(before)s ist jetzt am %(after)s.\n\n"
        "Passt er Ihnen nicht, wählen Sie einen anderen unter %(address)s.\n"
    ) % words


def moment_and_place(course_date: CourseDate) -> str:
    """When and where in one line, in German time: "01.12.2026, 09:00–11:00 Uhr, Raum 2.14"."""
    begin, end = timezone.localtime(course_date.starts_at), timezone.localtime(course_date.ends_at)
    until = f"{end:%H:%M}" if begin.date() == end.date() else f"{end:%d.%m.%Y %H:%M}"
    moment = _("%(begin)s–%(end)s Uhr") % {"begin": f"{begin:%d.%m.%Y, %H:%M}", "end": until}
    return f"{moment}, {course_date.place}" if course_date.place else moment


def _send(letters: list[EmailMessage]) -> None:
    with one_connection(patience=1) as mailing:  # a person waits for the page
        for letter in letters:
            try:
                mailing.send(letter)
            except Exception:  # whatever a mail backend raises; the page shows the date all the same
                log.exception("A person was not told of a changed date")
