from datetime import date, datetime

import pytest
from icalendar import Calendar

from ozg_tracker.accounts.calendar.writing import written_calendar
from ozg_tracker.accounts.models import Role
from ozg_tracker.training.assigning.withdrawing import move_due_day
from ozg_tracker.training.dates.calendar import training_entries
from tests import make
from tests.training import made

pytestmark = pytest.mark.django_db


def _events(user):
    written = Calendar.from_ical(written_calendar(training_entries(user)))
    return {str(event["UID"]): event for event in written.walk("VEVENT")}


def test_due_days_and_chosen_dates_stand_in_german_time(settings):
    settings.BASE_URL = "https://ozg.example.invalid:8000/"
    person = make.user("amt", Role.STAFF)
    task = made.task(person, due_on=date(2026, 3, 31), course_date=made.course_date(place="Rathaus, Raum 2; links"))
    events = _events(person)
    session = task.course_date.sessions.get()
    due, chosen = (
        events[f"{uid}@ozg.example.invalid"]
        for uid in (f"schulung-{task.pk}-faellig", f"termin-{task.course_date_id}-{session.pk}")
    )
    assert (due["SUMMARY"], due.decoded("DTSTART"), due.decoded("DTEND")) == (
        "Fällig: Datenschutz",
        date(2026, 3, 31),
        date(2026, 4, 1),
    )
    # 7:00 UTC on the day summer time begins is 9:00 in Germany.
    assert (chosen.decoded("DTSTART").isoformat(), str(chosen["DTSTART"].params["TZID"])) == (
        "2026-03-29T09:00:00+02:00",
        "Europe/Berlin",
    )
    assert chosen["LOCATION"] == "Rathaus, Raum 2; links"


def test_a_due_day_that_moves_keeps_its_uid_and_has_a_higher_sequence():
    task = made.task(make.user("amt", Role.STAFF))
    ((uid, before),) = _events(task.person).items()
    move_due_day(task, date(2099, 4, 1), "Umzug", by=make.user("koordination"))
    after = _events(task.person)[uid]
    assert (after["SEQUENCE"], after.decoded("DTSTART")) == (before["SEQUENCE"] + 1, date(2099, 4, 1))


def test_a_week_before_the_due_day_at_nine_the_calendar_reminds():
    (event,) = _events(made.task(make.user("amt", Role.STAFF), due_on=date(2026, 3, 31)).person).values()
    (alarm,) = event.walk("VALARM")
    reminded = datetime(2026, 3, 31) + alarm.decoded("TRIGGER")  # noqa: DTZ001 (a day without a zone)
    assert reminded == datetime(2026, 3, 24, 9)  # noqa: DTZ001


def test_only_own_open_trainings_of_municipalities_one_belongs_to():
    person = make.user("amt", Role.STAFF)
    made.done(made.task(person), date(2026, 3, 1))
    made.task(make.user("bau", Role.STAFF))
    made.task(person, made.course(municipality=make.municipality("Neustadt", ars="159990020020")))
    assert _events(person) == {}


@pytest.mark.parametrize("tasks", [1, 3])
def test_the_number_of_queries_does_not_grow(tasks, django_assert_num_queries):
    person = make.user("amt", Role.STAFF)
    for number in range(tasks):
        made.task(
            person, made.course(f"Schulung {number}"), course_date=made.course_date(made.course(f"Schulung {number}"))
        )
    with django_assert_num_queries(3):  # tasks, their sessions, what one leads
        list(training_entries(person))
