from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from ozg_tracker.accounts.models import Role
from ozg_tracker.accounts.people import deactivate
from ozg_tracker.training.figures import training_groups
from ozg_tracker.training.suppression import Group, published
from tests import make
from tests.training import made
from tests.training.made import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make.department("Bürgerbüro", parent=make.department("Bürgerdienste"))


def _staff(department, count):
    start = department.memberships.count()
    return [make.user(f"{department}{start + number}", Role.STAFF, department=department) for number in range(count)]


def test_a_group_is_a_department_without_one_above_it_with_all_below(office):
    for number, person in enumerate(_staff(office, 5) + _staff(office.parent, 6)):
        task = made.task(person, due_on=TODAY)
        if number < 6:
            made.done(task, TODAY)
    assert training_groups(make.municipality(), TODAY) == [
        {"group": "Bürgerdienste", "assigned": 11, "completed": 6, "overdue": 0}
    ]
    assert training_groups(make.municipality(), TODAY + timedelta(days=1)) == [
        {"group": "Bürgerdienste", "assigned": 11, "completed": 6, "overdue": 5}
    ]


def test_four_people_are_not_shown(office):
    for person in _staff(office, 4):
        made.task(person)
    assert training_groups(make.municipality(), TODAY) == [
        {"group": "Bürgerdienste", "assigned": None, "completed": None, "overdue": None}
    ]


def test_only_the_latest_round_of_people_who_still_work_here_counts(office):
    people = _staff(office, 6)
    for person in people:
        made.done(made.task(person, period_start=date(2025, 1, 1)), date(2025, 2, 1))
        made.task(person, period_start=date(2026, 2, 1), due_on=TODAY)
    deactivate(people[0])
    assert training_groups(make.municipality(), TODAY)[0]["assigned"] == 5
    assert training_groups(make.municipality(), date(2025, 6, 1))[0]["completed"] == 5


def test_what_is_suspended_or_assigned_later_is_not_overdue(office):
    for person in _staff(office, 5):
        made.task(person, due_on=date(2026, 1, 1), suspended_until=TODAY)
        made.task(person, made.course("Brandschutz"), due_on=TODAY, assigned_on=TODAY + timedelta(days=1))
    assert training_groups(make.municipality(), TODAY) == [
        {"group": "Bürgerdienste", "assigned": 5, "completed": 0, "overdue": 0}
    ]


def test_people_without_a_department_are_a_group_without_a_name(office):
    for number in range(5):
        made.task(make.user(f"p{number}", Role.COORDINATOR))
    for person in _staff(office, 5):
        made.task(person)
    assert [row["group"] for row in training_groups(make.municipality(), TODAY)] == ["Bürgerdienste", None]


@pytest.mark.parametrize("people", [1, 3])
def test_three_queries_however_many_people(office, people, django_assert_num_queries):
    for person in _staff(office, people):
        made.task(person)
    town = make.municipality()
    with django_assert_num_queries(3):
        training_groups(town, TODAY)


DAYS = st.integers(-40, 40).map(lambda offset: TODAY + timedelta(days=offset))
TASKS = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 2), DAYS, DAYS, st.none() | DAYS, st.none() | DAYS), max_size=40
)


@settings(max_examples=15, deadline=None)
@given(TASKS)
def test_the_figures_are_those_of_a_plain_count(tasks):
    with transaction.atomic():
        _compare(tasks)
        transaction.set_rollback(True)


def _compare(tasks):
    groups = [make.department(name) for name in ("A", "B")]
    people = [make.user(f"p{n}", Role.STAFF, department=groups[n % 2]) for n in range(12)]
    courses = [made.course(f"Schulung {number}") for number in range(3)]
    rounds = {}
    for person, course, assigned_on, due_on, suspended_until, done_on in tasks:
        if (person, course, assigned_on) in rounds:
            continue
        task = made.task(
            people[person],
            courses[course],
            period_start=assigned_on,
            due_on=due_on,
            suspended_until=suspended_until,
        )
        if done_on:
            made.done(task, done_on)
        rounds[person, course, assigned_on] = (due_on, suspended_until, done_on)
    expected = {name: Group(name) for name in ("A", "B")}
    for person in range(12):
        for course in range(3):
            mine = [day for someone, some, day in rounds if (someone, some) == (person, course) and day <= TODAY]
            if not mine:
                continue
            due_on, suspended_until, done_on = rounds[person, course, max(mine)]
            group = expected["AB"[person % 2]]
            if done_on and done_on <= TODAY:
                group.completed.append(people[person].pk)
            elif due_on < TODAY and (suspended_until is None or suspended_until < TODAY):
                group.overdue.append(people[person].pk)
            else:
                group.pending.append(people[person].pk)
    assert training_groups(make.municipality(), TODAY) == published(expected.values())
