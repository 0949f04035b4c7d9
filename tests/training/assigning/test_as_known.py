from datetime import UTC, date, datetime

import pytest
import time_machine

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.assigning.as_known import tasks_as_of, tasks_unlike_their_events
from ozg_tracker.training.assigning.suspension import suspend_task
from ozg_tracker.training.assigning.withdrawing import move_due_day, withdraw_task
from ozg_tracker.training.completing.completion import complete_task
from ozg_tracker.training.completing.correcting import correct_completion
from ozg_tracker.training.models import TrainingTask
from tests import make
from tests.training import made

pytestmark = pytest.mark.django_db


def at(*day):
    return time_machine.travel(datetime(*day, 12, tzinfo=UTC), tick=False)


@pytest.fixture
def lived():
    """Due on 1 March; moved to 1 April in February; done on 27 February, reported in April; corrected in May."""
    person, coordinator = make.user("amt", Role.STAFF), make.user()
    with at(2026, 1, 1):
        task = made.task(person, due_on=date(2026, 3, 1))
    with at(2026, 2, 10):
        move_due_day(task, date(2026, 4, 1), "kein Termin", by=coordinator)
    with at(2026, 4, 5):
        complete_task(task, by=person, completed_on=date(2026, 2, 27))
    with at(2026, 5, 5):
        correct_completion(task, date(2026, 3, 2), by=person)


def told(day, known_at=None):
    return [
        (each.first_due_on, each.due_on, each.completed_on) for each in tasks_as_of(make.municipality(), day, known_at)
    ]


def test_a_day_that_was_told_late_holds_in_its_month_as_known_since(lived):
    march, april = date(2026, 3, 1), date(2026, 4, 1)
    assert told(date(2025, 12, 31)) == []
    assert told(date(2026, 1, 31)) == [(march, march, None)]
    assert told(date(2026, 2, 28), datetime(2026, 3, 2, tzinfo=UTC)) == [(march, april, None)]
    assert told(date(2026, 2, 28), datetime(2026, 4, 6, tzinfo=UTC)) == [(march, april, date(2026, 2, 27))]
    assert told(date(2026, 2, 28)) == [(march, april, None)]
    assert told(date(2026, 3, 31)) == [(march, april, date(2026, 3, 2))]


def test_every_row_is_what_its_events_say_and_one_that_is_not_is_found(lived):
    coordinator = make.user("zweite", Role.COORDINATOR)
    withdraw_task(made.task(make.user("bau", Role.STAFF)), "falsch", by=coordinator)
    rests = made.task(make.user("ohne", Role.STAFF), due_on=date(2090, 1, 1))
    with at(2026, 1, 2):
        suspend_task(rests, date(2026, 8, 1), "absent", by=coordinator)
    assert list(tasks_unlike_their_events(make.municipality())) == []
    TrainingTask.objects.filter(pk=rests.pk).update(suspended_until=None, suspension_reason="")
    assert list(tasks_unlike_their_events(make.municipality())) == [rests]


@pytest.mark.parametrize("people", [1, 3])
def test_one_query_however_many_there_are(people, django_assert_num_queries):
    for number in range(people):
        made.task(make.user(f"p{number}", Role.STAFF))
    municipality = make.municipality()
    with django_assert_num_queries(1):
        assert len(list(tasks_as_of(municipality, date(2026, 3, 2)))) == people
