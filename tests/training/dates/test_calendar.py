from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.dates.calendar import calendar
from tests import make
from tests.training import made

NOW = datetime(2026, 3, 2, 11, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def _events(user):
    return {str(event["UID"]): event for event in Calendar.from_ical(calendar(user, NOW)).walk("VEVENT")}


def test_due_days_and_chosen_dates_stand_in_german_time(settings):
    settings.BASE_URL = "https://ozg.example.invalid:8000/"
    person = make.user("amt", Role.STAFF)
    task = made.task(person, due_on=date(2026, 3, 31), course_date=made.course_date(place="Rathaus, Raum 2; links"))
    events = _events(person)
    due, chosen = (events[f"schulung-{task.pk}-{what}@ozg.example.invalid"] for what in ("faellig", "termin"))
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


def test_programs_find_the_time_zone_and_short_lines():
    person = make.user("amt", Role.STAFF)
    made.task(person, made.course("Ü" * 200), course_date=made.course_date(made.course("Ü" * 200)))
    written = calendar(person, NOW)
    assert b"BEGIN:VTIMEZONE" in written
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))


def test_the_same_calendar_twice_is_the_same_to_the_byte():
    person = make.user("amt", Role.STAFF)
    made.task(person, course_date=made.course_date())
    assert calendar(person, NOW) == calendar(person, NOW)


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
    with django_assert_num_queries(1):
        calendar(person, NOW)
