import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
import time_machine
from celery.schedules import crontab
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command

from ozg_tracker import due_jobs
from ozg_tracker.accounts.models import Municipality, Role
from ozg_tracker.celery import app
from ozg_tracker.tasks import run_due_jobs, run_due_jobs_of_municipality
from ozg_tracker.tracking.models import Source, StatusChange
from ozg_tracker.training.models import TrainingTask
from reports.models import Edition
from tests import make
from tests.training import made

NOW = datetime(2026, 3, 2, 11, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def town():
    """A town that told us something in January, with one training that is due soon and one person."""
    row = make.row(recorded_at=datetime(2026, 1, 10, tzinfo=UTC))
    StatusChange.objects.create(
        municipality=row.municipality, row=row, version=2, effective_on=date(2026, 1, 10), source=Source.PAGE,
        recorded_at=datetime(2026, 1, 10, tzinfo=UTC), responsibility=row.responsibility,
    )  # fmt: skip
    made.requirement(due_within_days=20)
    make.user("amt", Role.STAFF)
    return make.municipality()


def test_everything_that_is_due_is_done_once(town):
    done = {"municipalities": 1, "assigned": 1, "reminded": 1, "deleted": 0, "frozen": 2, "failures": []}
    nothing = {"municipalities": 1, "assigned": 0, "reminded": 0, "deleted": 0, "frozen": 0, "failures": []}
    assert [due_jobs.run_due_jobs(), due_jobs.run_due_jobs()] == [done, nothing]
    assert (TrainingTask.objects.count(), len(mail.outbox)) == (1, 1)
    assert list(Edition.objects.order_by("month").values_list("month", flat=True)) == [
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]


def test_what_was_missed_is_caught_up(town, clock):
    due_jobs.run_due_jobs()
    clock.move_to(datetime(2026, 6, 1, 0, 30, tzinfo=UTC))
    outcome = due_jobs.run_due_jobs()
    assert (outcome["frozen"], outcome["reminded"], outcome["failures"]) == (3, 1, [])


def test_a_month_ends_at_midnight_in_germany(town, clock):
    due_jobs.run_due_jobs()
    clock.move_to(datetime(2026, 3, 31, 21, 59, tzinfo=UTC))
    assert due_jobs.run_due_jobs()["frozen"] == 0
    clock.move_to(datetime(2026, 3, 31, 22, 0, tzinfo=UTC))
    assert due_jobs.run_due_jobs()["frozen"] == 1


def test_one_towns_trouble_is_named_and_stops_nobody(town, monkeypatch, caplog):
    neighbour = make.municipality("Neustadt", ars="159990020020")
    assign = due_jobs.JOBS["assigned"]

    def troubled(municipality, now):
        if municipality == town:
            raise ValidationError("Die Schulung ist kaputt.")
        return assign(municipality, now)

    monkeypatch.setitem(due_jobs.JOBS, "assigned", troubled)
    made.requirement(made.course(town=neighbour))
    make.user("nachbarin", Role.STAFF, town=neighbour)
    outcome = due_jobs.run_due_jobs()
    assert outcome["failures"] == [{"municipality": make.ARS, "job": "assigned", "message": "Die Schulung ist kaputt."}]
    assert (outcome["assigned"], outcome["frozen"]) == (1, 2)
    assert f"Job assigned of municipality {make.ARS} failed" in caplog.text


def _run(*arguments):
    out = StringIO()
    status = 0
    try:
        call_command("run_due_jobs", *arguments, stdout=out)
    except SystemExit as end:
        status = end.code
    return status, out.getvalue()


def test_the_command_prints_the_outcome(town):
    status, printed = _run("--json")
    assert (status, json.loads(printed)["frozen"]) == (0, 2)
    assert _run() == (
        0,
        "Kommunen: 1\nSchulungen zugewiesen: 0\nErinnerungen verschickt: 0\n"
        "Schulungsdaten nach Ablauf gelöscht: 0\nMonate festgeschrieben: 0\n",
    )


def test_the_command_ends_with_1_where_something_failed(town, monkeypatch):
    def troubled(municipality, now):
        raise OSError("Platte voll")

    monkeypatch.setitem(due_jobs.JOBS, "reminded", troubled)
    status, printed = _run()
    assert status == 1
    assert f"Nicht gelungen in {make.ARS} (reminded): Platte voll" in printed


def test_without_a_town_there_is_nothing_to_do():
    assert due_jobs.run_due_jobs()["municipalities"] == 0


def test_the_task_does_the_same_town_by_town(town):
    run_due_jobs.delay()
    assert (TrainingTask.objects.count(), Edition.objects.count(), len(mail.outbox)) == (1, 2, 1)


def test_a_task_for_a_town_that_is_gone_says_so(caplog):
    run_due_jobs_of_municipality.delay(0)
    assert (Municipality.objects.count(), "Municipality 0 is gone" in caplog.text) == (0, True)


def test_the_clock_is_in_utc_and_asks_every_hour():
    (entry,) = app.conf.beat_schedule.values()
    assert (app.conf.timezone, entry["schedule"]) == ("UTC", crontab(minute="7"))
    app.loader.import_default_modules()
    assert entry["task"] in app.tasks


def test_a_task_may_be_given_back_and_none_runs_longer_than_it_stays_hidden():
    assert app.conf.task_acks_late is True
    assert app.conf.task_time_limit < app.conf.broker_transport_options["visibility_timeout"]
