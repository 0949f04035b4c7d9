from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.assigning.suspension import resume_task, suspend_task
from ozg_tracker.training.models import TrainingTask
from tests import make
from tests.training import made
from tests.training.made import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make.department("Bürgerbüro")


@pytest.fixture
def leader(office):
    return make.user("leitung", Role.MANAGER, department=office)


@pytest.fixture
def task(office):
    return made.task(make.user("amt", Role.STAFF, department=office), due_on=date(2026, 3, 10))


def test_a_suspension_moves_the_due_day_by_its_days_and_can_be_changed_and_ended(task, leader):
    suspend_task(task, date(2026, 4, 1), "absent", by=leader, today=TODAY)
    assert (task.suspended_until, task.due_on, task.suspension_reason) == (date(2026, 4, 1), date(2026, 4, 9), "absent")
    suspend_task(task, date(2026, 5, 1), "no_date", by=leader, today=TODAY)
    assert (task.suspended_until, task.due_on, task.suspension_reason) == (
        date(2026, 5, 1), date(2026, 5, 9), "no_date",
    )  # fmt: skip
    resume_task(task, by=leader, today=TODAY)
    assert (task.suspended_until, task.due_on, task.suspension_reason) == (None, date(2026, 3, 10), "")


def test_what_is_taken_up_half_way_keeps_the_days_it_rested(task, leader):
    suspend_task(task, date(2026, 4, 1), "absent", by=leader, today=TODAY)
    resume_task(task, by=leader, today=TODAY + timedelta(days=10))
    assert task.due_on == date(2026, 3, 20)


@pytest.mark.parametrize(
    "deed",
    [
        lambda task, **by: suspend_task(task, date(2026, 4, 1), "absent", **by),
        lambda task, **by: resume_task(task, **by),
    ],
)
def test_what_is_done_neither_rests_nor_goes_on(task, leader, deed):
    made.done(task, TODAY)
    with pytest.raises(ValidationError) as refused:
        deed(TrainingTask.objects.get(), by=leader, today=TODAY)
    assert made.code(refused) == "already_done"


@pytest.mark.parametrize(
    ("until", "reason", "code"),
    [
        (TODAY, "absent", "in_the_past"),
        (TODAY + timedelta(days=1200), "absent", "too_far"),
        (date(2026, 4, 1), "krank", "unknown_reason"),
        (date(2026, 4, 1), "", "unknown_reason"),
    ],
)
def test_a_suspension_has_an_end_to_come_and_a_reason_of_the_list(task, leader, until, reason, code):
    with pytest.raises(ValidationError) as refused:
        suspend_task(task, until, reason, by=leader, today=TODAY)
    assert made.code(refused) == code


def test_it_is_for_who_leads_or_coordinates_and_never_for_oneself(task, leader, office):
    neighbour = make.user("fremd", Role.COORDINATOR, municipality=make.municipality("Neustadt", ars="159990020020"))
    other_leader = make.user("bau", Role.MANAGER, department=make.department("Bauamt"))
    for stranger in (task.person, neighbour, other_leader, make.user("rat", Role.COUNCIL)):
        with pytest.raises(PermissionDenied):
            suspend_task(task, date(2026, 4, 1), "absent", by=stranger, today=TODAY)
        with pytest.raises(PermissionDenied):
            resume_task(task, by=stranger, today=TODAY)
    with pytest.raises(PermissionDenied):
        suspend_task(made.task(leader), date(2026, 4, 1), "absent", by=leader, today=TODAY)
    assert suspend_task(task, date(2026, 4, 1), "absent", by=make.user(), today=TODAY).suspended_until


def test_the_database_keeps_no_reason_without_a_suspension(task):
    with pytest.raises(IntegrityError):
        TrainingTask.objects.update(suspension_reason="absent")
