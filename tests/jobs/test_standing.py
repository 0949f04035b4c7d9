from datetime import UTC, date, datetime

import pytest
import time_machine
from django.utils import timezone

from ozg_tracker.jobs import due as due_jobs
from ozg_tracker.jobs.standing import job_standings, next_due
from ozg_tracker.models import Job, JobRun
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 3, 2, 11, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def municipality():
    return make.municipality()


def standing(job):
    return dict(zip(Job, job_standings(), strict=True))[job]


def test_every_job_has_a_name_for_people():
    assert list(due_jobs.JOBS) == Job.values


@pytest.mark.parametrize(
    ("job", "day", "due"),
    [
        (Job.ASSIGNED, date(2026, 2, 28), date(2026, 3, 1)),
        (Job.FROZEN, date(2026, 3, 1), date(2026, 4, 1)),
        (Job.FROZEN, date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_days_come_every_day_and_months_on_their_first(job, day, due):
    assert next_due(job, day) == due


def test_before_the_first_run_every_job_waits_for_every_municipality(municipality):
    assert [(each.last, each.waiting) for each in job_standings()] == [(None, 1)] * 7


def test_a_run_says_when_it_was_and_when_it_is_due_again(municipality):
    due_jobs.run_due_jobs()
    assigned, frozen = standing(Job.ASSIGNED), standing(Job.FROZEN)
    assert (assigned.last, assigned.due_on, assigned.late) == (timezone.now(), date(2026, 3, 3), False)
    assert (frozen.due_on, assigned.waiting, assigned.caught_up_on) == (date(2026, 4, 1), 0, None)


def test_a_second_run_keeps_one_line_a_job(municipality, clock):
    due_jobs.run_due_jobs()
    clock.move_to(datetime(2026, 3, 2, 12, tzinfo=UTC))
    due_jobs.run_due_jobs()
    assert (JobRun.objects.count(), standing(Job.ASSIGNED).last) == (7, timezone.now())


def test_what_was_missed_is_seen_as_late_and_then_as_caught_up(municipality, clock):
    due_jobs.run_due_jobs()
    clock.move_to(datetime(2026, 4, 5, 9, tzinfo=UTC))
    assert [(each.late, each.due_on) for each in (standing(Job.ASSIGNED), standing(Job.FROZEN))] == [
        (True, date(2026, 3, 3)),
        (True, date(2026, 4, 1)),
    ]
    for hour in (9, 10):  # the next run keeps the note
        clock.move_to(datetime(2026, 4, 5, hour, tzinfo=UTC))
        due_jobs.run_due_jobs()
    assigned, frozen = standing(Job.ASSIGNED), standing(Job.FROZEN)
    assert (assigned.late, assigned.caught_up_from, assigned.caught_up_on) == (
        False, date(2026, 3, 3), date(2026, 4, 5),
    )  # fmt: skip
    assert frozen.caught_up_from == date(2026, 4, 1)


def test_the_day_is_the_german_one(municipality, clock):
    clock.move_to(datetime(2026, 3, 31, 22, 30, tzinfo=UTC))  # 1 April in Germany
    due_jobs.run_due_jobs()
    assert standing(Job.FROZEN).due_on == date(2026, 5, 1)


def test_what_fails_stays_due_and_is_named(municipality, clock, monkeypatch):
    def troubled(municipality, now):
        raise OSError("Platte voll")

    due_jobs.run_due_jobs()
    monkeypatch.setitem(due_jobs.JOBS, "reminded", troubled)
    clock.move_to(datetime(2026, 3, 4, 9, tzinfo=UTC))
    due_jobs.run_due_jobs()
    failed = standing(Job.REMINDED)
    assert (failed.failed, [run.message for run in failed.failures]) == (1, ["Platte voll"])
    assert (failed.due_on, failed.late, failed.caught_up_on) == (date(2026, 3, 3), True, None)


@pytest.mark.parametrize("municipalities", [1, 3])
def test_the_jobs_take_as_many_queries_for_one_municipality_as_for_three(municipalities, django_assert_num_queries):
    for number in range(municipalities):
        make.municipality(f"Stadt {number}", ars=f"15999002002{number}")
    due_jobs.run_due_jobs()
    with django_assert_num_queries(3):
        assert {each.waiting for each in job_standings()} == {0}


def test_the_operator_sees_how_the_jobs_run(client, municipality, clock):
    client.force_login(make.user("betrieb", role="operator"))
    assert "noch nie" in client.get("/").text
    due_jobs.run_due_jobs()
    clock.move_to(datetime(2026, 3, 4, 9, tzinfo=UTC))
    client.force_login(make.User.objects.get(username="betrieb"))
    assert "überfällig seit 03.03.2026" in client.get("/").text
    due_jobs.run_due_jobs()
    text = client.get("/").text
    assert "04.03.2026, 10:00" in text and "am 04.03.2026 nachgeholt, was seit 03.03.2026 fällig war" in text


def test_of_many_municipalities_the_operator_sees_the_first_and_the_way_to_all(client):
    for number in range(21):
        make.municipality(f"Stadt {number:02}", ars=f"1599900200{number:02}")
    client.force_login(
        make.user("betrieb", role="operator", municipality=make.municipality("Stadt 00", ars="159990020000"))
    )
    text = client.get("/").text
    assert "Stadt 19" in text and "Stadt 20" not in text and "Alle 21 Kommunen" in text
