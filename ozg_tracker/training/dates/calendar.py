"""A person's trainings as a calendar that Outlook, Thunderbird and phones read (RFC 5545)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from ozg_tracker.accounts.models import User
from ozg_tracker.training.models import TrainingTask

_BERLIN = ZoneInfo("Europe/Berlin")


def calendar(user: User, now: datetime | None = None) -> bytes:
    """All open trainings of `user`: the due day of each, and the chosen date where there is one.

    The same entry has the same UID every time, so that a calendar moves it instead of showing it twice.
    """
    made_at = now or timezone.now()
    whole = Calendar()
    whole.add("prodid", "-//OZG-Tracker//Schulungen//DE")
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    whole.add("x-wr-calname", _("Meine Schulungen"))
    tasks = TrainingTask.objects.open().filter(person=user, municipality__in=user.memberships.values("municipality"))
    for task in tasks.select_related("course", "course_date").order_by("due_on", "pk"):
        whole.add_component(_due_day(task, made_at))
        if task.course_date is not None:
            whole.add_component(_date(task, made_at))
    whole.add_missing_timezones()
    written: bytes = whole.to_ical()
    return written


def _due_day(task: TrainingTask, made_at: datetime) -> Event:
    event = _event(task, "faellig", made_at)
    event.add("summary", _("Fällig: %(course)s") % {"course": task.course.title})
    event.add("dtstart", task.due_on)
    event.add("dtend", task.due_on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event


def _date(task: TrainingTask, made_at: datetime) -> Event:
    chosen = task.course_date
    assert chosen is not None  # noqa: S101 (the caller asked)
    event = _event(task, "termin", made_at)
    event.add("summary", task.course.title)
    event.add("dtstart", chosen.starts_at.astimezone(_BERLIN))
    event.add("dtend", chosen.ends_at.astimezone(_BERLIN))
    if chosen.place:
        event.add("location", chosen.place)
    return event


def _event(task: TrainingTask, what: str, made_at: datetime) -> Event:
    host = settings.BASE_URL.split("://")[-1].split("/")[0].split(":")[0]
    event = Event()
    event.add("uid", f"schulung-{task.pk}-{what}@{host}")
    event.add("dtstamp", made_at)
    event.add("url", f"{settings.BASE_URL.rstrip('/')}/schulungen/")
    return event
