"""Two at once: one wins, the other is told, and nothing is there twice. SQLite lets one writer in at a time, and both
are tried there too.
"""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from ozg_tracker.accounts.models import Role, User
from ozg_tracker.training.assigning.assignment import assign_due_trainings, assign_training
from ozg_tracker.training.assigning.suspension import suspend_task
from ozg_tracker.training.completing.completion import complete_task
from ozg_tracker.training.models import Course, TrainingEvent, TrainingTask
from tests import make
from tests.training import made
from tests.training.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_assignments_by_hand_one_wins():
    person, course, day = make.user("amt", Role.STAFF), made.course(), timezone.localdate()
    results = at_once(*[lambda: assign_training(Course.objects.get(pk=course.pk), person, due_on=day)] * 2)
    assert results.count("open_task") == 1
    assert (TrainingTask.objects.count(), TrainingEvent.objects.count()) == (1, 1)


def test_two_runs_of_the_rules_assign_once():
    for number in range(30):
        make.user(f"p{number}", Role.STAFF)
    made.requirement()
    results = at_once(*[lambda: assign_due_trainings(make.municipality())] * 2)
    assert (sum(results), TrainingTask.objects.count(), TrainingEvent.objects.count()) == (30, 30, 30)


def test_a_run_beside_a_hand_leaves_one_open_task():
    person, course = make.user("amt", Role.STAFF), made.course()
    made.requirement()
    day = timezone.localdate()
    municipality = make.municipality()
    at_once(lambda: assign_due_trainings(municipality), lambda: assign_training(course, person, due_on=day))
    assert (TrainingTask.objects.open().count(), TrainingEvent.objects.count()) == (1, 1)


def test_of_two_suspensions_one_wins():
    made.task(make.user("amt", Role.STAFF), due_on=timezone.localdate() + timedelta(days=5))
    coordinator, until = make.user(), timezone.localdate() + timedelta(days=20)
    seen = [TrainingTask.objects.get(), TrainingTask.objects.get()]
    results = at_once(*[lambda task=task: suspend_task(task, until, "absent", by=coordinator) for task in seen])
    assert results.count("changed_meanwhile") == 1
    assert TrainingTask.objects.get().due_on == timezone.localdate() + timedelta(days=25)


def test_of_two_reports_one_wins():
    made.task(make.user("amt", Role.STAFF), period_start=date(2020, 1, 1))
    person, day = User.objects.get(), timezone.localdate()
    seen = [TrainingTask.objects.get(), TrainingTask.objects.get()]
    results = at_once(*[lambda task=task: complete_task(task, by=person, completed_on=day) for task in seen])
    assert results.count("already_done") == 1
    assert TrainingEvent.objects.filter(kind="completed").count() == 1
