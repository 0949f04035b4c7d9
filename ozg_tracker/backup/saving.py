"""back_up(): the whole installation as one file, as it stood at one instant, while others go on writing."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.told import Told, silent
from ozg_tracker.accounts import journal
from ozg_tracker.backup.packed import CONTENTS, FORMAT, KEY, add_file, files_of_people, member
from ozg_tracker.backup.tables import Digest, lines_of, own_tables
from reports.editions.verifying.verify import verify_history


def back_up(path: Path, told: Told = silent) -> dict[str, Any]:
    """Write database, files and secret key to `path`: `{"file", "tables", "rows", "files", "history"}`.

    `history` is what `verify_history` says of the state that was saved. ValidationError `exists` or `not_writable`, and
    then no file is left. The file is for its owner alone: whoever has it has the key and all data.
    """
    if path.exists():
        raise ValidationError(
            _("„%(name)s“ gibt es schon. Es wurde nichts überschrieben. Bitte einen anderen Namen nennen."),
            code="exists",
            params={"name": path.name},
        )
    part = path.with_name(f"{path.name}.teil")
    try:
        with open(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
            contents = _write(ZipFile(file, "w", ZIP_DEFLATED), told)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise ValidationError(
            _("Die Sicherung ließ sich nicht nach „%(name)s“ schreiben: %(reason)s"),
            code="not_writable",
            params={"name": path.name, "reason": error.strerror or error},
        ) from error
    finally:
        part.unlink(missing_ok=True)
    rows = sum(table["rows"] for table in contents["tables"])
    journal.write(
        journal.Kind.EXPORT, municipality=None, by=None, about=_("Sicherung geschrieben"), after={"rows": str(rows)}
    )
    counts = {"tables": len(contents["tables"]), "rows": rows, "files": len(contents["files"])}
    return {"file": str(path), **counts, "history": contents["history"]}


def _write(archive: ZipFile, told: Told) -> dict[str, Any]:
    with archive, snapshot():
        contents = {
            "format": FORMAT,
            "made_at": timezone.now().astimezone(UTC).isoformat(),
            "database": connection.vendor,
            "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
            "tables": list(_write_tables(archive, told)),
            "files": list(_write_files(archive)),
            "history": verify_history(told),
        }
        archive.writestr(KEY, settings.SECRET_KEY)
        archive.writestr(CONTENTS, json.dumps(contents, ensure_ascii=False, indent=1))
    return contents


@contextmanager
def snapshot() -> Iterator[None]:
    """Whatever is read inside stood in the database at one instant; others can write meanwhile.

    SQLite: a transaction that only reads keeps to what the write-ahead log held when it began.
    """
    postgres = connection.vendor == "postgresql"
    connection.ensure_connection()  # on SQLite it is only then that it knows its mode
    mode = None if postgres else connection.transaction_mode  # type: ignore[attr-defined]  # of SQLite
    try:
        if not postgres:
            connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
        with transaction.atomic(), connection.cursor() as cursor:
            if postgres:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT count(*) FROM django_migrations")  # here the instant is
            yield
    finally:
        if not postgres:
            connection.transaction_mode = mode  # type: ignore[attr-defined]


def _write_tables(archive: ZipFile, told: Told) -> Iterator[dict[str, Any]]:
    tables = list(own_tables())
    total = sum(model._base_manager.count() for _table, model in tables)
    done = 0
    for table, model in tables:
        digest = Digest()
        with archive.open(member(table.name), "w", force_zip64=True) as stream:
            for line in lines_of(model):
                digest.add(line)
                stream.write(f"{line}\n".encode())
                if digest.rows % 1000 == 0:
                    told(done + digest.rows, total, _("sichern: %s") % table.name)
        done += digest.rows
        yield {"name": table.name, "columns": table.columns, "rows": digest.rows, "digest": str(digest)}
    told(total, total)


def _write_files(archive: ZipFile) -> Iterator[dict[str, Any]]:
    for path, name in files_of_people(Path(settings.MEDIA_ROOT)):
        with suppress(FileNotFoundError):  # deleted since, and with it what spoke of it
            yield add_file(archive, path, name)
