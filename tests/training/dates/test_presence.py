"""Who was there, and what is done with it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from ozg_tracker.accounts import holdings, people
from ozg_tracker.accounts.models import Role
from ozg_tracker.training.dates.attendance import attendance
from ozg_tracker.training.dates.presence import record_presence
from ozg_tracker.training.models import Presence, TrainingEvent
from tests import make
from tests.training import made

BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer(municipality):
    return make.user("leitet", Role.STAFF)


@pytest.fixture
def course_date(trainer):
    return made.course_date(starts_at=BEGIN, days=2, trainer=trainer)


@pytest.fixture
def tasks(course_date):
    return [made.task(make.user(name, Role.STAFF), course_date=course_date) for name in ("a", "b")]


def _on(day, deed, *args, **kwargs):
    with time_machine.travel(BEGIN + day * DAY + timedelta(hours=1), tick=False):
        return deed(*args, **kwargs)


def _pairs(course_date, *tasks, days=2):
    return [(session.pk, task.pk) for session in course_date.sessions.all()[:days] for task in tasks]


def test_who_was_there_on_all_days_has_done_it(course_date, tasks, trainer):
    both, first = tasks
    assert _on(0, record_presence, course_date, _pairs(course_date, both, first, days=1), by=trainer) == []
    seen = [*_pairs(course_date, both), *_pairs(course_date, first, days=1)]
    assert _on(1, record_presence, course_date, seen, by=trainer) == [both]
    both.refresh_from_db()
    first.refresh_from_db()
    assert (both.completed_on, first.completed_on) == (date(2026, 3, 3), None)
    assert both.completion.confirmed_on == date(2026, 3, 3)
    event = TrainingEvent.objects.get(kind="completed")
    assert (event.by, event.reason) == (trainer, "an allen Tagen anwesend")


def test_a_wrong_tick_is_taken_back_until_it_is_done(course_date, tasks, trainer):
    _on(0, record_presence, course_date, _pairs(course_date, *tasks, days=1), by=trainer)
    _on(0, record_presence, course_date, _pairs(course_date, tasks[0], days=1), by=trainer)
    assert [each.task for each in Presence.objects.all()] == [tasks[0]]
    _on(1, record_presence, course_date, _pairs(course_date, tasks[0]), by=trainer)
    _on(1, record_presence, course_date, [], by=trainer)
    assert Presence.objects.filter(task=tasks[0]).count() == 2


def test_a_day_to_come_and_people_without_a_place_are_not_noted(course_date, tasks, trainer):
    stranger = made.task(make.user("fremd", Role.STAFF))
    _on(0, record_presence, course_date, _pairs(course_date, tasks[0], stranger), by=trainer)
    assert [(each.task, each.session) for each in Presence.objects.all()] == [(tasks[0], course_date.sessions.first())]


def test_who_leads_notes_it_and_the_coordination_and_nobody_for_oneself(course_date, tasks, trainer):
    for stranger in (tasks[0].person, make.user("leitung", Role.MANAGER, department=make.department())):
        with pytest.raises(PermissionDenied):
            _on(0, record_presence, course_date, [], by=stranger)
    coordinator = make.user("koordination")
    own = made.task(coordinator, course_date=course_date)
    _on(0, record_presence, course_date, _pairs(course_date, own, tasks[0], days=1), by=coordinator)
    assert [each.task for each in Presence.objects.all()] == [tasks[0]]


@pytest.mark.parametrize("people_there", [1, 3])
def test_the_list_takes_as_many_queries_for_many(course_date, trainer, people_there, django_assert_num_queries):
    for number in range(people_there):
        made.task(make.user(f"p{number}", Role.STAFF), course_date=course_date)
    with django_assert_num_queries(3):
        found = attendance(course_date, trainer, BEGIN)
    assert (len(found.lines), found.counts) == (people_there, [0, None])


def test_the_list_of_people_tells_who_leads(course_date, trainer):
    with time_machine.travel(BEGIN - DAY, tick=False):
        municipality = make.municipality()
        assert people.holdings(municipality, trainer.pk) == ["leitet 1 Schulungstermin"]
        assert holdings.holdings_of(municipality, [trainer.pk])[trainer.pk].words == "leitet 1 Schulungstermin"
    with time_machine.travel(BEGIN + 3 * DAY, tick=False):
        assert people.holdings(municipality, trainer.pk) == []
