"""Registering for a date, waiting for a place, withdrawing."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from icalendar import Calendar

from ozg_tracker.accounts.calendar.entries import Certainty
from ozg_tracker.accounts.models import Role
from ozg_tracker.training.assigning.withdrawing import withdraw_task
from ozg_tracker.training.dates.calendar import training_entries
from ozg_tracker.training.dates.course_dates import Sitting, keep_course_date
from ozg_tracker.training.dates.places import fill_all_places
from ozg_tracker.training.dates.registering import after_due_day, place_in_line, register
from ozg_tracker.training.dates.telling import offers
from tests import make
from tests.training import made

NOW = datetime(2026, 3, 2, 11, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]


@pytest.fixture
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def told(django_capture_on_commit_callbacks):
    def deed(function, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return function(*args, **kwargs)

    return deed


def _person(name):
    return make.user(name, Role.STAFF, email=f"{name}@example.invalid")


def _signed_up(name, course_date, **more):
    """The person's training after registering, a minute apart."""
    task = made.task(_person(name), course_date.course, **more)
    return register(task, course_date, by=task.person, now=NOW + task.pk * timedelta(minutes=1))


def test_whoever_has_a_place_gets_an_invitation(told):
    course_date = made.course_date(days=2, places=1)
    task = told(_signed_up, "amt", course_date)
    assert (task.registered, task.seated_at is not None) == (course_date, True)
    (letter,) = mail.outbox
    files = [Calendar.from_ical(content) for _name, content, _kind in letter.attachments]
    assert (letter.subject, [str(each["METHOD"]) for each in files]) == ("Ihr Platz: Datenschutz", ["REQUEST"] * 2)
    assert len({str(event["UID"]) for each in files for event in each.walk("VEVENT")}) == 2


def test_who_comes_too_late_waits_in_line_and_moves_up_by_itself(told):
    course_date = made.course_date(places=1)
    first, second, third = (_signed_up(name, course_date) for name in ("a", "b", "c"))
    assert [place_in_line(each) for each in (first, second, third)] == [0, 1, 2]
    told(register, first, None, by=first.person)
    for each in (first, second, third):
        each.refresh_from_db()
    assert [each.seated_at is not None for each in (first, second, third)] == [False, True, False]
    assert place_in_line(third) == 1
    assert [(letter.to[0], letter.subject) for letter in mail.outbox] == [
        ("a@example.invalid", "Abgemeldet: Datenschutz"),
        ("b@example.invalid", "Ihr Platz: Datenschutz"),
    ]


def test_a_place_that_a_withdrawn_training_leaves_goes_to_the_next_with_the_next_run():
    course_date = made.course_date(places=1)
    first, second = (_signed_up(name, course_date) for name in ("a", "b"))
    withdraw_task(first, "versetzt", by=make.user("koordination"))
    assert (fill_all_places(course_date.course.municipality), fill_all_places(course_date.course.municipality)) == (
        1,
        0,
    )
    second.refresh_from_db()
    assert second.seated_at is not None


def test_more_places_go_to_those_who_wait():
    course_date = made.course_date(places=1)
    _first, second = (_signed_up(name, course_date) for name in ("a", "b"))
    course_date.places = 2
    same = [Sitting(each.starts_at, each.ends_at, pk=each.pk) for each in course_date.sessions.all()]
    keep_course_date(course_date, same, by=make.user("koordination"))
    second.refresh_from_db()
    assert second.seated_at is not None


def test_after_the_end_of_registration_nobody_comes_goes_or_moves_up():
    course_date = made.course_date(places=1, registration_ends=date(2026, 3, 10))
    first, second = (_signed_up(name, course_date) for name in ("a", "b"))
    with time_machine.travel(datetime(2026, 3, 10, 22, 59, tzinfo=UTC), tick=False):  # still the last day in Germany
        register(second, None, by=second.person)
        register(second, course_date, by=second.person)
    with time_machine.travel(datetime(2026, 3, 10, 23, 0, tzinfo=UTC), tick=False):
        with pytest.raises(ValidationError) as refused:
            register(first, None, by=first.person)
        assert made.code(refused) == "registration_over"
        late = made.task(_person("c"))
        with pytest.raises(ValidationError) as refused:
            register(late, course_date, by=late.person)
        assert made.code(refused) == "registration_over"
        withdraw_task(first, "versetzt", by=make.user("koordination"))
        assert fill_all_places(course_date.course.municipality) == 0


def test_nobody_is_in_two_rooms_at_a_time():
    here = made.course_date()
    there = made.course_date(made.course("Phishing"), starts_at=here.starts_at + HOUR)
    after = made.course_date(made.course("Phishing"), starts_at=here.starts_at + 2 * HOUR)
    task = _signed_up("amt", here)
    other = made.task(task.person, there.course)
    with pytest.raises(ValidationError) as refused:
        register(other, there, by=task.person)
    assert made.code(refused) == "double_booked"
    assert register(other, after, by=task.person).registered == after


def test_who_leads_one_course_does_not_visit_another_meanwhile():
    person = _person("amt")
    made.course_date(made.course("Phishing"), trainer=person)
    here = made.course_date()
    with pytest.raises(ValidationError) as refused:
        register(made.task(person, here.course), here, by=person)
    assert made.code(refused) == "double_booked"


def test_another_date_of_the_same_course_takes_the_place_of_the_first():
    first, second = (
        made.course_date(places=1),
        made.course_date(places=1, starts_at=datetime(2026, 4, 7, 7, tzinfo=UTC)),
    )
    task, waits = _signed_up("a", first), _signed_up("b", first)
    assert register(task, second, by=task.person).registered == second
    waits.refresh_from_db()
    assert waits.seated_at is not None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"starts_at": NOW - HOUR}, "in_the_past"),
        ({"cancelled_at": NOW}, "cancelled"),
        ({"course_": "Phishing"}, "other_course"),
        ({"registration_ends": date(2026, 3, 1)}, "registration_over"),
    ],
)
def test_what_cannot_be_visited_is_refused(fields, code):
    if "course_" in fields:
        fields = fields | {"course_": made.course(fields["course_"])}
    task = made.task(_person("amt"))
    with pytest.raises(ValidationError) as refused:
        register(task, made.course_date(**fields), by=task.person)
    assert made.code(refused) == code


def test_nobody_registers_somebody_else():
    with pytest.raises(PermissionDenied):
        register(made.task(_person("amt")), made.course_date(), by=make.user("koordination"))


def test_a_date_after_the_due_day_is_told():
    task = made.task(_person("amt"), due_on=date(2026, 3, 28))
    early, late = made.course_date(starts_at=datetime(2026, 3, 28, 7, tzinfo=UTC)), made.course_date()
    assert (after_due_day(task, early), after_due_day(task, late)) == (False, True)
    assert [each.late for each in offers(task.course, task, NOW)] == [False, True]


def test_the_calendar_tells_places_from_waiting_and_what_fell_out():
    course_date = made.course_date(places=1)
    first, second = (_signed_up(name, course_date) for name in ("a", "b"))

    def said(task):
        return [(each.summary, each.certainty) for each in training_entries(task.person) if "termin" in each.uid]

    assert said(first) == [("Datenschutz", Certainty.CONFIRMED)]
    assert said(second) == [("Warteliste: Datenschutz", Certainty.TENTATIVE)]
    type(course_date).objects.update(cancelled_at=NOW, sequence=1)
    type(first).objects.update(registered_at=None, seated_at=None)
    assert said(first) == [("Datenschutz", Certainty.CANCELLED)]


@pytest.mark.parametrize("dates", [1, 3])
def test_the_number_of_queries_does_not_grow_with_dates(dates, django_assert_num_queries):
    task = made.task(_person("amt"))
    for number in range(dates):
        made.course_date(starts_at=NOW + (number + 1) * DAY)
    with django_assert_num_queries(2):
        assert len(offers(task.course, task, NOW)) == dates


def test_whoever_withdraws_and_comes_back_gets_numbers_that_only_grow(told):
    course_date = made.course_date()
    task = told(_signed_up, "amt", course_date)
    told(register, task, None, by=task.person)
    told(register, task, course_date, by=task.person)
    files = [Calendar.from_ical(letter.attachments[0][1]) for letter in mail.outbox]
    numbers = [(str(each["METHOD"]), int(each.walk("VEVENT")[0]["SEQUENCE"])) for each in files]
    assert numbers == [("REQUEST", 0), ("CANCEL", 1), ("REQUEST", 2)]
    course_date.place = "Raum 3"  # read before the withdrawal
    (session,) = course_date.sessions.all()
    moved = [Sitting(session.starts_at + DAY, session.ends_at + DAY, pk=session.pk)]
    keep_course_date(course_date, moved, by=make.user("koordination"))
    course_date.refresh_from_db()
    assert course_date.sequence == 3
