"""A person's trainings in the calendar: due days, the sessions one registered for, and those one leads."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.calendar.entries import Certainty, Entry
from ozg_tracker.accounts.models import User
from ozg_tracker.training.models import CourseDate, CourseSession, TrainingTask

_PAGE = "/schulungen/"
_WEEK_BEFORE = timedelta(days=6, hours=15)  # at nine in the morning, seven days before
_DAY_BEFORE = timedelta(days=1)
_LONGEST_PAST = timedelta(days=90)  # what one led stays in view for so long


def training_entries(user: User) -> Iterator[Entry]:
    """All that is open and where it takes place, and what the person leads; four queries at most."""
    here = user.memberships.values("municipality")
    tasks = TrainingTask.objects.open().filter(person=user, municipality__in=here)
    counted = tasks.annotate(deeds=Count("events"), last_deed=Max("events__recorded_at"))
    related = counted.select_related("course", "course_date__course").prefetch_related("course_date__sessions")
    for task in related.order_by("due_on", "pk"):
        yield _due_day(task)
        yield from _dates(task)
    led = CourseDate.objects.filter(trainer=user, course__municipality__in=here)
    recent = led.filter(ends_at__gt=timezone.now() - _LONGEST_PAST)
    for course_date in recent.select_related("course").prefetch_related("sessions"):
        yield from session_entries(course_date, f"/schulungen/termine/{course_date.pk}/")


def session_entries(course_date: CourseDate, path: str = _PAGE) -> list[Entry]:
    """An entry a session of the date, as whoever is sure to come has it."""
    return [session_entry(course_date, each, path) for each in course_date.sessions.all()]


def session_entry(course_date: CourseDate, session: CourseSession, path: str = _PAGE) -> Entry:
    """The entry of one session; the same in the calendar and in mails, so that one replaces the other."""
    off = course_date.cancelled_at is not None
    return Entry(
        uid=f"termin-{course_date.pk}-{session.pk}",
        summary=course_date.course.title,
        starts=session.starts_at,
        ends=session.ends_at,
        changed_at=course_date.changed_at,
        path=path,
        place=session.place or session.link,
        about=session.link if session.place else "",
        sequence=course_date.sequence,
        certainty=Certainty.CANCELLED if off else Certainty.CONFIRMED,
        reminds=_DAY_BEFORE,
    )


def _due_day(task: TrainingTask) -> Entry:
    """Whatever happened to a task can have moved it, so its number of events says which entry is newer."""
    counted: int = task.deeds  # type: ignore[attr-defined]
    last: datetime | None = task.last_deed  # type: ignore[attr-defined]
    return Entry(
        uid=f"schulung-{task.pk}-faellig",
        summary=_("Fällig: %(course)s") % {"course": task.course.title},
        starts=task.due_on,
        changed_at=last or timezone.make_aware(datetime.combine(task.assigned_on, datetime.min.time())),
        path=_PAGE,
        sequence=counted,
        reminds=_WEEK_BEFORE,
    )


def _dates(task: TrainingTask) -> Iterator[Entry]:
    """What one has a place for is sure, what one waits for is not; what was called off is told so."""
    found = task.course_date
    if found is None or (task.registered_at is None and found.cancelled_at is None):
        return
    waits = task.registered_at is not None and task.seated_at is None
    since = max(filter(None, (found.changed_at, task.registered_at, task.seated_at)))
    for entry in session_entries(found):
        if waits:
            summary = _("Warteliste: %(course)s") % {"course": entry.summary}
            yield _with(entry, since, certainty=Certainty.TENTATIVE, summary=summary)
        else:
            yield _with(entry, since)


def _with(entry: Entry, since: datetime, **more: object) -> Entry:
    return replace(entry, changed_at=since, **more)  # type: ignore[arg-type]
