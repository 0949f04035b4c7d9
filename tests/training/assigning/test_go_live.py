"""Requirements before a go-live: due so many days before the planned day of a service, and moving with it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from ozg_tracker.accounts.models import JournalEntry, Role
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.training.assigning.assignment import assign_due_trainings
from ozg_tracker.training.assigning.preview import preview_end, preview_requirement
from ozg_tracker.training.assigning.requirements import end_requirement, put_requirement
from ozg_tracker.training.assigning.suspension import suspend_task
from ozg_tracker.training.assigning.withdrawing import move_due_day
from ozg_tracker.training.models import Requirement, TrainingTask
from tests import make
from tests.training import made
from tests.training.made import TODAY

pytestmark = pytest.mark.django_db

GOES_LIVE = date(2026, 6, 1)
BEFORE = 14
DUE = GOES_LIVE - timedelta(days=BEFORE)


@pytest.fixture
def office():
    return make.department("Bürgerdienste")


@pytest.fixture
def row(office):
    below = make.department("Bürgerbüro", parent=office)
    for name, department in (("amt", office), ("theke", below), ("bau", make.department("Bauamt"))):
        make.user(name, Role.STAFF, department=department)
    return make.row(department=office, owner=make.User.objects.get(username="amt"), planned_on=GOES_LIVE)


def rule(row, days_before=BEFORE, **more):
    return made.requirement(service=row.service, days_before=days_before, due_within_days=30, **more)


def plan(row, day):
    MunicipalService.objects.filter(pk=row.pk).update(planned_on=day)


def run(day=TODAY):
    return assign_due_trainings(make.municipality(), day)


def owed():
    return sorted(TrainingTask.objects.open().values_list("person__username", "due_on"))


def test_all_of_the_department_and_below_are_due_before_the_go_live(row):
    rule(row)
    assert run() == 2
    assert owed() == [("amt", DUE), ("theke", DUE)]
    assert set(TrainingTask.objects.values_list("reason", flat=True)) == {"vor dem Go-live: Hundesteuer Anmeldung"}


def test_or_the_owner_alone(row):
    rule(row, owners_only=True)
    run()
    assert owed() == [("amt", DUE)]


def test_other_criteria_narrow_it(row, office):
    make.user("leitung", Role.MANAGER, department=office)
    rule(row, role=Role.MANAGER)
    run()
    assert owed() == [("leitung", DUE)]


def test_a_second_run_on_any_later_day_changes_nothing(row):
    rule(row)
    runs = [run(TODAY + timedelta(days=days)) for days in (0, 1, 40, 200)]
    assert runs == [2, 0, 0, 0]
    assert set(TrainingTask.objects.values_list("due_on", "events__kind")) == {(DUE, "assigned")}


@pytest.mark.parametrize("days", [30, -30])
def test_the_due_day_moves_with_the_planned_one_once(row, days):
    rule(row)
    run()
    plan(row, GOES_LIVE + timedelta(days=days))
    run()
    run()
    assert owed() == [("amt", DUE + timedelta(days=days)), ("theke", DUE + timedelta(days=days))]
    events = TrainingTask.objects.get(person__username="amt").events
    assert list(events.values_list("kind", "reason"))[1:] == [("moved", "der geplante Go-live hat sich verschoben")]


def test_what_somebody_moved_keeps_its_distance(row):
    rule(row)
    run()
    task = TrainingTask.objects.get(person__username="amt")
    move_due_day(task, DUE + timedelta(days=5), "Urlaub", by=make.user(), today=TODAY)
    run()
    assert owed()[0] == ("amt", DUE + timedelta(days=5))
    plan(row, GOES_LIVE + timedelta(days=10))
    run()
    assert owed()[0] == ("amt", DUE + timedelta(days=15))


def test_nobody_is_late_because_a_day_came_nearer_and_who_was_late_stays_so(row):
    rule(row)
    run()
    plan(row, TODAY + timedelta(days=3))
    run()
    assert owed() == [("amt", TODAY), ("theke", TODAY)]
    later = TODAY + timedelta(days=2)
    plan(row, TODAY + timedelta(days=1))
    run(later)
    assert owed() == [("amt", TODAY), ("theke", TODAY)]


def test_what_rests_is_not_due_before_its_rest_is_over(row):
    rule(row)
    run()
    until, coordinator = TODAY + timedelta(days=30), make.user()
    suspend_task(TrainingTask.objects.get(person__username="amt"), until, "absent", by=coordinator, today=TODAY)
    plan(row, TODAY + timedelta(days=40))
    run()
    assert owed() == [("amt", TODAY + timedelta(days=56)), ("theke", TODAY + timedelta(days=26))]
    plan(row, TODAY + timedelta(days=3))
    run()
    run()
    assert owed() == [("amt", until), ("theke", TODAY)]


def test_a_planned_day_that_is_past_gives_the_days_of_the_rule(row):
    plan(row, TODAY - timedelta(days=1))
    rule(row)
    run()
    assert owed() == [("amt", TODAY + timedelta(days=30)), ("theke", TODAY + timedelta(days=30))]


@pytest.mark.parametrize("change", [{"planned_on": None}, {"responsibility": "district"}])
def test_without_a_day_or_when_it_is_not_ours_what_is_open_is_withdrawn(row, change):
    rule(row)
    run()
    MunicipalService.objects.filter(pk=row.pk).update(**change)
    run()
    assert owed() == []
    assert set(TrainingTask.objects.values_list("withdrawn_on", flat=True)) == {TODAY}


def test_of_a_rule_of_days_and_a_go_live_the_sooner_holds(row):
    made.requirement(due_within_days=200)
    run()
    rule(row)
    run()
    run(TODAY + timedelta(days=1))
    assert dict(owed()) == {"amt": DUE, "theke": DUE, "bau": TODAY + timedelta(days=200)}
    stricter = made.requirement(role=Role.STAFF, due_within_days=10)
    run()
    assert dict(owed())["amt"] == TODAY + timedelta(days=10)
    assert stricter.due_within_days == 10


def test_a_list_of_services_and_a_bundle(row, office):
    bundle = make.bundle("10099", name="Wohnen")
    other = make.row(make.service("99102013104001", "Anmeldung", bundles=[bundle]), owner=row.owner)
    coordinator = make.user()
    in_bundle = Requirement(course=made.course(), bundle=bundle, due_within_days=30, starts_on=TODAY)
    assert put_requirement(in_bundle, by=coordinator, today=TODAY) == 1
    assert owed() == [("amt", TODAY + timedelta(days=30))]
    listed = Requirement(course=made.course("Portal"), days_before=BEFORE, due_within_days=30, starts_on=TODAY)
    assert put_requirement(listed, services=[row.service, other.service], by=coordinator, today=TODAY) == 2
    told = JournalEntry.objects.latest("pk").after
    assert (told["service"], told["days_before"]) == ("Anmeldung, Hundesteuer Anmeldung", "14")
    listed.services.clear()
    run()
    assert not TrainingTask.objects.open().filter(course=listed.course).exists()  # nobody, not everybody


def test_a_go_live_of_nothing_is_refused():
    wanted = Requirement(course=made.course(), days_before=BEFORE, starts_on=TODAY)
    with pytest.raises(ValidationError) as refused:
        put_requirement(wanted, by=make.user(), today=TODAY)
    assert made.code(refused) == "no_service"


# Previews -------------------------------------------------------------------------------------------------------------


def shown(found):
    return {name: number for name, number in found.figures().items() if number}


def test_the_preview_is_what_then_happens(row):
    have = make.user("fertig", Role.STAFF, department=row.department)
    made.done(made.task(have), TODAY)
    bau = make.User.objects.get(username="bau")
    old = made.requirement(department=bau.memberships.get().department, due_within_days=90)
    run()
    draft = Requirement.objects.get(pk=old.pk)
    draft.department, draft.due_within_days = row.department, 20
    found = preview_requirement(draft, today=TODAY)
    assert shown(found) == {"hit": 3, "have": 1, "new": 2, "gone": 1}
    assert Requirement.objects.get(pk=old.pk).due_within_days == 90
    assert put_requirement(draft, by=make.user(), today=TODAY) == 2
    assert owed() == [("amt", TODAY + timedelta(days=20)), ("theke", TODAY + timedelta(days=20))]
    assert shown(preview_requirement(draft, today=TODAY)) == {"hit": 3, "have": 1, "stay": 2}
    draft.due_within_days = 10
    assert shown(preview_requirement(draft, today=TODAY)) == {"hit": 3, "have": 1, "moved": 2}
    assert shown(preview_end(draft, today=TODAY)) == {"gone": 2}


def test_the_parts_of_a_preview_make_up_those_hit(row):
    found = preview_requirement(rule(row), today=TODAY)
    assert found.hit == found.have | found.stay | found.moved | found.new | found.exempt
    assert len(found.hit) == sum(map(len, found[1:6]))


def test_an_ended_rule_withdraws_what_is_open_and_leaves_what_is_done(row):
    amt = make.User.objects.get(username="amt")
    kept = rule(row)
    run()
    made.done(TrainingTask.objects.get(person=amt), TODAY)
    coordinator = make.user()
    end_requirement(kept, "Portal verschoben", by=coordinator, today=TODAY)
    assert owed() == []
    assert TrainingTask.objects.filter(completed_on=TODAY).count() == 1
    assert JournalEntry.objects.latest("pk").reason == "Portal verschoben"
    with pytest.raises(ValidationError) as refused:
        end_requirement(kept, by=coordinator, today=TODAY)
    assert made.code(refused) == "ended"
    made.requirement(service=row.service, days_before=BEFORE)  # the same may be made again
