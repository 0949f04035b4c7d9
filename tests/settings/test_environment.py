"""Wrong settings stop the start with a German sentence and without a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from environs import EnvError

from ozg_tracker.settings import _mail_url
from ozg_tracker.settings.environment import _base_url, _broker_url, _folder, _hosts, _roles

ROOT = Path(__file__).parents[2]


def start(**settings):
    """Start a command with these settings alone; returns its exit status and what it said."""
    clean = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    run = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=clean | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return run.returncode, run.stderr


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DEBUG", "vielleicht", "erwartet wird True oder False"),
        ("UPLOAD_MAX_MB", "viel", "erwartet wird eine ganze Zahl"),
        ("UPLOAD_MAX_MB", "0", "erwartet wird eine Zahl ab 1"),
        ("FIM_API_URL", "file:///etc/passwd", "erwartet wird eine Adresse wie https://"),
        ("LOG_FORMAT", "xml", "erwartet wird text oder json"),
        ("DATABASE_URL", "foo://x", "erwartet wird eine Adresse wie postgres://"),
        ("EMAIL_URL", "foo", "erwartet wird eine Adresse wie smtp+tls://"),
        ("EMAIL_URL", "foo://mail", "erwartet wird eine Adresse wie smtp+tls://"),
        ("EMAIL_URL", "smtp+tls://", "erwartet wird eine Adresse wie smtp+tls://"),
        ("EMAIL_URL", "smtp://mail:viele", "erwartet wird eine Adresse wie smtp+tls://"),
        ("EMAIL_URL", "smtp://mail?timeout=0", "erwartet wird eine Adresse wie smtp+tls://"),
        ("EMAIL_TIMEOUT", "0", "erwartet wird eine Zahl ab 1"),
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


def test_files_that_cannot_be_read_are_named_together(tmp_path):
    (tmp_path / "no-text").write_bytes(b"\xff\xfe\x00")
    status, said = start(
        SECRET_KEY_FILE=str(tmp_path / "none"), EMAIL_URL_FILE=str(tmp_path), BASE_URL_FILE=str(tmp_path / "no-text")
    )
    named = [
        f"{name}_FILE: Die Datei lässt sich nicht lesen." in said for name in ("SECRET_KEY", "EMAIL_URL", "BASE_URL")
    ]
    assert (status, named, "Traceback" in said) == (2, [True] * 3, False)


def test_all_that_is_wrong_is_named_at_once():
    status, said = start(
        BASE_URL="quatsch",
        CELERY_BROKER_URL="quatsch",
        LEGAL_DIR="/gibt/es/nicht",
        ALLOWED_HOSTS="https://ozg.example.de",
    )
    assert (status, said.count("erwartet wird"), "Traceback" in said) == (2, 4, False)


@pytest.mark.parametrize(
    ("parse", "value"),
    [
        *((_base_url, value) for value in ("https://ozg.example.de", "http://rathaus:8000/ozg/", "https://[::1]")),
        *(
            (_broker_url, value)
            for value in ("", "redis://b:6379/0", "amqp://g:g@b:5672//", "sentinel://a:1;sentinel://b:1")
        ),
        *((_folder, value) for value in ("", ".")),
        *((_hosts, value) for value in ("ozg.example.de", ".example.de, 10.0.0.1", "[::1]", "*")),
    ],
)
def test_what_makes_sense_is_taken(parse, value):
    assert parse(value) in (value, [each.strip() for each in value.split(",")])


def test_roles_that_need_a_second_factor_are_named_once_each():
    assert _roles(" coordinator, operator,,operator") == ("coordinator", "operator")
    assert [_roles(value) for value in ("", ())] == [(), ()]


@pytest.mark.parametrize(
    ("parse", "value"),
    [
        *(
            (_base_url, value)
            for value in ("", "ozg.example.de", "ftp://ozg", "https://", "http://a b", "https://ozg?x=1")
        ),
        *(
            (_base_url, value)
            for value in ("https://kim@ozg", "https://ozg:99999", "http://!!!", "javascript:alert(1)")
        ),
        *((_broker_url, value) for value in ("broker", "http://b", "redis://", "redis://b:x", "redis://b;quatsch")),
        *((_folder, value) for value in ("/gibt/es/nicht", __file__, "a\0b")),
        *((_hosts, value) for value in ("https://ozg", "ozg:8000", "ozg/seite", "ozg rathaus")),
        *((_roles, value) for value in ("admin", "operator;coordinator", "Operator", "operator coordinator")),
    ],
)
def test_nonsense_is_refused(parse, value):
    with pytest.raises(EnvError):
        parse(value)
