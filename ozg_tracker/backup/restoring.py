"""restore(): put a backup into an empty installation, of whichever database; all of it, or nothing."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from catalog.told import Told, silent
from ozg_tracker.accounts import journal
from ozg_tracker.backup.packed import Archive, damaged, extract, files_of_people, newer, opened, whole
from ozg_tracker.backup.tables import Digest, insert, lines_of, own_tables, reset_sequences
from ozg_tracker.backup.tidying import unchanged_if_it_fails
from ozg_tracker.backup.triggers import suspended
from ozg_tracker.feed.publishing import publish_after_restore
from ozg_tracker.webhooks.delivering import pause_all
from reports.editions.verifying.verify import verify_history

# What `migrate` itself fills; the backup brings its own.
_FILLED_BY_MIGRATE = {
    "django_content_type",
    "auth_permission",
    "catalog_servicetype",
    "catalog_maturitymodel",
    "catalog_maturitylevel",
    "tracking_deadline",
    "tracking_scopeprofile",
    "tracking_scoperule",
}


def restore(path: Path, told: Told = silent) -> dict[str, Any]:
    """`{"rows", "files", "from", "key", "history"}`: how many were put in, which database they came from, where the
    secret key is (None: it is the one in force), and what `verify_history` says now.

    The database must be empty: without tables, or as `migrate` made it. ValidationError, and then nothing was changed:
    `unreadable_file`, `damaged`, `newer`, `older` (with tables of another version there), `not_empty`, `differs` (what
    came out is not what went in).
    """
    with opened(path) as archive:
        with whole():
            archive.check(told)
        loader = MigrationLoader(connection)
        if not archive.migrations <= loader.disk_migrations.keys():
            raise newer()
        here = set(loader.applied_migrations or ())
        current = archive.migrations == loader.disk_migrations.keys() - _replaced(loader)
        if here and not (current and here == archive.migrations):
            raise _older()
        _refuse_unless_empty()
        with unchanged_if_it_fails(bool(here)):
            if not here:
                _make_tables(archive)
            with transaction.atomic():
                history = _put_in(archive, current, told)
                _write_files(archive)
            if not current:
                call_command("migrate", verbosity=0)
                history = verify_history(told)
        publish_after_restore(str(archive.contents["database"]))
        pause_all()
        key = _keep_key(archive.key)
        _enter(archive)
    files = len(archive.contents["files"])
    return {"rows": archive.rows, "files": files, "from": archive.contents["database"], "key": key, "history": history}


def _enter(archive: Archive) -> None:
    facts = {"rows": str(archive.rows), "source": str(archive.contents["database"])}
    journal.write(journal.Kind.EXPORT, municipality=None, by=None, about=_("Sicherung eingespielt"), after=facts)


def _replaced(loader: MigrationLoader) -> set[tuple[str, str]]:
    return loader.disk_migrations.keys() - set(loader.graph.nodes)


def _older() -> ValidationError:
    return ValidationError(
        _(
            "Die Sicherung stammt von einer anderen Fassung als die Tabellen in dieser Datenbank. Es wurde nichts "
            "geändert. Bitte eine Datenbank ohne Tabellen nehmen: Sie werden beim Einspielen angelegt und danach auf "
            "den heutigen Stand gebracht."
        ),
        code="older",
    )


def _refuse_unless_empty() -> None:
    there = set(connection.introspection.table_names())
    filled = [
        model._meta.verbose_name_plural
        for table, model in own_tables()
        if table.name in there - _FILLED_BY_MIGRATE and model._base_manager.exists()
    ]
    folder = Path(settings.MEDIA_ROOT)
    if not filled and any(files_of_people(folder)):
        filled = [str(folder)]
    if filled:
        raise ValidationError(
            _(
                "Diese Installation ist nicht leer (%(what)s). Es wurde nichts geändert. Bitte eine leere Datenbank "
                "und einen leeren Ordner für Dateien nehmen."
            ),
            code="not_empty",
            params={"what": ", ".join(map(str, filled[:3]))},
        )


def _make_tables(archive: Archive) -> None:
    """Tables as they were when the backup was made."""
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    last = [
        (app, name)
        for app, name in archive.migrations & set(graph.nodes)
        if not any(
            child.key in archive.migrations and child.key[0] == app for child in graph.node_map[app, name].children
        )
    ]
    executor.migrate(sorted(last))


def _put_in(archive: Archive, current: bool, told: Told) -> dict[str, Any]:
    with suspended():
        with connection.cursor() as cursor:
            for table in archive.tables:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table.name)}")  # noqa: S608 (refused if odd)
        with whole():
            _insert_all(archive, told)
        reset_sequences(archive.tables)
    _count_anew()
    if not current:
        return {}
    history = verify_history(told)
    if not _same(archive) or _places(history) != _places(archive.contents["history"]):
        raise ValidationError(
            _("Was eingespielt wurde, ist nicht, was gesichert war. Es wurde alles zurückgenommen."), code="differs"
        )
    return history


def _count_anew() -> None:
    """Tell PostgreSQL how full the tables are now: it looks by itself after the transaction alone, and what is read
    until then, such as the whole history, would be read by plans for empty tables (minutes instead of seconds).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _insert_all(archive: Archive, told: Told) -> None:
    known = set(connection.introspection.table_names())
    done = 0
    for table in archive.tables:
        if table.name not in known:
            raise damaged()
        told(done, archive.rows, _("einspielen: %s") % table.name)
        insert(table, archive.lines(table))
        done += archive.digests[table.name][0]
    connection.check_constraints()
    told(archive.rows, archive.rows)


def _same(archive: Archive) -> bool:
    """Whether the tables, read back, say what the archive says."""
    for table, model in own_tables():
        digest = Digest()
        for line in lines_of(model):
            digest.add(line)
        if archive.digests.get(table.name, (0, str(Digest()))) != (digest.rows, str(digest)):
            return False
    return True


def _places(history: dict[str, Any]) -> list[object]:
    """What a check of the history found, without its sentences, which are in a language."""
    found = [(each["municipality"], each["what"], each["id"]) for each in history["differences"]]
    return [history["rows"], history["events"], history["editions"], found]


def _write_files(archive: Archive) -> None:
    for path, place in archive.files():
        extract(archive, place, Path(settings.MEDIA_ROOT) / path)


def _keep_key(key: str) -> str | None:
    """Where the key now lies; None where it is the one in force."""
    if key == settings.SECRET_KEY:
        return None
    file = Path(settings.DATA_DIR) / "secret_key"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    file.touch(0o600)
    file.write_text(key)
    return str(file)
