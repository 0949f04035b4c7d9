from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.findings.looking import findings, with_finding
from ozg_tracker.tracking.findings.snoozing import put_off
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.rights import rights_in
from ozg_tracker.training.assigning.assignment import assign_due_trainings
from ozg_tracker.training.models import TrainingTask
from ozg_tracker.training.team.coverage import coverage
from ozg_tracker.training.team.readiness import readiness, unready, unready_rows
from tests import make
from tests.training import made
from tests.training.made import TODAY

pytestmark = pytest.mark.django_db

GOES_LIVE = date(2026, 6, 1)


def service(number, people, done, planned_on=GOES_LIVE, **state):
    """A service whose department has so many people, of whom so many have done what is asked before the go-live."""
    office = make.department(f"Amt {number}")
    row = make.row(make.service(f"9910201310400{number}", f"Leistung {number}"), department=office, **state)
    row.planned_on = planned_on
    row.save()
    made.requirement(made.course("Portal"), service=row.service, days_before=14)
    for each in range(people):
        person = make.user(f"p{number}{each}", Role.STAFF, department=office)
        if each < done:
            made.done(made.task(person, made.course("Portal")), TODAY)
    return row


def told(found):
    return [(each.row.service.name, each.ready, each.team, each.complete) for each in found]


def test_a_team_from_five_people_on_has_a_number():
    service(1, people=6, done=4)
    service(2, people=4, done=1, planned_on=GOES_LIVE + timedelta(days=1))
    service(3, people=5, done=5, planned_on=GOES_LIVE + timedelta(days=2))
    found = readiness(None, make.municipality(), TODAY)
    assert told(found) == [
        ("Leistung 1", 4, 6, False),
        ("Leistung 2", None, None, False),
        ("Leistung 3", 5, 5, True),
    ]
    assert found[0].missing == [(made.course("Portal"), 2)]
    assert found[1].missing is None


def test_it_is_a_finding_once_it_is_online_or_its_day_has_come():
    live = service(1, people=5, done=3, level=3)
    service(2, people=5, done=3, planned_on=TODAY)
    service(3, people=5, done=5, planned_on=TODAY)
    service(4, people=5, done=3, planned_on=TODAY + timedelta(days=1))
    assert [each.row.service.name for each in unready(make.municipality(), TODAY)] == ["Leistung 2", "Leistung 1"]
    assert live.planned_on == GOES_LIVE


def test_what_went_online_and_has_no_planned_day_any_more_is_still_a_finding():
    row = service(1, people=6, done=3)
    assert assign_due_trainings(make.municipality(), TODAY) == 3
    level = make.row(make.service("99102013104009"), level=3).level
    MunicipalService.objects.filter(pk=row.pk).update(planned_on=None, state="done", level=level)
    assert assign_due_trainings(make.municipality(), TODAY) == 0
    assert TrainingTask.objects.open().count() == 3
    (found,) = unready(make.municipality(), TODAY)
    assert (found.row, found.goes_live_on, found.is_live, found.ready, found.team) == (row, None, True, 3, 6)
    assert unready_rows(make.municipality(), TODAY) == [row.pk]
    make.user("neu", Role.STAFF, department=row.department)
    assert assign_due_trainings(make.municipality(), TODAY) == 1  # who joins the team is asked as before


def test_two_weeks_before_it_is_a_finding_of_the_service_for_teams_of_which_a_number_is_told():
    soon = service(1, people=5, done=3, planned_on=TODAY + timedelta(days=14))
    service(2, people=5, done=5, planned_on=TODAY)
    service(3, people=4, done=0, planned_on=TODAY)
    service(4, people=5, done=3, planned_on=TODAY + timedelta(days=15))
    make.row(make.service("99102013104009"), municipality=make.municipality("Nachbarstadt", "159990010020"))
    rows = MunicipalService.objects.all()
    found = {each.rule.code: each.count for each in findings(rows, TODAY).found}
    assert found["team_unready"] == 1
    assert list(rows.filter(with_finding("team_unready", TODAY, rows))) == [soon]
    coordinator, municipality = make.user(), make.municipality()
    said = {"until": TODAY + timedelta(days=9), "reason": "Schulung ist angesetzt", "by": coordinator}
    with time_machine.travel(datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC), tick=False):
        number = put_off(municipality, "team_unready", [soon.pk], rights=rights_in(municipality, coordinator), **said)
    assert (number, rows.filter(with_finding("team_unready", TODAY, rows)).count()) == (1, 0)


def test_what_has_expired_makes_nobody_ready():
    row = service(1, people=5, done=5)
    TrainingTask.objects.update(renews_on=TODAY)
    assert told(readiness([row.pk], make.municipality(), TODAY)) == [("Leistung 1", 0, 5, False)]


def test_the_queries_do_not_grow(django_assert_num_queries):
    service(1, people=5, done=1)
    with CaptureQueriesContext(connection) as one:
        readiness(None, make.municipality(), TODAY)
    for number in (2, 3):
        service(number, people=5, done=1)
    with django_assert_num_queries(len(one)):
        readiness(None, make.municipality(), TODAY)


def test_coverage_adds_up_by_rule_and_by_course():
    rule = made.requirement(made.course("Portal"), due_within_days=30)
    people = [make.user(f"p{number}", Role.STAFF) for number in range(4)]
    assign_due_trainings(make.municipality(), TODAY)
    tasks = list(TrainingTask.objects.order_by("pk"))
    made.done(tasks[0], TODAY)
    TrainingTask.objects.filter(pk=tasks[1].pk).update(due_on=TODAY - timedelta(days=1))
    TrainingTask.objects.filter(pk=tasks[2].pk).update(suspended_until=TODAY + timedelta(days=9))
    made.task(people[0], made.course("Erste Hilfe"))
    by_rule, by_course = coverage(make.municipality(), TODAY)
    lines = [
        (each.course.title, each.about, each.asked, each.done, each.due, each.late, each.suspended) for each in by_rule
    ]
    assert lines == [("Erste Hilfe", None, 1, 0, 1, 0, 0), ("Portal", rule, 4, 1, 1, 1, 1)]
    assert [(each.course.title, each.asked) for each in by_course] == [("Erste Hilfe", 1), ("Portal", 4)]
