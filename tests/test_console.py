"""How commands speak: which language, how far long work is, and JSON alone where JSON is asked for."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, get_connection
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper

from catalog.importing.import_catalogue import import_catalogue
from ozg_tracker import console
from reports.editions.verifying.verify import verify_history
from tests import make
from tests.catalog.files import csv_text, row, save

ROOT = Path(__file__).parent.parent


class Terminal(StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal():
    return Terminal()


def run(*arguments, **streams):
    out = StringIO()
    call_command(*arguments, stdout=out, **streams)
    return out.getvalue()


# How far ------------------------------------------------------------------------------------------------------------


def test_a_bar_says_how_far_and_goes_when_the_work_is_done(terminal):
    told = console.ProgressLine(OutputWrapper(terminal), shown=True)
    told(1, 3, "lesen")
    assert terminal.getvalue() == f"\r\x1b[K{'█' * 10}{'░' * 20} 1/3 lesen"
    told(3, 3)
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_a_bar_is_not_drawn_for_every_tick(terminal):
    told = console.ProgressLine(OutputWrapper(terminal), shown=True)
    for number in range(1000):
        told(number, 1001, "lesen")
    assert terminal.getvalue().count("\r") < 10


def test_a_long_name_does_not_break_the_line(terminal, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    console.ProgressLine(OutputWrapper(terminal), shown=True)(1, 3, "x" * 500)
    assert len(terminal.getvalue()) < 70


@pytest.mark.parametrize(("stream", "shown"), [(StringIO(), True), (Terminal(), False)])
def test_nothing_is_drawn_without_a_terminal_or_when_nobody_asked(stream, shown):
    told = console.ProgressLine(OutputWrapper(stream), shown=shown)
    told(1, 3, "lesen")
    told(3, 3)
    assert stream.getvalue() == ""


@pytest.fixture
def release(tmp_path, db):
    return str(save(tmp_path, csv_text([row()]), "katalog.csv"))


COMMANDS = {
    "import_catalogue": lambda release: ["import_catalogue", release],
    "run_due_jobs": lambda release: ["run_due_jobs"],
    "verify_history": lambda release: ["verify_history"],
    "import_status": lambda release: ["import_status", _status_file(release), "--municipality", make.ARS],
}


def _status_file(release):
    path = Path(release).with_name("stand.csv")
    path.write_text("Schlüssel;Bemerkung\n99102013104000;neu\n", encoding="utf-8")
    make.row()
    return str(path)


@pytest.mark.parametrize("name", COMMANDS)
def test_long_work_shows_a_bar_on_a_terminal_and_none_beside_json(name, release, terminal):
    make.municipality()
    arguments = COMMANDS[name](release)
    run(*arguments, stderr=terminal)
    drawn = terminal.getvalue()
    assert "░" in drawn and drawn.endswith("\r\x1b[K")
    quiet = Terminal()
    json.loads(run(*arguments, "--json", stderr=quiet))
    assert quiet.getvalue() == ""


def test_a_command_that_is_refused_leaves_no_bar(tmp_path, terminal, db):
    (tmp_path / "leer.csv").write_text("nichts", encoding="utf-8")
    with pytest.raises(SystemExit):
        run("import_catalogue", str(tmp_path / "leer.csv"), stderr=terminal)
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_what_is_told_never_goes_back_and_ends_at_the_end(release):
    ticks = []
    import_catalogue(release, told=lambda done, total, what="": ticks.append((done, total)))
    assert ticks == [(0, 3), (1, 3), (2, 3), (3, 3)]
    ticks.clear()
    make.municipality()
    make.municipality("Neustadt", ars="159990020020")
    verify_history(lambda done, total, what="": ticks.append((done, total, what)))
    assert ticks == [(0, 2, "Musterstadt"), (1, 2, "Neustadt"), (2, 2, "")]


# The language -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("", "de"),
        ("en", "en"),
        ("en_GB.UTF-8:de", "en"),
        ("fr:en_US", "en"),
        ("fr", "de"),
        ("de_AT:en", "de"),
        ("C", "de"),
    ],
)
def test_the_first_language_of_ours_is_taken_and_german_else(monkeypatch, wanted, code):
    monkeypatch.setenv("LANGUAGE", wanted)
    assert console.language() == code


@pytest.mark.django_db
def test_a_command_speaks_english_to_whom_asks_for_it(monkeypatch):
    assert "Monate festgeschrieben: 0" in run("run_due_jobs")
    monkeypatch.setenv("LANGUAGE", "en")
    assert "Months frozen: 0" in run("run_due_jobs")
    with pytest.raises(CommandError, match="no municipality"):
        run("add_user", "kim", "--municipality", "1", "--role", "staff")


@pytest.mark.parametrize(
    ("wanted", "purpose", "option", "refusal"),
    [
        ("", "Den Sachstandsbericht eines Monats festschreiben", "ein JSON-Objekt", "ist kein Monat"),
        ("en", "Freezes a month’s status report", "print one JSON object", "is no month"),
    ],
)
def test_help_and_wrong_use_speak_the_language(wanted, purpose, option, refusal):
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANGUAGE": wanted, "PYTHONIOENCODING": "utf-8"}

    def said(*arguments):
        command = [sys.executable, "manage.py", "freeze_report", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        return done.returncode, " ".join((done.stdout + done.stderr).split())

    status, text = said("--help")
    assert (status, purpose in text, option in text) == (0, True, True)
    status, text = said("--municipality", "1", "--month", "November")
    assert (status, refusal in text) == (2, True)


# Mails --------------------------------------------------------------------------------------------------------------


def test_mails_on_the_screen_leave_standard_output_alone(capsys):
    EmailMessage("Betreff", "Text", to=["a@example.invalid"], connection=get_connection(MAILS)).send()
    printed = capsys.readouterr()
    assert (printed.out, "Subject: Betreff" in printed.err) == ("", True)


MAILS = "ozg_tracker.console.MailsOnScreen"
