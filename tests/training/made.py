"""Makers of this room's test data."""

from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPServerDisconnected

from django.core.mail.backends.locmem import EmailBackend

from ozg_tracker.training.assigning.changing import record
from ozg_tracker.training.assigning.periods import renewal
from ozg_tracker.training.models import Completion, Course, CourseDate, Requirement, TaskDeed, TrainingTask
from tests import make

TODAY = date(2026, 3, 2)
SIGNED_UP = datetime(2026, 2, 1, 9, tzinfo=UTC)


def course(title="Datenschutz", interval_months=None, municipality=None):
    return Course.objects.get_or_create(
        municipality=municipality or make.municipality(), title=title, defaults={"interval_months": interval_months}
    )[0]


def requirement(course_=None, starts_on=date(2026, 1, 1), **narrowed):
    return Requirement.objects.create(course=course_ or course(), starts_on=starts_on, **narrowed)


def task(person, course_=None, due_on=TODAY, period_start=date(2026, 1, 1), by=None, **fields):
    """The next round, with the event that begins it."""
    taken = course_ or course()
    rounds = TrainingTask.objects.filter(course=taken, person=person).count()
    fields = {"assigned_on": period_start, "reason": "alle Beschäftigten", "round": rounds + 1} | fields
    if fields.get("course_date") is not None:
        fields = {"registered_at": SIGNED_UP, "seated_at": SIGNED_UP} | fields
    made = TrainingTask.objects.create(
        municipality=taken.municipality, course=taken, person=person, due_on=due_on, period_start=period_start, **fields
    )
    record([made], TaskDeed.ASSIGNED, by=by, reason=made.reason, day=made.assigned_on)
    return made


def done(task_, on):
    moment = datetime.combine(on, datetime.min.time(), tzinfo=UTC)
    task_.completed_on, task_.renews_on = on, renewal(task_.course, on)
    task_.save()
    record([task_], TaskDeed.COMPLETED, by=task_.person, day=on)
    return Completion.objects.create(task=task_, recorded_at=moment)


def course_date(course_=None, starts_at=datetime(2026, 3, 29, 7, 0, tzinfo=UTC), place="", days=1, **fields):
    """A date of two hours on each of so many days in a row."""
    last = starts_at + timedelta(days=days - 1)
    made = CourseDate.objects.create(
        course=course_ or course(), starts_at=starts_at, ends_at=last + timedelta(hours=2), place=place, **fields
    )
    for day in range(days):
        begin = starts_at + timedelta(days=day)
        made.sessions.create(starts_at=begin, ends_at=begin + timedelta(hours=2), place=place)
    return made


def code(refused):
    """The code of the one error in a ValidationError that pytest caught."""
    errors = getattr(refused.value, "error_dict", {"": getattr(refused.value, "error_list", [])})
    (only,) = [error for field in errors.values() for error in field]
    return only.code


class RefusesFirst(EmailBackend):
    """A mail server that refuses what goes to the first person."""

    def send_messages(self, messages):
        if messages[0].to == ["amt@example.invalid"]:
            raise SMTPServerDisconnected("weg")
        return super().send_messages(messages)
