from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from ozg_tracker.accounts.models import Membership, Role
from ozg_tracker.training.assigning.assignment import assign_due_trainings, assign_training
from ozg_tracker.training.assigning.periods import add_months
from ozg_tracker.training.models import TrainingTask
from tests import make
from tests.training import made
from tests.training.made import TODAY

pytestmark = pytest.mark.django_db


def _assigned():
    return sorted(TrainingTask.objects.values_list("person__username", flat=True))


@pytest.fixture
def people():
    top = make.department("Bürgerdienste")
    office = make.department("Bürgerbüro", parent=top)
    return {
        "koordination": make.user("koordination", Role.COORDINATOR),
        "leitung": make.user("leitung", Role.MANAGER, department=top),
        "amt": make.user("amt", Role.STAFF, department=office),
        "bau": make.user("bau", Role.STAFF, department=make.department("Bauamt")),
        "rat": make.user("rat", Role.COUNCIL),
        "betrieb": make.user("betrieb", Role.OPERATOR),
    } | {"top": top}


def test_a_requirement_for_all_reaches_all_who_work_here_and_nobody_else(people):
    made.requirement()
    assert assign_due_trainings(make.municipality(), TODAY) == 4
    assert _assigned() == ["amt", "bau", "koordination", "leitung"]


def test_running_twice_assigns_once(people):
    made.requirement()
    runs = [assign_due_trainings(make.municipality(), day) for day in (TODAY, TODAY, TODAY + timedelta(days=400))]
    assert runs == [4, 0, 0]


def test_role_department_and_service_narrow_together(people):
    row = make.row(owner=people["amt"])
    made.requirement(role=Role.STAFF, department=people["top"], service=row.service)
    assign_due_trainings(make.municipality(), TODAY)
    assert list(TrainingTask.objects.values_list("person__username", "reason")) == [
        ("amt", "Sachbearbeitung, Bürgerdienste, Hundesteuer Anmeldung")
    ]


@pytest.mark.parametrize(
    ("narrowed", "reached"),
    [
        ({"role": Role.STAFF}, ["amt", "bau"]),
        ({"role": Role.MANAGER}, ["leitung"]),
        ({"department": "top"}, ["amt", "leitung"]),
    ],
)
def test_each_criterion_narrows(people, narrowed, reached):
    made.requirement(**{name: people.get(value, value) for name, value in narrowed.items()})
    assign_due_trainings(make.municipality(), TODAY)
    assert _assigned() == reached


def test_a_requirement_of_tomorrow_asks_for_nothing_today(people):
    made.requirement(starts_on=TODAY + timedelta(days=1))
    assert assign_due_trainings(make.municipality(), TODAY) == 0


def test_nobody_gets_a_task_that_is_late_at_birth(people):
    made.requirement(starts_on=date(2024, 1, 1), due_within_days=30)
    assign_due_trainings(make.municipality(), TODAY)
    assert set(TrainingTask.objects.values_list("period_start", "due_on")) == {
        (date(2024, 1, 1), TODAY + timedelta(days=30))
    }


def test_of_two_requirements_for_one_course_the_shorter_time_holds(people):
    made.requirement(role=Role.STAFF, due_within_days=90)
    made.requirement(department=people["top"], due_within_days=10)
    assert assign_due_trainings(make.municipality(), TODAY) == 3
    due = dict(TrainingTask.objects.values_list("person__username", "due_on"))
    assert due == {
        "amt": TODAY + timedelta(days=10),
        "leitung": TODAY + timedelta(days=10),
        "bau": TODAY + timedelta(days=90),
    }


def test_a_repetition_begins_an_interval_after_completion_at_the_months_end():
    person = make.user("amt", Role.STAFF)
    yearly = made.course(interval_months=1)
    made.requirement(yearly, due_within_days=14)
    made.done(made.task(person, yearly), date(2026, 1, 31))
    assert assign_due_trainings(make.municipality(), date(2026, 2, 12)) == 0
    assert assign_due_trainings(make.municipality(), date(2026, 2, 13)) == 1
    latest = TrainingTask.objects.latest("round")
    assert (latest.period_start, latest.due_on) == (date(2026, 2, 28), date(2026, 2, 28))


def test_who_still_owes_a_round_gets_no_second_one():
    person = make.user("amt", Role.STAFF)
    yearly = made.course(interval_months=12)
    made.requirement(yearly)
    made.task(person, yearly, period_start=date(2020, 1, 1))
    assert assign_due_trainings(make.municipality(), TODAY) == 0


def test_what_expired_before_the_rule_applied_is_due_like_a_first_round():
    person = make.user("amt", Role.STAFF)
    yearly = made.course(interval_months=12)
    made.requirement(yearly, due_within_days=30)
    made.done(made.task(person, yearly, period_start=date(2025, 1, 1)), date(2025, 1, 1))
    assert assign_due_trainings(make.municipality(), TODAY) == 1
    assert list(TrainingTask.objects.values_list("round", "period_start", "due_on").order_by("pk"))[1] == (
        2, date(2026, 1, 1), TODAY + timedelta(days=30),
    )  # fmt: skip


def test_who_has_left_the_house_or_the_municipality_gets_no_new_one(people):
    made.requirement()
    make.leave(people["amt"])
    Membership.objects.filter(user=people["bau"]).delete()
    assert assign_due_trainings(make.municipality(), TODAY) == 2


def test_people_of_another_municipality_are_left_alone(people):
    make.user("fremd", Role.STAFF, municipality=make.municipality("Neustadt", ars="159990020020"))
    made.requirement()
    assign_due_trainings(make.municipality(), TODAY)
    assert "fremd" not in _assigned()


@pytest.mark.parametrize("people_count", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_people(people_count, django_assert_num_queries):
    made.requirement()
    for number in range(people_count):
        make.user(f"p{number}", Role.STAFF)
    of_postgresql = 5 if connection.vendor == "postgresql" else 0  # it looks at its working tables and locks rows
    with django_assert_num_queries(52 + of_postgresql):
        assert assign_due_trainings(make.municipality(), TODAY) == people_count


def test_assigning_by_hand_has_its_bounds():
    person = make.user("amt", Role.STAFF)
    council = make.user("rat", Role.COUNCIL)
    task = assign_training(made.course(), person, due_on=TODAY, today=TODAY)
    assert (task.person, task.due_on, task.reason) == (person, TODAY, "von Hand zugewiesen")
    for someone, due_on, code in (
        (person, TODAY, "open_task"),
        (council, TODAY, "not_here"),
        (person, TODAY - timedelta(days=1), "in_the_past"),
    ):
        with pytest.raises(ValidationError) as refused:
            assign_training(made.course(), someone, due_on=due_on, today=TODAY)
        assert made.code(refused) == code


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.integers(-240, 240))
def test_months_later_is_that_many_months_later(day, months):
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
