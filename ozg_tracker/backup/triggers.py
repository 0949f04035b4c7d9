"""The triggers that keep rows from being changed, suspended while a backup is put in, and found in force afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _


@contextmanager
def suspended() -> Iterator[None]:
    """Inside the transaction of the caller: until it commits, nobody else sees the tables without them.

    ValidationError `triggers` where not each of them is in force again.
    """
    before = _in_force()
    names = [*before]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(_off(name))
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or a table with checks still to come cannot be altered
        for name, text in before.items():
            cursor.execute(_on(name, text))
    if _in_force() != before:
        raise ValidationError(_("Der Schutz der Geschichte ließ sich nicht wieder einschalten."), code="triggers")


def _in_force() -> dict[str, str]:
    """On SQLite each trigger with its text; on PostgreSQL each table with those of its triggers that are enabled."""
    if connection.vendor == "postgresql":
        query = """
            SELECT format('%I.%I', n.nspname, c.relname),
                   string_agg(pg_get_triggerdef(t.oid), ';' ORDER BY t.tgname) FILTER (WHERE t.tgenabled = 'O')
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE NOT t.tgisinternal AND n.nspname = current_schema() GROUP BY 1 ORDER BY 1
        """
    else:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name: text or "" for name, text in cursor.fetchall()}


def _off(name: str) -> str:
    return f"ALTER TABLE {name} DISABLE TRIGGER USER" if connection.vendor == "postgresql" else f'DROP TRIGGER "{name}"'


def _on(name: str, text: str) -> str:
    return f"ALTER TABLE {name} ENABLE TRIGGER USER" if connection.vendor == "postgresql" else text
