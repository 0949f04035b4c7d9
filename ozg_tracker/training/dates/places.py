"""Who has a place at a date and who waits: places that come free go to those who wait, in the order they came."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.training.dates import letters
from ozg_tracker.training.models import CourseDate, TrainingTask, TrainingTaskQuerySet


def locked(pk: int) -> CourseDate:
    """The date as it stands, which nobody else changes or registers for until the transaction ends.

    PostgreSQL locks the row; SQLite has one writer at a time.
    """
    return CourseDate.objects.select_for_update(of=("self",)).select_related("course").get(pk=pk)


def participants(course_date: CourseDate) -> TrainingTaskQuerySet:
    """The trainings that have a place at the date, done ones too."""
    return TrainingTask.objects.standing().filter(course_date=course_date, seated_at__isnull=False)


def waiting(course_date: CourseDate) -> TrainingTaskQuerySet:
    """The open trainings that wait for a place, who came first first."""
    found = TrainingTask.objects.open().filter(course_date=course_date, registered_at__isnull=False, seated_at=None)
    return found.order_by("registered_at", "pk")


def has_room(course_date: CourseDate) -> bool:
    return course_date.places is None or _seated(course_date) < course_date.places


def registration_is_over(course_date: CourseDate, now: datetime) -> bool:
    """Whether nobody registers or withdraws any more."""
    last = course_date.registration_ends
    return course_date.starts_at <= now or (last is not None and timezone.localdate(now) > last)


def fill_places(course_date: CourseDate, now: datetime) -> int:
    """Give the free places to those who wait and tell them; says how many. The date is `locked`."""
    if course_date.cancelled_at is not None or registration_is_over(course_date, now):
        return 0
    next_ones = list(waiting(course_date).select_related("person", "course"))
    if course_date.places is not None:
        next_ones = next_ones[: max(0, course_date.places - _seated(course_date))]
    TrainingTask.objects.filter(pk__in=[task.pk for task in next_ones]).update(seated_at=now)
    letters.tell_seated(course_date, next_ones)
    return len(next_ones)


def fill_all_places(municipality: Municipality, today: date | None = None) -> int:
    """Give free places of all dates to come to those who wait, also where a training was withdrawn by a rule."""
    now = timezone.now()
    dates = CourseDate.objects.to_come(now).filter(course__municipality=municipality).with_places()
    some = dates.filter(Q(places=None) | Q(seated__lt=F("places")), waiting__gt=0)  # type: ignore[misc]
    return sum(_fill(pk, now) for pk in some.values_list("pk", flat=True))


@transaction.atomic
def _fill(pk: int, now: datetime) -> int:
    return fill_places(locked(pk), now)


def _seated(course_date: CourseDate) -> int:
    return TrainingTask.objects.open().filter(course_date=course_date, seated_at__isnull=False).count()
