"""What goes wrong is written where the operator finds it, under the id that people see, and tells nobody's data."""

import json
import logging
import os
import re
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from urllib.error import HTTPError

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError
from django.test import RequestFactory
from django.urls import resolve, reverse

from ozg_tracker import log
from ozg_tracker.accounts.signing_in.tokens import create_token
from ozg_tracker.jobs import due
from tests import make
from tests.migrated import copy_to

ROOT = Path(__file__).parent.parent
SETTINGS = """
from ozg_tracker.settings import *
STATIC_ROOT = {static!r}
"""
BROKEN = """
from ozg_tracker.wsgi import application
from ozg_tracker import legal
from ozg_tracker.accounts.signing_in import authentication

legal.render = lambda request, *rest: int(request.GET["q"])
authentication.token_of = lambda key, address: int(key)
"""


@contextmanager
def server(tmp_path, **environment):
    """A gunicorn of its own whose help page and personal keys are broken; gives its address and the file of its log."""
    (tmp_path / "real.py").write_text(SETTINGS.format(static=str(tmp_path / "static")))
    (tmp_path / "broken.py").write_text(BROKEN)
    environment = os.environ | {
        "DEBUG": "False",
        "SECRET_KEY": "x" * 60,
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'log.sqlite3'}",
        "EMAIL_URL": "dummymail://",
        "DJANGO_SETTINGS_MODULE": "real",
        "PYTHONPATH": f"{tmp_path}:{ROOT}",
        **environment,
    }
    copy_to(tmp_path / "log.sqlite3")
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=120)
    written = tmp_path / "log.txt"
    with written.open("w") as stream:
        running = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "python:ozg_tracker.server", "broken", "--bind", "127.0.0.1:0"],
            cwd=ROOT,
            env=environment,
            stderr=stream,
        )
    try:
        until = time.monotonic() + 60
        while not (found := re.search(r"http://127\.0\.0\.1:\d+", written.read_text())):
            assert running.poll() is None and time.monotonic() < until, written.read_text()
            time.sleep(0.05)
        yield found[0], written
    finally:
        running.terminate()
        running.wait(30)


def ask(address, data=None, **headers):
    """Status, headers and text of the answer, as behind a web server that ends TLS."""
    headers = {"X-Forwarded-Proto": "https", **{name.replace("_", "-"): value for name, value in headers.items()}}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, data, headers), timeout=60) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except HTTPError as answer:
        with answer:
            return answer.code, answer.headers, answer.read().decode()


def test_a_real_server_writes_a_failure_once_under_the_id_that_people_are_shown(tmp_path):
    with server(tmp_path, LOG_FORMAT="json") as (address, written):
        page = ask(f"{address}/hilfe/?q=Erika+Muster")
        problem = ask(f"{address}/api/v1/topics/", Authorization="Bearer geheim")
        ask(f"{address}/Erika.Muster/")
        ask(f"{address}/hilfe/", Host="boese.example")
        text = written.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert "Listening at" in " ".join(line["message"] for line in lines if line["logger"] == "gunicorn.error")
    lines = [line for line in lines if line["logger"] != "gunicorn.error"]
    page_id, problem_id = page[1]["X-Request-ID"], problem[1]["X-Request-ID"]
    assert (page[0], f"Kennung <b>{page_id}</b>" in page[2]) == (500, True)
    assert (problem[0], json.loads(problem[2])["request_id"]) == (500, problem_id)
    assert [(line["level"], line["request_id"], line["logger"]) for line in lines][:2] == [
        ("ERROR", page_id, "django.request"),
        ("ERROR", problem_id, "django.request"),
    ]
    assert [line["message"] for line in lines[:3]] == [
        "Internal Server Error: GET /hilfe/",
        "Error: GET /api/v1/topics/",
        "Not Found: GET /<rest>/",
    ]
    assert lines[0]["traceback"].endswith("builtins.ValueError: invalid literal for int… with base 10: …\n")
    assert "boese.example" in lines[3]["message"] and "traceback" not in lines[3]
    assert [word for word in ("Erika", "geheim") if word in text] == []


@pytest.fixture
def written(settings):
    """What the log's text says, line by line, in the form of the settings."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(log.TextFormatter())
    logging.getLogger().addHandler(handler)
    yield lambda: stream.getvalue().splitlines()
    logging.getLogger().removeHandler(handler)


def test_a_failed_sign_in_is_written_without_the_name(client, db, written):
    answer = client.post("/anmelden/", {"login": "erika.muster", "password": "geheim"})
    where = f"request={answer['X-Request-ID']} municipality=-"
    assert [line.split(" ", 1)[1] for line in written()] == [f"WARNING {where} ozg_tracker.security: Sign-in failed"]


def test_a_line_names_the_municipality_of_the_page_and_of_the_key(client, db, written, coordinator_and_key):
    person, key = coordinator_and_key
    municipality = person.memberships.get().municipality_id
    client.get("/api/v1/topics/?x=1", headers={"Authorization": f"Bearer {key}"})
    client.force_login(person)
    client.get("/personen/999/")
    assert [line.split()[3] for line in written()] == [f"municipality={municipality}"] * 2


@pytest.fixture
def coordinator_and_key(db):
    person = make.user()
    return person, create_token(person)


def test_an_address_is_written_by_its_route_so_that_a_secret_in_it_stays_one():
    request = RequestFactory().get(reverse("account_reset_password_from_key", kwargs={"uidb36": "a", "key": "b-c"}))
    request.resolver_match = resolve(request.path)
    assert "b-c" not in log.address(request) and "<key>" in log.address(request)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (IntegrityError("duplicate key\nDETAIL:  Key (username)=(erika) already exists."), "duplicate key"),
        (OperationalError('relation "people" does not exist\nLINE 1: …'), 'relation "people" does not exist'),
        (KeyError("Erika"), "…"),
        (ValueError("an erika@example.invalid nicht gesendet"), "an … nicht gesendet"),
        (SMTPRecipientsRefused({"erika@example.invalid": (550, b"no")}), "{…: …}"),
    ],
)
def test_an_exception_is_written_without_what_people_typed(error, said):
    record = logging.LogRecord("x", logging.ERROR, "", 0, "failed: %s", (error,), (type(error), error, None))
    line, *traceback = log.TextFormatter().format(record).splitlines()
    assert line.endswith(f"x: failed: {said}")
    assert traceback == [f"{type(error).__module__}.{type(error).__qualname__}: {said}"]


def test_a_line_break_makes_no_line_of_its_own():
    record = logging.LogRecord("x", logging.INFO, "", 0, "a\r\nb\u2028c", (), None)
    assert log.TextFormatter().format(record).endswith("x: a  b c")


def test_a_command_that_breaks_tells_the_id_under_which_it_is_written(db, written, monkeypatch):
    monkeypatch.setattr("reports.management.commands.verify_history.verify_history", lambda *_, **__: 1 // 0)
    with pytest.raises(CommandError) as broken:
        call_command("verify_history")
    line = written()[0]
    assert line.endswith("ozg_tracker.console: Command failed")
    assert line.split("request=")[1].split()[0] in str(broken.value)


def test_a_job_that_fails_is_written_with_its_municipality(db, written, monkeypatch):
    municipality = make.municipality()
    monkeypatch.setitem(due.JOBS, "frozen", lambda municipality, now: 1 // 0)
    due.run_due_jobs()
    assert f" municipality={municipality.pk} ozg_tracker.jobs.due: Job frozen" in written()[0]
