"""Reminders against real mail servers on this machine: one that works, some that fall silent, and killed processes."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import ValidationError

from ozg_tracker.accounts.mailing import NoMailServer
from ozg_tracker.accounts.models import Role
from ozg_tracker.accounts.reminding.sending import send_due_reminders
from ozg_tracker.jobs import due
from ozg_tracker.tracking.models import Source
from ozg_tracker.training.models import Reminder
from reports.models import Edition
from tests import make
from tests.migrated import copy_to
from tests.training import made
from tests.training.mail_server import mail_server

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 11, tzinfo=UTC)
DUE = date(2026, 3, 5)


@pytest.fixture
def through(settings):
    """Let mails leave through a server, waiting half a second for each of its answers."""

    def use(server):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_TIMEOUT = 0.5

    return use


def people(count, municipality=None):
    course = made.course(municipality=municipality)
    return [
        made.task(make.user(f"amt.{n}.{course.pk}", Role.STAFF, municipality=municipality), course, DUE)
        for n in range(count)
    ]


@pytest.mark.django_db
def test_a_run_needs_one_connection_for_all_letters_of_all_municipalities(through):
    people(2)
    people(2, make.municipality("Neustadt", ars="159990020020"))
    with mail_server() as server:
        through(server)
        assert due.run_due_jobs(NOW)["reminded"] == 4
    assert (len(server.letters), server.connections) == (4, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(("silent_at", "waits"), [("", 1), ("EHLO", 3), ("MAIL", 3), ("DATA", 3)])
def test_a_silent_server_ends_the_run_soon_and_nothing_is_lost(through, silent_at, waits):
    people(3)
    with mail_server(silent_at) as server:
        through(server)
        began = time.monotonic()
        with pytest.raises(NoMailServer, match="Der Mailserver antwortet nicht"):
            send_due_reminders(NOW)
        assert time.monotonic() - began < 0.5 * (waits * 2 + 1)
    assert Reminder.objects.filter(failed_at=None).count() == 0
    with mail_server() as server:
        through(server)
        assert send_due_reminders(NOW) == 3


@pytest.mark.django_db
def test_the_months_of_every_municipality_are_frozen_before_any_municipality_waits_for_the_mail_server(through):
    order = []
    municipalities = [make.municipality(), make.municipality("Neustadt", ars="159990020020")]
    with mail_server("") as server, pytest.MonkeyPatch.context() as patch:
        through(server)
        for name, job in due.JOBS.items():
            patch.setitem(
                due.JOBS,
                name,
                lambda municipality, now, name=name, job=job: order.append(name) or job(municipality, now),
            )
        for municipality in municipalities:
            people(1, municipality)
        outcome = due.run_due_jobs(NOW)
    assert order == ["effective", "assigned", "deleted", "frozen", "drawn", "compared"] * 2 + ["reminded"] * 2
    assert [(each["municipality"], each["job"]) for each in outcome["failures"]] == [
        (municipality.ars, "reminded") for municipality in municipalities
    ]
    assert server.connections == 1  # the second municipality does not wait for what the first has found out


@pytest.mark.django_db
def test_a_month_is_frozen_although_the_mail_server_is_silent(through):
    make.event(make.row(), recorded_at=datetime(2026, 2, 10, tzinfo=UTC), source=Source.PAGE)
    people(1)
    with mail_server("") as server, time_machine.travel(NOW, tick=False):
        through(server)
        outcome = due.run_due_jobs()
    assert ([each["job"] for each in outcome["failures"]], Edition.objects.count()) == (["reminded"], 1)


@pytest.mark.django_db
def test_letters_that_went_out_before_the_server_fell_silent_are_counted(through, monkeypatch):
    people(3)
    error = NoMailServer("weg")
    error.done = 2
    monkeypatch.setitem(due.JOBS, "reminded", lambda municipality, now: (_ for _ in ()).throw(error))
    outcome = due.run_due_jobs(NOW)
    assert (outcome["reminded"], len(outcome["failures"])) == (2, 1)
    assert isinstance(error, ValidationError)


FILL = """
from datetime import date, timedelta
from django.utils import timezone
from catalog.models import MaturityModel
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.accounts.people import add_user
from ozg_tracker.accounts.reminder_choices import choose
from ozg_tracker.training.models import Course, TrainingTask
today = timezone.localdate()
municipality = Municipality.objects.create(
    ars="159990010010", name="Stadt", kind="kreisangehoerig", maturity_model=MaturityModel.objects.get(version="1.1")
)
person = add_user("amt", municipality=municipality, role="staff", email="amt@example.invalid")
person = getattr(person, "user", person)
choose(person, "daily", 0, 0)  # at any hour, also in that of the test
course = Course.objects.create(municipality=municipality, title="Datenschutz")
TrainingTask.objects.create(
    municipality=municipality, course=course, person=person, due_on=today - timedelta(days=1),
    period_start=date(2026, 1, 1), assigned_on=date(2026, 1, 1), reason="alle",
)
"""


class Installation:
    """A database of its own and the program's commands, each a process."""

    def __init__(self, folder):
        self.path = folder / "mail.sqlite3"
        self.environment = os.environ | {"DATABASE_URL": f"sqlite:///{self.path}", "CELERY_BROKER_URL": ""}

    def start(self, *command, mail="dummymail://"):
        environment = self.environment | {"EMAIL_URL": mail, "EMAIL_TIMEOUT": "60"}
        return subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def run(self, *command, mail="dummymail://"):
        process = self.start(*command, mail=mail)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
        return said

    def ask(self, statement):
        with closing(sqlite3.connect(self.path)) as database, database:
            return database.execute(statement).fetchall()


def test_a_worker_killed_between_claim_and_send_loses_nothing(tmp_path):
    program = Installation(tmp_path)
    copy_to(program.path)
    program.run("shell", "-v", "0", "-c", FILL)
    with mail_server("DATA") as silent:
        worker = program.start("run_due_jobs", mail=silent.address)
        assert silent.silent.wait(60), worker.stdout.read()
        os.kill(worker.pid, signal.SIGKILL)
        worker.communicate(timeout=30)
    assert program.ask("SELECT stage, sent_at, failed_at FROM training_reminder") == [("overdue", None, None)]
    with mail_server() as server:
        program.run("run_due_jobs", mail=server.address)
        assert server.letters == []  # whoever claimed may still be about to send
        for claimed in ("training_reminder", "accounts_reminderletter"):
            program.ask(f"UPDATE {claimed} SET claimed_at = datetime(claimed_at, '-61 minutes')")
        program.run("run_due_jobs", mail=server.address)
        program.run("run_due_jobs", mail=server.address)
    assert len(server.letters) == 1
    assert program.ask("SELECT count(*) FROM training_reminder WHERE sent_at IS NULL") == [(0,)]
