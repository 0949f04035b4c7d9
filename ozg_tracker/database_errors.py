"""What a database says when it cannot work, as a sentence that leads to the remedy."""

import sqlite3

from django.db import DatabaseError, OperationalError
from django.utils.translation import gettext as _

# By the name of the result of SQLite (its first two words), or the beginning of PostgreSQL's SQLSTATE.
_FULL = ("SQLITE_FULL", "53100")
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03", "40001", "40P01")
_CLOSED = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "25006", "42501")
_BROKEN = ("SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB", "58", "XX")
_NOT_MIGRATED = ("42P01", "42703")
_NO_TABLE = ("no such table", "no such column", "has no column")


def sentence(error: DatabaseError) -> str:
    """What happened, what to do, and in brackets the database's own words. Nothing was written then."""
    return f"{_sentence(error)} ({str(error).strip()})"


def is_busy(error: Exception) -> bool:
    """Whether others were writing for so long that this was given up: nothing was written, and it may be tried anew."""
    return isinstance(error, OperationalError) and _code(error).startswith(_BUSY)


def busy() -> str:
    """What is said then."""
    return _("Die Datenbank ist gerade belegt. Es wurde nichts geändert. Bitte versuchen Sie es noch einmal.")


def _sentence(error: DatabaseError) -> str:
    code = _code(error)
    if code.startswith(_FULL):
        return _(
            "Der Datenträger der Datenbank ist voll. Es wurde nichts geändert. Bitte schaffen Sie Platz und versuchen "
            "Sie es noch einmal."
        )
    if code.startswith(_BUSY):
        return busy()
    if code.startswith(_CLOSED):
        return _("Die Datenbank lässt sich nicht öffnen oder nicht beschreiben. Bitte prüfen Sie die Zugriffsrechte.")
    if code.startswith(_BROKEN):
        return _("Die Datenbank lässt sich nicht lesen. Bitte prüfen Sie den Datenträger und die letzte Sicherung.")
    if code.startswith(_NOT_MIGRATED) or str(error).startswith(_NO_TABLE) or _NO_TABLE[2] in str(error):
        return _("Die Datenbank ist noch nicht eingerichtet. Bitte „manage.py migrate“ ausführen.")
    if isinstance(error, OperationalError):
        return _("Die Datenbank antwortet nicht. Läuft sie, und stimmt DATABASE_URL?")
    return _("Die Datenbank hat das abgelehnt.")


def _code(error: DatabaseError) -> str:
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorname", "") or ""
    return getattr(cause, "sqlstate", None) or ""
