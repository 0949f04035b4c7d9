"""Takes away what a restore made that did not come to its end: tables, their functions, and files."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection


@contextmanager
def unchanged_if_it_fails(has_tables: bool) -> Iterator[None]:
    """An installation without files of people, and without tables of ours unless it `has_tables`, is so again after
    whatever goes wrong inside, an interrupt too. Rows are the business of a transaction.
    """
    folder = Path(settings.MEDIA_ROOT)
    files = _files(folder)
    things = None if has_tables else _things()
    try:
        yield
    except BaseException:
        for file in _files(folder) - files:
            if file.is_dir():
                shutil.rmtree(file, ignore_errors=True)
            else:
                file.unlink(missing_ok=True)
        if things is not None:
            _drop(_things() - things)
        raise


def _files(folder: Path) -> set[Path]:
    """The folder and what lies in it, not below; nothing where there is none."""
    return {folder, *folder.iterdir()} if folder.is_dir() else set()


def _things() -> set[tuple[str, str]]:
    """What migrations make, each a kind and a quoted name. What belongs to tables goes with them."""
    tables = {("TABLE", connection.ops.quote_name(name)) for name in connection.introspection.table_names()}
    if connection.vendor != "postgresql":
        return tables
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = current_schema()::regnamespace")
        return tables | {("FUNCTION", str(name)) for (name,) in cursor.fetchall()}


def _drop(things: set[tuple[str, str]]) -> None:
    """Tables first, whose triggers call the functions."""
    postgres = connection.vendor == "postgresql"
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        for kind, name in sorted(things, reverse=True):
            cursor.execute(f"DROP {kind} IF EXISTS {name}{' CASCADE' if postgres else ''}")
