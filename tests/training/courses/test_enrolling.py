"""Taking a course for oneself, and leaving it."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.assigning.assignment import assign_training
from ozg_tracker.training.courses.enrolling import enrol, is_enrolment, leave_course
from ozg_tracker.training.dates.registering import register
from tests import make
from tests.training import made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]


@pytest.fixture
def open_course():
    course = made.course("KI-Kompetenz")
    course.self_enrolment = True
    course.save()
    return course


@pytest.fixture
def person(municipality):
    return make.user("amt", Role.STAFF)


def test_whoever_wants_takes_it_with_half_a_year_of_time(open_course, person):
    task = enrol(open_course, by=person)
    assert (task.reason, task.due_on, is_enrolment(task)) == ("selbst eingeschrieben", date(2026, 8, 29), True)


@pytest.mark.parametrize("archived_on", [None, date(2026, 1, 1)])
def test_where_not_everybody_may_nobody_takes_it(person, archived_on):
    course = made.course()
    course.archived_on = archived_on
    with pytest.raises(ValidationError) as refused:
        enrol(course, by=person)
    assert made.code(refused) == "no_self_enrolment"


def test_nobody_takes_it_twice(open_course, person):
    enrol(open_course, by=person)
    with pytest.raises(ValidationError) as refused:
        enrol(open_course, by=person)
    assert made.code(refused) == "open_task"


def test_who_leaves_gives_the_place_back(open_course, person):
    course_date = made.course_date(open_course, starts_at=datetime(2026, 4, 1, 8, tzinfo=UTC), places=1)
    task, waits = enrol(open_course, by=person), made.task(make.user("b", Role.STAFF), open_course)
    register(task, course_date, by=person)
    register(waits, course_date, by=waits.person)
    assert leave_course(task, by=person).withdrawn_on == date(2026, 3, 2)
    waits.refresh_from_db()
    assert waits.seated_at is not None


def test_what_was_assigned_is_not_left(open_course, person):
    task = assign_training(open_course, person, due_on=date(2026, 4, 1), by=make.user("koordination"))
    with pytest.raises(ValidationError) as refused:
        leave_course(task, by=person)
    assert made.code(refused) == "not_enrolled"


def test_nobody_takes_somebody_else_out(open_course, person):
    with pytest.raises(PermissionDenied):
        leave_course(enrol(open_course, by=person), by=make.user("koordination"))
