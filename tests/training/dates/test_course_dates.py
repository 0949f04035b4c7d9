from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import translation

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.dates.course_dates import cancel_course_date, change_course_date
from ozg_tracker.training.models import CourseDate
from tests import make
from tests.training import made

BEGIN = datetime(2026, 3, 29, 7, 0, tzinfo=UTC)  # the night before, summer time began
HOURS = timedelta(hours=2)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]


@pytest.fixture
def _now():
    with time_machine.travel("2026-03-02T11:00:00+00:00", tick=False):
        yield


@pytest.fixture
def chosen():
    """A date that one person has chosen, one had chosen and done, and one without an address has chosen."""
    date = made.course_date(starts_at=BEGIN, place="Raum 1")
    for name, address in (("amt", "amt@example.invalid"), ("stumm", "")):
        made.task(make.user(name, Role.STAFF, email=address), course_date=date)
    made.done(made.task(make.user("fertig", Role.STAFF), course_date=date), BEGIN.date())
    return date


@pytest.fixture
def told(django_capture_on_commit_callbacks):
    def deed(function, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return function(*args, **kwargs)

    return deed


def test_a_moved_date_stays_chosen_and_its_people_are_told_in_german(chosen, told):
    with translation.override("en"):
        people = told(change_course_date, chosen, starts_at=BEGIN + HOURS, ends_at=BEGIN + 2 * HOURS, place="Raum 2")
    assert (people, chosen.tasks.count()) == (2, 3)
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["amt@example.invalid"], "Termin geändert: Datenschutz")
    assert "am 29.03.2026, 09:00–11:00 Uhr, Raum 1 ist jetzt am 29.03.2026, 11:00–13:00 Uhr, Raum 2." in letter.body


def test_what_stays_the_same_is_told_to_nobody(chosen, told):
    same = {"starts_at": chosen.starts_at, "ends_at": chosen.ends_at, "place": chosen.place}
    assert (told(change_course_date, chosen, **same), mail.outbox) == (0, [])


def test_a_cancelled_date_leaves_its_people_without_one_and_tells_them(chosen, told):
    tasks = list(chosen.tasks.all())
    assert told(cancel_course_date, chosen) == 2
    for task in tasks:
        task.refresh_from_db()
    assert ([task.course_date for task in tasks], CourseDate.objects.count()) == ([None] * 3, 0)
    (letter,) = mail.outbox
    assert letter.subject == "Termin fällt aus: Datenschutz"
    assert "am 29.03.2026, 09:00–11:00 Uhr, Raum 1 fällt aus." in letter.body


def test_a_date_that_has_begun_stays_as_it_was(chosen):
    with time_machine.travel(BEGIN + timedelta(minutes=1), tick=False):
        for deed in (
            lambda: cancel_course_date(chosen),
            lambda: change_course_date(chosen, starts_at=BEGIN + HOURS, ends_at=BEGIN + 2 * HOURS, place=""),
        ):
            with pytest.raises(ValidationError) as refused:
                deed()
            assert made.code(refused) == "in_the_past"


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (BEGIN - timedelta(days=60), BEGIN, "in_the_past"),
        (BEGIN, BEGIN - HOURS, None),
    ],
)
def test_a_date_is_not_moved_into_the_past_or_to_end_before_it_begins(chosen, start, end, code):
    with pytest.raises(ValidationError) as refused:
        change_course_date(chosen, starts_at=start, ends_at=end, place="")
    assert made.code(refused) == code


def test_a_mail_server_that_refuses_does_not_keep_the_date_from_being_cancelled(chosen, told, settings):
    settings.EMAIL_BACKEND = "tests.training.made.RefusesFirst"
    assert told(cancel_course_date, chosen) == 2
    assert CourseDate.objects.count() == 0
