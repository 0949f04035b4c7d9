import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
import time_machine
from celery.schedules import crontab
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command

from ozg_tracker.accounts.models import Municipality, Role
from ozg_tracker.celery import app
from ozg_tracker.jobs import due
from ozg_tracker.tasks import run_due_jobs, run_due_jobs_of_municipality
from ozg_tracker.tracking.models import MunicipalService, Source
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


def tell(municipality, year, month, day):
    """Something that people told us on a day."""
    recorded_at = datetime(year, month, day, tzinfo=UTC)
    make.event(MunicipalService.objects.get(municipality=municipality), recorded_at=recorded_at, source=Source.PAGE)


@pytest.fixture
def municipality():
    """A municipality that told us something in January and February, with one person and one training, due soon."""
    make.row(recorded_at=datetime(2026, 1, 10, tzinfo=UTC))
    tell(make.municipality(), 2026, 1, 10)
    tell(make.municipality(), 2026, 2, 10)
    made.requirement(due_within_days=20)
    make.user("amt", Role.STAFF)
    return make.municipality()


def test_everything_that_is_due_is_done_once(municipality):
    done = {
        "municipalities": 1,
        "effective": 0,
        "assigned": 1,
        "reminded": 1,
        "deleted": 0,
        "frozen": 2,
        "drawn": 0,
        "compared": 0,
        "delivered": 0,
        "failures": [],
        "notes": [],
    }
    nothing = {
        "municipalities": 1,
        "effective": 0,
        "assigned": 0,
        "reminded": 0,
        "deleted": 0,
        "frozen": 0,
        "drawn": 0,
        "compared": 0,
        "delivered": 0,
        "failures": [],
        "notes": [],
    }
    assert [due.run_due_jobs(), due.run_due_jobs()] == [done, nothing]
    assert (TrainingTask.objects.count(), len(mail.outbox)) == (1, 1)
    assert list(Edition.objects.order_by("month").values_list("month", flat=True)) == [
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]


def test_what_was_missed_is_caught_up(municipality, clock):
    due.run_due_jobs()
    tell(municipality, 2026, 5, 20)
    clock.move_to(datetime(2026, 6, 1, 0, 30, tzinfo=UTC))
    outcome = due.run_due_jobs()
    assert (outcome["frozen"], outcome["reminded"], outcome["failures"]) == (3, 0, [])  # nobody is woken at night
    clock.move_to(datetime(2026, 6, 1, 4, 30, tzinfo=UTC))
    outcome = due.run_due_jobs()
    assert (outcome["frozen"], outcome["reminded"], outcome["failures"]) == (0, 1, [])


def test_a_month_ends_at_midnight_in_germany(municipality, clock):
    due.run_due_jobs()
    tell(municipality, 2026, 3, 20)
    clock.move_to(datetime(2026, 3, 31, 21, 59, tzinfo=UTC))
    assert due.run_due_jobs()["frozen"] == 0
    clock.move_to(datetime(2026, 3, 31, 22, 0, tzinfo=UTC))
    assert due.run_due_jobs()["frozen"] == 1


def test_months_in_which_nothing_was_recorded_are_left_to_a_person_who_is_told(municipality, clock):
    due.run_due_jobs()
    clock.move_to(datetime(2026, 4, 1, 9, tzinfo=UTC))
    one = due.run_due_jobs()
    clock.move_to(datetime(2026, 11, 2, 9, tzinfo=UTC))
    eight = due.run_due_jobs()
    assert [one["frozen"], eight["frozen"], Edition.objects.count()] == [0, 0, 2]
    assert one["notes"] == [
        {
            "municipality": make.ARS,
            "job": "frozen",
            "message": "März 2026 ist nicht festgeschrieben, weil seit Februar 2026 nichts erfasst wurde. Das "
            "geschieht mit der nächsten Änderung von selbst oder auf der Seite der Berichte von Hand.",
        }
    ]
    assert "8 Monate ab März 2026 sind nicht festgeschrieben" in eight["notes"][0]["message"]
    assert f"{make.ARS}: 8 Monate ab März 2026" in _run()[1]
    tell(municipality, 2026, 11, 1)
    assert due.run_due_jobs()["frozen"] == 8


def test_the_operator_sees_what_was_left(municipality, clock, client):
    clock.move_to(datetime(2026, 4, 1, 9, tzinfo=UTC))
    due.run_due_jobs()
    client.force_login(make.user("betrieb", Role.OPERATOR))
    assert "Musterstadt: März 2026 ist nicht festgeschrieben" in client.get("/").text


def test_the_trouble_of_one_municipality_is_named_and_stops_nobody(municipality, monkeypatch, caplog):
    neighbour = make.municipality("Neustadt", ars="159990020020")
    assign = due.JOBS["assigned"]

    def troubled(place, now):
        if place == municipality:
            raise ValidationError("Die Schulung ist kaputt.")
        return assign(place, now)

    monkeypatch.setitem(due.JOBS, "assigned", troubled)
    made.requirement(made.course(municipality=neighbour))
    make.user("nachbarin", Role.STAFF, municipality=neighbour)
    outcome = due.run_due_jobs()
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


def test_the_command_prints_the_outcome(municipality):
    status, printed = _run("--json")
    assert (status, json.loads(printed)["frozen"]) == (0, 2)
    assert _run() == (
        0,
        "Kommunen: 1\nAb heute gültig eingetragen: 0\nSchulungen zugewiesen: 0\nErinnerungen verschickt: 0\n"
        "Schulungsdaten nach Ablauf gelöscht: 0\nMonate festgeschrieben: 0\n",
    )


def test_the_command_ends_with_1_where_something_failed(municipality, monkeypatch):
    def troubled(municipality, now):
        raise OSError("Platte voll")

    monkeypatch.setitem(due.JOBS, "reminded", troubled)
    status, printed = _run()
    assert status == 1
    assert f"Nicht gelungen in {make.ARS} (reminded): Platte voll" in printed


def test_without_a_municipality_there_is_nothing_to_do():
    assert due.run_due_jobs()["municipalities"] == 0


def test_the_task_does_the_same_municipality_by_municipality(municipality):
    run_due_jobs.delay()
    assert (TrainingTask.objects.count(), Edition.objects.count(), len(mail.outbox)) == (1, 2, 1)


def test_a_task_for_a_municipality_that_is_gone_says_so(caplog):
    run_due_jobs_of_municipality.delay(0)
    assert (Municipality.objects.count(), "Municipality 0 is gone" in caplog.text) == (0, True)


def test_the_clock_is_in_utc_and_asks_every_hour_and_for_webhooks_every_minute():
    asked = app.conf.beat_schedule
    assert app.conf.timezone == "UTC"
    assert {name: entry["schedule"] for name, entry in asked.items()} == {
        "run-due-jobs": crontab(minute="7"),
        "send-webhooks": crontab(),
    }
    app.loader.import_default_modules()
    assert {entry["task"] for entry in asked.values()} <= set(app.tasks)


def test_a_task_may_be_given_back_and_none_runs_longer_than_it_stays_hidden():
    assert app.conf.task_acks_late is True
    assert app.conf.task_time_limit < app.conf.broker_transport_options["visibility_timeout"]
