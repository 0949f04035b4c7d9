"""Nobody is in two rooms at a time: what a person visits or leads."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django.db.models import Q

from ozg_tracker.training.models import CourseDate, CourseSession, TrainingTask


class Times(Protocol):
    """A session, as it is or as it is to be."""

    @property
    def starts_at(self) -> datetime: ...

    @property
    def ends_at(self) -> datetime: ...


def meeting(
    person: int, times: Iterable[Times], *, task: TrainingTask | None = None, course_date: CourseDate | None = None
) -> CourseSession | None:
    """A session that the person visits or leads during one of `times`; what the task has chosen and the date itself do
    not count. A query for each of `times`.
    """
    registered = TrainingTask.objects.filter(person=person, registered_at__isnull=False).open()
    if task is not None:
        registered = registered.exclude(pk=task.pk)
    theirs = Q(course_date__in=registered.values("course_date")) | Q(course_date__trainer=person)
    booked = CourseSession.objects.filter(theirs, course_date__cancelled_at=None).select_related("course_date__course")
    if course_date is not None:
        booked = booked.exclude(course_date=course_date.pk)
    for each in times:
        if found := booked.filter(starts_at__lt=each.ends_at, ends_at__gt=each.starts_at).first():
            return found
    return None
