"""The jobs really run through a broker: a worker of its own, a Redis server, a database both can reach."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
import redis

from tests.migrated import copy_to

ROOT = Path(__file__).parents[2]
BROKER = os.environ.get("TEST_BROKER_URL", "redis://127.0.0.1:6379/5")
pytestmark = pytest.mark.broker

FILL = """
from datetime import date
from django.utils import timezone
from catalog.models import MaturityModel
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.accounts.people import add_user
from ozg_tracker.training.models import Course, Requirement
model = MaturityModel.objects.get(version="1.1")
for number in (1, 2):
    municipality = Municipality.objects.create(
        ars=f"15999001000{number}", name=f"Stadt {number}", kind="kreisangehoerig", maturity_model=model
    )
    add_user(f"amt.{number}", municipality=municipality, role="staff")
    course = Course.objects.create(municipality=municipality, title="Datenschutz")
    Requirement.objects.create(course=course, starts_on=date(2026, 1, 1))
"""
SEND = """
from ozg_tracker.tasks import run_due_jobs
for _ in range(2):
    run_due_jobs.delay()
"""


@pytest.fixture
def environment(tmp_path):
    server = redis.Redis.from_url(BROKER)
    try:
        server.flushdb()
    except redis.ConnectionError:
        pytest.skip(f"kein Redis unter {BROKER}")
    yield os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'broker.sqlite3'}",
        "CELERY_BROKER_URL": BROKER,
        "EMAIL_URL": "dummymail://",
        "LOG_FORMAT": "json",
        "DJANGO_SETTINGS_MODULE": "ozg_tracker.settings",
    }
    server.flushdb()
    server.close()


def _manage(environment, *arguments):
    command = [sys.executable, "manage.py", *arguments]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def _training_tasks(path):
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT count(*) FROM training_trainingtask").fetchone()[0]


def _wait_for_tasks(path, expected):
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and _training_tasks(path) < expected:
        time.sleep(0.2)


def test_a_worker_does_what_is_due_in_every_municipality_and_twice_is_once(environment, tmp_path):
    path = tmp_path / "broker.sqlite3"
    copy_to(path)
    _manage(environment, "shell", "-v", "0", "-c", FILL + SEND)
    assert _training_tasks(path) == 0  # nobody has worked yet
    log = (tmp_path / "worker.log").open("w")
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "ozg_tracker", "worker", "--pool", "solo", "--loglevel", "INFO"],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_for_tasks(path, 2)
    finally:
        worker.terminate()
        worker.wait(30)
        log.close()
    assert _training_tasks(path) == 2
    written = (tmp_path / "worker.log").read_text()
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    done = [
        line for line in lines if "run_due_jobs_of_municipality" in line["message"] and "succeeded" in line["message"]
    ]
    assert {(line["logger"], line["level"]) for line in done} == {("celery.app.trace", "INFO")}
    assert all(line["request_id"] in line["message"] for line in done)
    assert "Traceback" not in written, written
