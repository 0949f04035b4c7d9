"""Two want the last place at once: one has it, the other is told that there is a line. SQLite has one writer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.dates.registering import register
from ozg_tracker.training.models import CourseDate, TrainingTask
from tests import make
from tests.training import made
from tests.training.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def _takes(task_id, date_id):
    def deed():
        task = TrainingTask.objects.get(pk=task_id)
        found = register(task, CourseDate.objects.get(pk=date_id), by=task.person)
        return "seated" if found.seated_at else "waits"

    return deed


@pytest.mark.parametrize("people", [2, 6])
def test_of_many_for_the_last_place_one_has_it(people):
    course_date = made.course_date(starts_at=timezone.now() + timedelta(days=3), places=1)
    tasks = [made.task(make.user(f"p{number}", Role.STAFF)) for number in range(people)]
    results = at_once(*[_takes(task.pk, course_date.pk) for task in tasks])
    assert sorted(results) == ["seated"] + ["waits"] * (people - 1)
    assert TrainingTask.objects.filter(seated_at__isnull=False).count() == 1


def test_of_two_dates_at_the_same_hour_the_same_person_gets_one():
    person, begin = make.user("amt", Role.STAFF), timezone.now() + timedelta(days=3)
    dates = [made.course_date(made.course(title), starts_at=begin) for title in ("Datenschutz", "Phishing")]
    tasks = [made.task(person, each.course) for each in dates]
    results = at_once(*[_takes(task.pk, each.pk) for task, each in zip(tasks, dates, strict=True)])
    assert sorted(results) == ["double_booked", "seated"]
