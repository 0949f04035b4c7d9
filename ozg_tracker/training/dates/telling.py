"""A date as somebody who may visit it reads it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.training.dates.places import registration_is_over
from ozg_tracker.training.dates.registering import after_due_day, place_in_line
from ozg_tracker.training.models import Course, CourseDate, TrainingTask


@dataclass(frozen=True)
class Offer:
    """A date to come, and how the person stands to it: `place` 0: has one or none; above it: that many-th in line."""

    date: CourseDate
    room: str
    registered: bool
    place: int
    late: bool
    open: bool


def offers(course: Course, task: TrainingTask | None, now: datetime) -> list[Offer]:
    """The dates of the course that have not begun, for whoever has the open `task` or none; a constant number of
    queries.
    """
    dates = CourseDate.objects.to_come(now).filter(course=course).with_places().select_related("trainer", "course")
    line = place_in_line(task) if task is not None else 0
    found = []
    for each in dates.prefetch_related("sessions").order_by("starts_at", "pk"):
        mine = task is not None and task.registered is not None and task.registered.pk == each.pk
        found.append(
            Offer(
                date=each,
                room=room_words(each),
                registered=mine,
                place=line if mine else 0,
                late=task is not None and after_due_day(task, each),
                open=not registration_is_over(each, now),
            )
        )
    return found


def registered_words(task: TrainingTask, course_date: CourseDate) -> str:
    """What came of registering: a place or the list of those who wait, and that it is after the due day if it is."""
    if task.seated_at is not None:
        words = _("Sie haben einen Platz. Die Einladung für Ihren Kalender kommt per Mail.")
    else:
        words = _("Alle Plätze sind vergeben. Sie stehen auf der Warteliste und rücken von selbst nach.")
    if after_due_day(task, course_date):
        words += " " + _("Der Termin liegt nach Ihrem Fälligkeitstag, %(day)s.") % {"day": f"{task.due_on:%d.%m.%Y}"}
    return words


def room_words(course_date: CourseDate) -> str:
    """How many places are free, in words; the date comes `with_places`."""
    seated: int = course_date.seated  # type: ignore[attr-defined]
    waiting: int = course_date.waiting  # type: ignore[attr-defined]
    if course_date.places is None:
        return _("Plätze ohne Grenze")
    free = course_date.places - seated
    if free > 0:
        return _("noch %(free)d von %(places)d Plätzen frei") % {"free": free, "places": course_date.places}
    words = _("ausgebucht")
    if waiting:
        words += ", " + ngettext("%(number)d wartet", "%(number)d warten", waiting) % {"number": waiting}
    return words
