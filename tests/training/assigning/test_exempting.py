from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.assigning.assignment import assign_due_trainings, assign_training
from ozg_tracker.training.assigning.exempting import begin_exemptions, end_exemption, exempt
from ozg_tracker.training.completing.retention import delete_expired
from ozg_tracker.training.models import Exemption, Standing, TrainingTask
from tests import make
from tests.training import made
from tests.training.made import TODAY

pytestmark = pytest.mark.django_db

UNTIL = TODAY + timedelta(days=100)


@pytest.fixture
def amt():
    return make.user("amt", Role.STAFF)


@pytest.fixture
def koordination():
    return make.user()


def let_off(person, until=UNTIL, by=None, today=TODAY, **more):
    by = by or make.user()
    return exempt(person, make.municipality(), until, "absent", by=by, today=today, **more)


def days(task):
    task.refresh_from_db()
    return task.due_on, task.suspended_until


def test_what_is_open_rests_in_one_step_and_what_is_late_stays_late(amt, koordination):
    soon = made.task(amt, due_on=TODAY + timedelta(days=10))
    late = made.task(amt, made.course("Brandschutz"), due_on=TODAY - timedelta(days=1))
    let_off(amt, by=koordination)
    assert days(soon) == (TODAY + timedelta(days=110), UNTIL)
    assert days(late) == (TODAY - timedelta(days=1), UNTIL)
    standing = dict(TrainingTask.objects.with_standing(TODAY).values_list("pk", "standing"))
    assert standing == {soon.pk: Standing.SUSPENDED, late.pk: Standing.OVERDUE}
    told = soon.events.latest("pk")
    assert (told.kind, told.by, told.reason) == ("exempted", koordination, "längere Abwesenheit")


def test_of_one_course_the_others_go_on(amt):
    one, other = made.task(amt), made.task(amt, made.course("Brandschutz"))
    let_off(amt, course=one.course)
    assert (days(one)[1], days(other)[1]) == (UNTIL, None)


def test_nothing_new_is_assigned_until_it_ends(amt):
    make.user("bau", Role.STAFF)
    made.requirement(due_within_days=30)
    let_off(amt)
    assert assign_due_trainings(make.municipality(), TODAY) == 2  # the coordinator and bau
    assert assign_due_trainings(make.municipality(), UNTIL) == 0
    with pytest.raises(ValidationError) as refused:
        assign_training(made.course(), amt, due_on=UNTIL, today=TODAY)
    assert made.code(refused) == "exempt"
    assert assign_due_trainings(make.municipality(), UNTIL + timedelta(days=1)) == 1
    assert TrainingTask.objects.get(person=amt).due_on == UNTIL + timedelta(days=31)


def test_a_day_to_come_begins_with_the_run_of_that_day(amt):
    task = made.task(amt, due_on=TODAY + timedelta(days=50))
    begin = TODAY + timedelta(days=20)
    let_off(amt, starts_on=begin)
    assert begin_exemptions(make.municipality(), TODAY) == 0
    assert days(task) == (TODAY + timedelta(days=50), None)
    assert [begin_exemptions(make.municipality(), begin) for _again in range(2)] == [1, 0]
    assert days(task) == (TODAY + timedelta(days=50 + 80), UNTIL)


def test_ended_early_the_due_day_comes_back_by_what_was_left(amt, koordination):
    task = made.task(amt, due_on=TODAY + timedelta(days=10))
    given = let_off(amt, by=koordination)
    back = TODAY + timedelta(days=40)
    end_exemption(given, by=koordination, today=back)
    assert days(task) == (back + timedelta(days=10), None)
    with pytest.raises(ValidationError) as refused:
        end_exemption(given, by=koordination, today=back)
    assert made.code(refused) == "ended"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"until": TODAY}, "in_the_past"),
        ({"until": UNTIL, "starts_on": TODAY - timedelta(days=1)}, "in_the_past"),
        ({"until": UNTIL, "starts_on": UNTIL + timedelta(days=1)}, "in_the_past"),
        ({"until": TODAY + timedelta(days=1200)}, "too_far"),
        ({"until": UNTIL, "reason": "krank"}, "unknown_reason"),
    ],
)
def test_what_is_refused(amt, koordination, asked, code):
    words = {"reason": "absent"} | asked
    with pytest.raises(ValidationError) as refused:
        exempt(amt, make.municipality(), by=koordination, today=TODAY, **words)
    assert made.code(refused) == code


def test_nobody_is_exempt_twice_of_the_same_at_once(amt, koordination):
    let_off(amt, by=koordination)
    for more in ({}, {"course": made.course()}, {"starts_on": UNTIL, "until": UNTIL + timedelta(days=9)}):
        with pytest.raises(ValidationError) as refused:
            let_off(amt, **({"by": koordination} | more))
        assert made.code(refused) == "exempt"
    let_off(amt, by=koordination, starts_on=UNTIL + timedelta(days=1), until=UNTIL + timedelta(days=9))


def test_the_database_refuses_a_second_one_and_one_that_ends_before_it_begins(amt, koordination):
    given = let_off(amt, by=koordination)
    for change in ({"pk": None}, {"pk": None, "starts_on": UNTIL + timedelta(days=1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Exemption(**{f.attname: getattr(given, f.attname) for f in Exemption._meta.fields} | change).save()


def test_only_who_leads_may_and_nobody_for_oneself(amt, koordination):
    led = make.department("Bürgerdienste")
    manager = make.user("leitung", Role.MANAGER, department=led)
    own = make.user("eigen", Role.STAFF, department=led)
    let_off(own, by=manager)
    for person, by in ((amt, manager), (amt, own), (koordination, koordination)):
        with pytest.raises(PermissionDenied):
            let_off(person, by=by)
    with pytest.raises(PermissionDenied):
        end_exemption(Exemption.objects.get(), by=own, today=TODAY)


def test_it_is_deleted_when_its_time_is_over(amt, settings):
    settings.TRAINING_RETENTION_MONTHS = 24
    let_off(amt)
    delete_expired(UNTIL + timedelta(days=700))
    assert Exemption.objects.count() == 1
    delete_expired(date(2028, 7, 1))
    assert Exemption.objects.count() == 0
