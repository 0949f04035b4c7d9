from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation
from icalendar import Calendar

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.dates.course_dates import Sitting, cancel_course_date, keep_course_date
from ozg_tracker.training.models import CourseDate
from tests import make
from tests.training import made

BEGIN = datetime(2026, 3, 29, 7, 0, tzinfo=UTC)  # the night before, summer time began
HOURS, DAY = timedelta(hours=2), timedelta(days=1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]


@pytest.fixture
def chosen():
    """A date at which one person has a place, one has a place and has done it, and one without an address has one."""
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


def _sittings(date, **changes):
    """The sessions as they are; `changes` for the first."""
    found = [Sitting(each.starts_at, each.ends_at, each.place, each.link, each.pk) for each in date.sessions.all()]
    return [Sitting(**(vars(found[0]) | changes)), *found[1:]]


def _files(letter):
    return [Calendar.from_ical(content) for _name, content, _kind in letter.attachments]


def test_a_new_date_of_three_days_has_its_sessions_in_order(coordinator):
    days = [Sitting(BEGIN + n * DAY, BEGIN + n * DAY + HOURS, "Raum 1") for n in (2, 0, 1)]
    date = CourseDate(course=made.course(), places=12, led_from_outside="Studieninstitut")
    assert keep_course_date(date, days, by=coordinator) == 0
    assert [each.starts_at for each in date.sessions.all()] == [BEGIN, BEGIN + DAY, BEGIN + 2 * DAY]
    assert (date.starts_at, date.ends_at, date.place) == (BEGIN, BEGIN + 2 * DAY + HOURS, "Raum 1")


def test_a_moved_date_stays_chosen_and_its_people_are_told_in_german(chosen, told, coordinator):
    moved = _sittings(chosen, starts_at=BEGIN + HOURS, ends_at=BEGIN + 2 * HOURS, place="Raum 2")
    with translation.override("en"):
        people = told(keep_course_date, chosen, moved, by=coordinator)
    assert (people, chosen.tasks.filter(seated_at__isnull=False).count()) == (2, 3)
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["amt@example.invalid"], "Termin geändert: Datenschutz")
    assert "29.03.2026, 09:00–11:00 Uhr, Raum 1" in letter.body
    assert "29.03.2026, 11:00–13:00 Uhr, Raum 2" in letter.body


def test_the_letter_carries_the_new_time_for_the_calendar(chosen, told, coordinator):
    moved = _sittings(chosen, starts_at=BEGIN + HOURS, ends_at=BEGIN + 2 * HOURS)
    told(keep_course_date, chosen, moved, by=coordinator)
    (written,) = _files(mail.outbox[0])
    (event,) = written.walk("VEVENT")
    assert (str(written["METHOD"]), event["SEQUENCE"], str(event["STATUS"])) == ("REQUEST", 1, "CONFIRMED")
    assert event.decoded("DTSTART") == BEGIN + HOURS
    assert str(event["UID"]).startswith(f"termin-{chosen.pk}-{chosen.sessions.get().pk}@")
    assert 'text/calendar; method="REQUEST"' in mail.outbox[0].message().as_string()


def test_a_day_that_is_left_out_is_called_off_and_the_others_stay(told, coordinator):
    date = made.course_date(starts_at=BEGIN, days=3)
    made.task(make.user("amt", Role.STAFF, email="amt@example.invalid"), course_date=date)
    told(keep_course_date, date, _sittings(date)[:2], by=coordinator)
    (written,) = _files(mail.outbox[0])
    assert str(written["METHOD"]) == "CANCEL"
    assert date.sessions.count() == 2


def test_what_stays_the_same_is_told_to_nobody(chosen, told, coordinator):
    assert (told(keep_course_date, chosen, _sittings(chosen), by=coordinator), mail.outbox) == (0, [])
    chosen.refresh_from_db()
    assert chosen.sequence == 0


def test_a_cancelled_date_leaves_its_people_without_one_and_tells_them_why(chosen, told, coordinator):
    assert told(cancel_course_date, chosen, "Die Leitung ist krank.", by=coordinator) == 2
    assert [task.registered for task in chosen.tasks.open()] == [None, None]
    (letter,) = mail.outbox
    assert letter.subject == "Termin fällt aus: Datenschutz"
    assert "29.03.2026, 09:00–11:00 Uhr, Raum 1" in letter.body
    assert "Die Leitung ist krank." in letter.body
    (written,) = _files(letter)
    assert str(written["METHOD"]) == "CANCEL"
    assert [str(event["STATUS"]) for event in written.walk("VEVENT")] == ["CANCELLED"]


def test_a_date_that_is_over_stays_as_it_was_and_a_cancelled_one_cancelled(chosen, coordinator):
    with time_machine.travel(BEGIN + 3 * HOURS, tick=False):
        for deed in (
            lambda: cancel_course_date(chosen, by=coordinator),
            lambda: keep_course_date(chosen, _sittings(chosen, place="x"), by=coordinator),
        ):
            with pytest.raises(ValidationError) as refused:
                deed()
            assert made.code(refused) == "in_the_past"
    cancel_course_date(chosen, by=coordinator)
    with pytest.raises(ValidationError) as refused:
        cancel_course_date(chosen, by=coordinator)
    assert made.code(refused) == "cancelled"


def test_of_a_date_that_runs_only_what_is_to_come_changes(coordinator):
    date = made.course_date(starts_at=BEGIN, days=2)
    with time_machine.travel(BEGIN + HOURS, tick=False):
        with pytest.raises(ValidationError) as refused:
            keep_course_date(date, _sittings(date, place="x"), by=coordinator)
        assert made.code(refused) == "begun"
        keep_course_date(date, _sittings(date)[:1], by=coordinator)
    assert date.sessions.count() == 1


@pytest.mark.parametrize(
    ("spans", "code"),
    [
        ([], "no_session"),
        ([(BEGIN - 60 * DAY, BEGIN)], "in_the_past"),
        ([(BEGIN, BEGIN - HOURS)], "ends_before_start"),
        ([(BEGIN, BEGIN + HOURS), (BEGIN + HOURS / 2, BEGIN + 2 * HOURS)], "sessions_overlap"),
        ([(BEGIN + n * DAY, BEGIN + n * DAY + HOURS) for n in range(31)], "too_many_sessions"),
    ],
)
def test_nonsense_is_refused(spans, code, coordinator):
    with pytest.raises(ValidationError) as refused:
        keep_course_date(CourseDate(course=made.course()), [Sitting(*span) for span in spans], by=coordinator)
    assert (made.code(refused), CourseDate.objects.count()) == (code, 0)


def test_places_are_not_taken_from_those_who_have_one(chosen, coordinator):
    chosen.places = 1
    with pytest.raises(ValidationError) as refused:
        keep_course_date(chosen, _sittings(chosen), by=coordinator)
    assert made.code(refused) == "too_few_places"


def test_only_who_keeps_courses_sets_dates(chosen):
    manager = make.user("leitung", Role.MANAGER, department=make.department())
    with pytest.raises(PermissionDenied):
        keep_course_date(chosen, _sittings(chosen), by=manager)
    with pytest.raises(PermissionDenied):
        cancel_course_date(chosen, by=manager)


def test_a_mail_server_that_refuses_does_not_keep_the_date_from_being_cancelled(chosen, told, settings, coordinator):
    settings.EMAIL_BACKEND = "tests.training.made.RefusesFirst"
    assert told(cancel_course_date, chosen, by=coordinator) == 2
    chosen.refresh_from_db()
    assert chosen.cancelled_at is not None


def test_nobody_leads_two_dates_at_a_time(coordinator):
    person = make.user("trainerin", Role.STAFF, first_name="Tina", last_name="Trainerin")
    there = made.course_date(made.course("Phishing"), starts_at=BEGIN, trainer=person)
    here = made.course_date(starts_at=BEGIN + HOURS / 2)
    here.trainer = person
    with pytest.raises(ValidationError) as refused:
        keep_course_date(here, _sittings(here), by=coordinator)
    assert refused.value.message_dict == {"trainer": ["Tina Trainerin ist zur selben Zeit schon bei „Phishing“."]}
    later = _sittings(here, starts_at=BEGIN + 2 * HOURS, ends_at=BEGIN + 3 * HOURS)
    keep_course_date(here, later, by=coordinator)
    cancel_course_date(there, by=coordinator)
    keep_course_date(here, _sittings(here, starts_at=BEGIN, ends_at=BEGIN + HOURS), by=coordinator)
    assert CourseDate.objects.get(pk=here.pk).trainer == person


def test_who_visits_a_date_does_not_lead_another_meanwhile(coordinator):
    there = made.course_date(made.course("Phishing"), starts_at=BEGIN)
    person = made.task(make.user("amt", Role.STAFF), there.course, course_date=there).person
    new = CourseDate(course=made.course(), trainer=person)
    with pytest.raises(ValidationError) as refused:
        keep_course_date(new, [Sitting(BEGIN, BEGIN + HOURS)], by=coordinator)
    assert made.code(refused) == "double_booked"


def test_a_date_that_was_led_twice_before_can_still_get_more_places(coordinator):
    person = make.user("trainerin", Role.STAFF)
    made.course_date(made.course("Phishing"), starts_at=BEGIN, trainer=person)
    here = made.course_date(starts_at=BEGIN, trainer=person, places=3)
    here.places = 5
    keep_course_date(here, _sittings(here), by=coordinator)
    assert CourseDate.objects.get(pk=here.pk).places == 5
