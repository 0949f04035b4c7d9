"""Wrong settings stop the start with a German sentence and without a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ozg_tracker.settings import _mail_url


def start(**settings):
    """Start a command with these settings alone; returns its exit status and what it said."""
    clean = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    run = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=Path(__file__).parent.parent,
        env=clean | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stderr


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DEBUG", "vielleicht", "erwartet wird True oder False"),
        ("UPLOAD_MAX_MB", "viel", "erwartet wird eine ganze Zahl"),
        ("UPLOAD_MAX_MB", "0", "erwartet wird eine Zahl ab 1"),
        ("FIM_API_URL", "file:///etc/passwd", "erwartet wird eine Adresse wie https://"),
        ("DATABASE_URL", "foo://x", "erwartet wird eine Adresse wie postgres://"),
        ("EMAIL_URL", "foo", "erwartet wird eine Adresse wie smtp+tls://"),
        ("EMAIL_URL", "foo://mail", "erwartet wird eine Adresse wie smtp+tls://"),
        ("EMAIL_URL", "smtp+tls://", "erwartet wird eine Adresse wie smtp+tls://"),
        ("EMAIL_URL", "smtp://mail:viele", "erwartet wird eine Adresse wie smtp+tls://"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_expected(name, value, expected):
    status, said = start(**{name: value})
    assert (status, f"{name}: Der Wert stimmt nicht; {expected}" in said, "Traceback" in said) == (2, True, False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("smtp+tls://kim:geheim@mail", ("smtp", "mail", 587, True)),
        ("smtp://mail", ("smtp", "mail", 25, False)),
        ("smtp://mail:465?ssl=True", ("smtp", "mail", 465, False)),
        ("dummymail://", ("dummy", None, None, False)),
        ("consolemail://", ("console", None, None, False)),
        ("", ("console", None, None, False)),
    ],
)
def test_mails_leave_as_the_address_says(value, expected):
    found = _mail_url(value)
    way = found["EMAIL_BACKEND"].split(".")[-2]
    assert (way, found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == expected


def test_without_debug_a_secret_key_is_required():
    status, said = start(DEBUG="False", ALLOWED_HOSTS="ozg.example.de")
    assert (status, "SECRET_KEY fehlt" in said) == (2, True)


def test_a_secret_may_stand_in_a_file(tmp_path):
    (tmp_path / "key").write_text("x" * 60 + "\n")
    assert start(DEBUG="False", ALLOWED_HOSTS="ozg.example.de", SECRET_KEY_FILE=str(tmp_path / "key"))[0] == 0
