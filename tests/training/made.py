"""Makers of this room's test data."""

from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPServerDisconnected

from django.core.mail.backends.locmem import EmailBackend

from ozg_tracker.training.models import Completion, Course, CourseDate, Requirement, TrainingTask
from tests import make

TODAY = date(2026, 3, 2)


def course(title="Datenschutz", interval_months=None, town=None):
    return Course.objects.get_or_create(
        municipality=town or make.municipality(), title=title, defaults={"interval_months": interval_months}
    )[0]


def requirement(course_=None, starts_on=date(2026, 1, 1), **narrowed):
    return Requirement.objects.create(course=course_ or course(), starts_on=starts_on, **narrowed)


def task(person, course_=None, due_on=TODAY, period_start=date(2026, 1, 1), **fields):
    taken = course_ or course()
    fields = {"assigned_on": period_start, "reason": "alle Beschäftigten"} | fields
    return TrainingTask.objects.create(
        municipality=taken.municipality, course=taken, person=person, due_on=due_on, period_start=period_start, **fields
    )


def done(task_, on):
    moment = datetime.combine(on, datetime.min.time(), tzinfo=UTC)
    return Completion.objects.create(task=task_, completed_on=on, recorded_at=moment)


def course_date(course_=None, starts_at=datetime(2026, 3, 29, 7, 0, tzinfo=UTC), place=""):
    return CourseDate.objects.create(
        course=course_ or course(), starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), place=place
    )


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
