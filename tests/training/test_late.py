"""How many trainings are overdue: one number on the first page, in the department's table and for programs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ozg_tracker.training.models import Course, TrainingTask
from tests import make
from tests.api.programs import Program

pytestmark = pytest.mark.django_db


def given(person, course, due, began=-300, **more):
    """A round of `course`, due so many days from today."""
    today = timezone.localdate()
    days = {"period_start": began, "assigned_on": began, "due_on": due}
    days = {name: today + timedelta(days=number) for name, number in days.items()}
    return TrainingTask.objects.create(
        municipality=make.municipality(),
        course=course,
        person=person,
        reason="Pflicht",
        round=TrainingTask.objects.filter(course=course, person=person).count() + 1,
        **days,
        **more,
    )


def report(task, day):
    task.completed_on = day
    task.save()


def shown(client, user):
    """What the first page, the table of the department and the API say."""
    client.force_login(user)
    todo = [each for each in client.get("/").context["todos"] if "überfällig" in each.title]
    table = client.get("/schulungen/fachbereich/").context["team"]
    cells = [each for line in table for each in line.open if each.late]
    program = Program(user).read("training-tasks/", overdue="true").json()["results"]
    return (
        sum(each.number for each in todo),
        len(cells),
        len([each for each in program if each["person"] != user.username]),
    )


def test_leavers_the_suspended_and_older_rounds_count_nowhere(client):
    course = Course.objects.create(municipality=make.municipality(), title="Datenschutz")
    office = make.department()
    people = {name: make.user(name, role="staff", department=office) for name in ("amt", "weg", "rest", "neu", "rat")}
    given(people["amt"], course, due=-3)
    given(people["weg"], course, due=-3)
    given(people["rest"], course, due=3, suspended_until=timezone.localdate())
    given(people["neu"], course, due=-200, withdrawn_on=timezone.localdate())
    given(people["neu"], course, due=20, began=-100)
    given(people["rat"], course, due=-3)
    people["weg"].is_active = False
    people["weg"].save()
    people["rat"].memberships.update(role="council", department=None)
    leader = make.user("leitung", role="manager", department=office)
    coordinator = make.user()
    assert shown(client, leader) == (1, 1, 1)
    assert shown(client, coordinator) == (1, 1, 1)
    assert TrainingTask.objects.late(timezone.localdate()).get().person == people["amt"]


def test_a_late_repetition_is_overdue_until_it_is_done(client):
    course = Course.objects.create(municipality=make.municipality(), title="Datenschutz")
    office = make.department()
    person = make.user("amt", role="staff", department=office)
    first = given(person, course, due=-250)
    done = timezone.localdate() - timedelta(days=260)
    report(first, done)
    second = given(person, course, due=-1, began=-30)
    leader = make.user("leitung", role="manager", department=office)
    assert shown(client, leader) == (1, 1, 1)
    report(second, timezone.localdate())
    assert shown(client, leader) == (0, 0, 0)
