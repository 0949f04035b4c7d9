"""`check --deploy` fails for what would start and then fail people, and for nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks

from ozg_tracker.accounts.demo_keys import DEMO_ARS, DEMO_PASSWORD
from tests import make
from tests.migrated import copy_to

ROOT = Path(__file__).parent.parent


def program(tmp_path, *command, **settings):
    fit = {
        "DEBUG": "False",
        "SECRET_KEY": "".join(map(chr, range(60, 120))),
        "ALLOWED_HOSTS": "ozg.example.de",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'deployed.sqlite3'}",
        "EMAIL_URL": "smtp+tls://kim:geheim@mail.example.de",
        "BASE_URL": "https://ozg.example.de",
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
    }
    run = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT, env=fit | settings, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return run.returncode, run.stderr


def test_what_is_fit_passes_and_what_is_not_is_named(tmp_path):
    status, said = program(tmp_path, "check", "--deploy")
    assert (status, "(ozg.E003) Die Datenbank ist nicht eingerichtet" in said) == (1, True)
    copy_to(tmp_path / "deployed.sqlite3")
    status, said = program(tmp_path, "check", "--deploy")
    assert (status, "WARNINGS" in said, "Traceback" in said) == (0, False, False)
    status, said = program(
        tmp_path, "check", "--deploy",
        SECRET_KEY="kurz", EMAIL_URL="console://", BASE_URL="http://localhost:8000", DEBUG="True",
    )  # fmt: skip
    assert (status, [f"ozg.E00{n}" in said for n in range(1, 6)]) == (1, [True, True, False, True, True])


def test_a_database_that_does_not_answer_is_named(tmp_path):
    status, said = program(tmp_path, "check", "--deploy", DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert (status, "(ozg.E003) Die Datenbank antwortet nicht" in said, "Traceback" in said) == (1, True, False)


def problems():
    return {each.id for each in run_checks(include_deployment_checks=True) if each.id.startswith(("ozg", "accounts"))}


@pytest.fixture
def fit(settings):
    settings.DEBUG, settings.SECRET_KEY = False, "".join(map(chr, range(60, 120)))
    settings.BASE_URL = "https://ozg.example.de/tracker"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    return settings


@pytest.mark.django_db
def test_each_thing_that_is_not_ready_is_one_error(fit):
    assert problems() == set()
    for name, value, expected in (
        ("SECRET_KEY", "x" * 60, "ozg.E002"),
        ("SECRET_KEY", "abcdefghijk", "ozg.E002"),
        ("EMAIL_BACKEND", "ozg_tracker.console.MailsOnScreen", "ozg.E004"),
        ("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend", "ozg.E004"),
        ("BASE_URL", "http://127.0.0.1:8000", "ozg.E005"),
        ("BASE_URL", "http://[::1]/", "ozg.E005"),
    ):
        before = getattr(fit, name)
        setattr(fit, name, value)
        assert problems() == {expected}
        setattr(fit, name, before)


@pytest.mark.django_db
def test_demo_sign_ins_are_an_error_and_work_only_while_debug_is_on(fit, client):
    person = make.user("rat.1", role="council", municipality=make.municipality(ars=DEMO_ARS))
    person.set_password(DEMO_PASSWORD)
    person.save()
    assert problems() == {"accounts.E001"}
    form = {"login": "rat.1", "password": DEMO_PASSWORD}
    fit.SECURE_SSL_REDIRECT = False
    refused = client.post("/anmelden/", form)
    assert (refused.status_code, "Name oder Passwort stimmt nicht" in refused.text) == (200, True)
    assert "_auth_user_id" not in client.session
    fit.DEBUG = True
    assert client.post("/anmelden/", form).status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)
