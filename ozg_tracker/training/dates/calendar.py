"""A person's trainings in the calendar: the due day of each that is open, and the chosen date where there is one."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.calendar.entries import Entry
from ozg_tracker.accounts.models import User
from ozg_tracker.training.models import TrainingTask

_PAGE = "/schulungen/"
_WEEK_BEFORE = timedelta(days=6, hours=15)  # at nine in the morning, seven days before
_DAY_BEFORE = timedelta(days=1)


def training_entries(user: User) -> Iterator[Entry]:
    """All that is open and where it takes place; one query."""
    tasks = TrainingTask.objects.open().filter(person=user, municipality__in=user.memberships.values("municipality"))
    counted = tasks.annotate(deeds=Count("events"), last_deed=Max("events__recorded_at"))
    for task in counted.select_related("course", "course_date").order_by("due_on", "pk"):
        yield _due_day(task)
        if task.course_date is not None:
            yield _date(task)


def _due_day(task: TrainingTask) -> Entry:
    return Entry(
        uid=f"schulung-{task.pk}-faellig",
        summary=_("Fällig: %(course)s") % {"course": task.course.title},
        starts=task.due_on,
        changed_at=_changed_at(task),
        path=_PAGE,
        sequence=_deeds(task),
        reminds=_WEEK_BEFORE,
    )


def _date(task: TrainingTask) -> Entry:
    chosen = task.course_date
    assert chosen is not None  # noqa: S101 (the caller asked)
    return Entry(
        uid=f"schulung-{task.pk}-termin",
        summary=task.course.title,
        starts=chosen.starts_at,
        ends=chosen.ends_at,
        changed_at=_changed_at(task),
        path=_PAGE,
        place=chosen.place,
        sequence=_deeds(task),
        reminds=_DAY_BEFORE,
    )


def _deeds(task: TrainingTask) -> int:
    """How often something happened to the task: each can have moved it, so a calendar takes the newer one."""
    return task.deeds  # type: ignore[attr-defined, no-any-return]


def _changed_at(task: TrainingTask) -> datetime:
    last: datetime | None = task.last_deed  # type: ignore[attr-defined]
    return last or timezone.make_aware(datetime.combine(task.assigned_on, datetime.min.time()))
