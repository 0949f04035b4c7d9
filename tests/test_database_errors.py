"""What a database says is told with its remedy; "migrate" is said only where it helps."""

import sqlite3

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection

from ozg_tracker import database_errors

FULL = "Der Datenträger der Datenbank ist voll. Es wurde nichts geändert."


def run(statement, monkeypatch):
    """A command of ours whose work is this statement; returns the sentence it ends with."""

    def deed(self, **options):
        with connection.cursor() as cursor:
            cursor.execute(statement)

    monkeypatch.setattr("reports.management.commands.verify_history.Command.deed", deed)
    with pytest.raises(CommandError) as refused:
        call_command("verify_history")
    assert refused.value.returncode == 1
    return str(refused.value)


@pytest.mark.django_db
def test_a_full_disk_is_called_a_full_disk(monkeypatch):
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        grow = "CREATE TABLE grow AS SELECT randomblob(100000) UNION ALL SELECT randomblob(100000)"
    else:
        grow = "DO $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$"
    try:
        said = run(grow, monkeypatch)
    finally:
        if connection.vendor == "sqlite":
            connection.cursor().execute("PRAGMA max_page_count = 1073741823")
    assert (said.startswith(FULL), "migrate" in said) == (True, False)


@pytest.mark.django_db
def test_what_is_not_set_up_is_told_to_migrate(monkeypatch):
    said = run("SELECT * FROM gibt_es_nicht", monkeypatch)
    assert said.startswith("Die Datenbank ist noch nicht eingerichtet. Bitte „manage.py migrate“ ausführen. (")


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("SQLITE_BUSY", "Die Datenbank ist gerade belegt."),
        ("SQLITE_READONLY_DBMOVED", "Die Datenbank lässt sich nicht öffnen oder nicht beschreiben."),
        ("SQLITE_CANTOPEN", "Die Datenbank lässt sich nicht öffnen oder nicht beschreiben."),
        ("SQLITE_IOERR_WRITE", "Die Datenbank lässt sich nicht lesen."),
        ("SQLITE_FULL", FULL),
        ("", "Die Datenbank antwortet nicht."),
    ],
)
def test_each_trouble_has_its_sentence(state, expected):
    cause = sqlite3.OperationalError("so sagt es die Datenbank")
    cause.sqlite_errorname = state
    error = OperationalError("so sagt es die Datenbank")
    error.__cause__ = cause
    said = database_errors.sentence(error)
    assert (said.startswith(expected), said.endswith("(so sagt es die Datenbank)")) == (True, True)


def test_a_file_that_is_no_database_is_not_told_to_migrate(tmp_path):
    (tmp_path / "text.sqlite3").write_text("kein Katalog, keine Datenbank " * 100)
    with pytest.raises(sqlite3.DatabaseError) as broken, sqlite3.connect(tmp_path / "text.sqlite3") as database:
        database.execute("SELECT 1 FROM a")
    error = DatabaseError(str(broken.value))
    error.__cause__ = broken.value
    assert database_errors.sentence(error).startswith("Die Datenbank lässt sich nicht lesen.")
