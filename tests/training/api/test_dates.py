"""The attendance list of a date and the calendar file, as a program reads them."""

from datetime import UTC, datetime

import icalendar
import pytest

from ozg_tracker.accounts.models import JournalEntry, Role
from ozg_tracker.training.models import Presence, TrainingTask
from tests import make
from tests.training import made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]


@pytest.fixture
def trainer(municipality):
    return make.user("leitet", Role.STAFF)


@pytest.fixture
def course_date(trainer):
    return made.course_date(starts_at=datetime(2026, 3, 1, 8, tzinfo=UTC), days=3, trainer=trainer)


@pytest.fixture
def tasks(course_date):
    seated = [made.task(make.user(name, Role.STAFF), course_date=course_date) for name in ("a", "b")]
    queued = made.task(make.user("c", Role.STAFF), course_date=course_date)
    TrainingTask.objects.filter(pk=queued.pk).update(seated_at=None)
    return [*seated, queued]


def address(course_date):
    return f"/api/v1/course-dates/{course_date.pk}/attendance/"


def test_who_leads_and_who_coordinates_read_who_was_there_and_who_waits(sign_in, course_date, tasks, trainer):
    first = course_date.sessions.first()
    Presence.objects.create(session=first, task=tasks[0], by=trainer, recorded_at=first.starts_at)
    for reader in (trainer, make.user()):
        told = sign_in(reader).get(address(course_date)).json()
        assert told == {
            "participants": [
                {"training_task": tasks[0].pk, "person": "a", "present": [first.pk], "done": False},
                {"training_task": tasks[1].pk, "person": "b", "present": [], "done": False},
            ],
            "waiting": [{"training_task": tasks[2].pk, "person": "c"}],
        }
    assert list(JournalEntry.objects.order_by("pk").values_list("by__username", "about")) == [
        ("leitet", "Teilnahme an Terminen"),
        ("koordination", "Teilnahme an Terminen"),
    ]
    assert sign_in(tasks[0].person).get(address(course_date)).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_however_long_it_is(sign_in, course_date, trainer, number, django_assert_num_queries):
    for each in range(number):
        made.task(make.user(f"p{each}", Role.STAFF), course_date=course_date)
    reader = sign_in(trainer)
    reader.get(address(course_date))  # the reading is told once
    with django_assert_num_queries(10):
        reader.get(address(course_date))


def test_the_calendar_file_is_that_of_the_page(sign_in, tasks):
    reader = sign_in(tasks[0].person)
    answers = [reader.get(each) for each in ("/api/v1/training-calendar/", "/schulungen/kalender.ics")]
    assert answers[0].headers["Content-Type"] == "text/calendar; charset=utf-8"
    uids = [[str(event["UID"]) for event in icalendar.Calendar.from_ical(each.content).events] for each in answers]
    assert (uids[0], len(uids[0])) == (uids[1], 4)  # the due day and three sessions


def test_a_program_asks_for_one_person_and_reads_how_each_training_stands(sign_in, tasks):
    reader = sign_in(make.user())
    listed = reader.get("/api/v1/training-tasks/", {"person": "a"}).json()["results"]
    assert [(each["person"], each["standing"]) for each in listed] == [("a", "due")]
    late = reader.get("/api/v1/training-tasks/", {"overdue": "true"})
    assert (late.status_code, late.json()["results"]) == (200, [])
