from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from ozg_tracker.accounts.models import Membership, Role
from ozg_tracker.training.assigning.assignment import assign_due_trainings, assign_training
from ozg_tracker.training.assigning.changing import record
from ozg_tracker.training.assigning.exempting import exempt
from ozg_tracker.training.assigning.preview import preview_requirement
from ozg_tracker.training.assigning.suspension import suspend_task
from ozg_tracker.training.assigning.withdrawing import move_due_day, withdraw_task
from ozg_tracker.training.completing.correcting import reject_completion
from ozg_tracker.training.models import Requirement, TaskDeed, TrainingEvent, TrainingTask
from tests import make
from tests.training import made
from tests.training.made import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make.user("amt", Role.STAFF, department=make.department("Bürgerbüro"))


def test_a_wrong_training_is_taken_back_by_the_coordination_with_a_reason(person):
    task = assign_training(made.course(), person, due_on=TODAY, today=TODAY)
    leader = make.user("leitung", Role.MANAGER, department=person.memberships.get().department)
    with pytest.raises(PermissionDenied):
        withdraw_task(task, "falsch", by=leader, today=TODAY)
    withdraw_task(task, "falsche Regel", by=make.user(), today=TODAY)
    assert list(TrainingEvent.objects.values_list("kind", "by__username", "reason", "withdrawn_on")) == [
        ("assigned", None, "von Hand zugewiesen", None),
        ("withdrawn", "koordination", "falsche Regel", TODAY),
    ]
    with pytest.raises(ValidationError) as refused:
        withdraw_task(task, "nochmals", by=make.user("zweite", Role.COORDINATOR), today=TODAY)
    assert made.code(refused) == "withdrawn"
    assert assign_training(made.course(), person, due_on=TODAY, today=TODAY).round == 2


def test_a_due_day_is_moved_with_a_reason_and_never_into_the_past(person):
    task, coordinator = made.task(person), make.user()
    with pytest.raises(ValidationError) as refused:
        move_due_day(task, TODAY - timedelta(days=1), "x", by=coordinator, today=TODAY)
    assert made.code(refused) == "in_the_past"
    move_due_day(task, date(2026, 5, 1), "kein Termin frei", by=coordinator, today=TODAY)
    assert TrainingEvent.objects.values_list("kind", "due_on", "reason").last() == (
        "moved", date(2026, 5, 1), "kein Termin frei",
    )  # fmt: skip


def test_what_was_late_when_it_was_suspended_stays_late(person):
    task = made.task(person, due_on=TODAY - timedelta(days=5))
    suspend_task(task, TODAY + timedelta(days=30), "absent", by=make.user(), today=TODAY)
    assert (task.due_on, TrainingTask.objects.late(TODAY).count()) == (TODAY - timedelta(days=5), 1)


def test_a_round_rests_no_longer_than_a_year_from_its_first_rest(person):
    task, coordinator = made.task(person), make.user()
    suspend_task(task, TODAY + timedelta(days=300), "absent", by=coordinator, today=TODAY)
    later = TODAY + timedelta(days=200)
    with pytest.raises(ValidationError) as refused:
        suspend_task(task, TODAY + timedelta(days=367), "absent", by=coordinator, today=later)
    assert made.code(refused) == "too_far"


def test_of_two_changes_of_what_both_saw_one_wins_and_the_other_is_told(person):
    made.task(person)
    coordinator = make.user()
    mine, theirs = TrainingTask.objects.get(), TrainingTask.objects.get()
    move_due_day(mine, date(2026, 5, 1), "x", by=coordinator, today=TODAY)
    with pytest.raises(ValidationError) as refused:
        suspend_task(theirs, date(2026, 4, 1), "absent", by=coordinator, today=TODAY)
    assert made.code(refused) == "changed_meanwhile"
    assert TrainingEvent.objects.count() == 2


def test_who_is_moved_out_of_scope_loses_what_is_open_with_the_reason_and_keeps_what_is_done(person):
    office = person.memberships.get().department
    made.requirement(department=office)
    made.requirement(made.course("Brandschutz"), department=office)
    by_hand = made.task(person, made.course("Erste Hilfe"))
    assign_due_trainings(make.municipality(), TODAY)
    made.done(TrainingTask.objects.get(course__title="Brandschutz"), TODAY)
    Membership.objects.filter(user=person).update(department=make.department("Bauamt"))
    assert assign_due_trainings(make.municipality(), TODAY) == 0
    assert list(TrainingTask.objects.open()) == [by_hand]
    told = TrainingEvent.objects.filter(kind="out_of_scope").values_list("task__course__title", "reason")
    assert list(told) == [("Datenschutz", "die Pflicht gilt hier nicht mehr")]
    Membership.objects.filter(user=person).update(department=office)
    assert assign_due_trainings(make.municipality(), TODAY) == 1  # what is done counts still


def test_a_stricter_rule_tightens_what_is_open_and_a_milder_one_leaves_it(person):
    rule = made.requirement(due_within_days=90)
    assign_due_trainings(make.municipality(), TODAY)
    for days, due in ((30, 30), (60, 30)):
        Requirement.objects.filter(pk=rule.pk).update(due_within_days=days)
        assign_due_trainings(make.municipality(), TODAY)
        assert TrainingTask.objects.get().due_on == TODAY + timedelta(days=due)
    assert list(TrainingEvent.objects.values_list("kind", "due_on", "reason"))[1:] == [
        ("moved", TODAY + timedelta(days=30), "die Pflicht gilt früher")
    ]


def test_what_was_taken_back_by_hand_is_not_assigned_again_by_the_rule(person):
    made.requirement(role=Role.STAFF)
    assert assign_due_trainings(make.municipality(), TODAY) == 1
    withdraw_task(TrainingTask.objects.get(), "nicht betroffen", by=make.user(), today=TODAY)
    days = [TODAY, TODAY + timedelta(days=1), date(2035, 1, 1)]
    assert [assign_due_trainings(make.municipality(), day) for day in days] == [0, 0, 0]


def test_of_a_yearly_training_the_next_round_comes_again(person):
    yearly = made.course(interval_months=12)
    made.requirement(yearly, role=Role.STAFF, due_within_days=30)
    made.done(made.task(person, yearly), date(2025, 4, 10))
    assign_due_trainings(make.municipality(), TODAY)
    withdraw_task(TrainingTask.objects.get(round=2), "Elternzeit", by=make.user(), today=TODAY)
    days = [TODAY, date(2027, 4, 9), date(2027, 4, 10), date(2027, 4, 11)]
    assert [assign_due_trainings(make.municipality(), day) for day in days] == [0, 0, 1, 0]
    assert TrainingTask.objects.values_list("round", "due_on").last() == (3, date(2027, 5, 10))


def test_a_rule_that_begins_later_asks_again_and_so_does_a_round_done_since(person):
    yearly = made.course(interval_months=12)
    rule = made.requirement(yearly, role=Role.STAFF)
    assign_due_trainings(make.municipality(), TODAY)
    coordinator = make.user()
    withdraw_task(TrainingTask.objects.get(), "falsch", by=coordinator, today=TODAY)
    Requirement.objects.filter(pk=rule.pk).update(starts_on=TODAY + timedelta(days=1))
    assert assign_due_trainings(make.municipality(), TODAY + timedelta(days=1)) == 1
    withdraw_task(TrainingTask.objects.open().get(), "falsch", by=coordinator, today=date(2026, 12, 1))
    made.done(made.task(person, yearly, period_start=TODAY), date(2026, 4, 1))
    assert assign_due_trainings(make.municipality(), date(2027, 3, 1)) == 1


def test_what_was_left_or_taken_back_for_an_earlier_round_is_asked_again(person):
    yearly = made.course(interval_months=12)
    made.requirement(yearly, role=Role.STAFF)
    made.done(made.task(person, yearly), date(2025, 3, 16))
    assign_due_trainings(make.municipality(), TODAY)
    reject_completion(TrainingTask.objects.get(round=1), "nicht lesbar", by=make.user())
    made.done(TrainingTask.objects.get(round=1), date(2025, 3, 16))
    assert assign_due_trainings(make.municipality(), TODAY) == 1
    own = made.course("Erste Hilfe")
    made.requirement(own, role=Role.STAFF)
    made.task(person, own, withdrawn_on=TODAY)
    record(TrainingTask.objects.filter(course=own), TaskDeed.WITHDRAWN, by=person)
    assert assign_due_trainings(make.municipality(), TODAY) == 1


def test_the_preview_leaves_out_who_was_let_off(person):
    task = made.task(person, rule=made.requirement(role=Role.STAFF))
    withdraw_task(task, "nicht betroffen", by=make.user(), today=TODAY)
    assert preview_requirement(Requirement.objects.get(), today=TODAY).new == frozenset()


def test_a_stricter_rule_gives_what_rests_its_days_after_the_rest(person):
    rule = made.requirement(due_within_days=90)
    assign_due_trainings(make.municipality(), TODAY)
    until = TODAY + timedelta(days=50)
    exempt(person, make.municipality(), until, "absent", by=make.user(), today=TODAY)
    Requirement.objects.filter(pk=rule.pk).update(due_within_days=30)
    assert preview_requirement(Requirement.objects.get(), today=TODAY).moved == {person.pk}
    assign_due_trainings(make.municipality(), TODAY)
    assert TrainingTask.objects.values_list("due_on", "suspended_until").get(person=person) == (
        until + timedelta(days=30), until,
    )  # fmt: skip
    assign_due_trainings(make.municipality(), TODAY + timedelta(days=5))
    assert TrainingTask.objects.get(person=person).due_on == until + timedelta(days=30)


@pytest.mark.parametrize(
    "deed", [lambda events: events.update(reason="anders"), lambda events: events._raw_delete("default")]
)
def test_the_database_keeps_the_events_of_a_task_that_stands(person, deed):
    made.task(person)
    with pytest.raises(DatabaseError, match="können nicht geändert werden und bleiben"), transaction.atomic():
        deed(TrainingEvent.objects.all())


def test_the_database_allows_one_open_round(person):
    made.task(person)
    with pytest.raises(DatabaseError):
        made.task(person)
