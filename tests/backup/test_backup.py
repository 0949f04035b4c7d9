"""A backup is the installation as it stood at one instant, whoever writes meanwhile, and moves between databases."""

import json
import shutil
import sqlite3
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.backup.restoring import restore
from ozg_tracker.backup.saving import back_up
from ozg_tracker.backup.tables import own_tables
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from reports.models import Edition
from tests import make
from tests.backup.installation import FIRST_KEY, OTHER_KEY, Installation, empty_database


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """An installation on SQLite with a little of everything."""
    made = Installation(tmp_path_factory.mktemp("source"))
    assert made.begin("fill").wait() == 0
    return made


@pytest.fixture(scope="module")
def archive(source, tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "ozg.sicherung"
    assert source.manage("backup", path)[::2] == (0, "")
    return path


@pytest.fixture
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "files"


def contents(path):
    with ZipFile(path) as file:
        return json.loads(file.read("inhalt.json"))


def tables(path):
    return {each["name"]: (each["rows"], each["digest"]) for each in contents(path)["tables"]}


FEED = ("feed_waiting", "feed_place", "feed_followed")  # what nobody has read gets its place when it is put in


def but_the_journal(path):
    """The tables that a backup brings back as they were; the journal and the feed go on."""
    return {name: told for name, told in tables(path).items() if name not in {"accounts_journalentry", *FEED}}


def test_fifty_changes_in_the_write_ahead_log_are_saved_while_a_writer_goes_on(source, tmp_path):
    busy = Installation(tmp_path / "busy")
    shutil.copytree(source.folder, busy.folder, dirs_exist_ok=True)
    writer = busy.begin("write")
    try:
        acknowledged = [int(writer.stdout.readline()) for _ in range(50)]
        shutil.copy(busy.folder / "db.sqlite3", tmp_path / "plain.sqlite3")  # what a plain copy would hold
        path = tmp_path / "busy.sicherung"
        status, saved, said = busy.manage("backup", path)
    finally:
        writer.kill()
        last = int([line for line in writer.stdout.read().splitlines() if line][-1])
    assert (status, saved["history"]["differences"]) == (0, []), said
    assert version(tmp_path / "plain.sqlite3") < acknowledged[-1]
    fresh = Installation(tmp_path / "fresh")
    status, put_in, said = fresh.manage("restore", path)
    assert (status, put_in["history"]) == (0, saved["history"]), said
    assert acknowledged[-1] <= version(fresh.folder / "db.sqlite3") <= last
    assert last > acknowledged[-1]  # it was not held up


@pytest.mark.postgres
def test_on_postgresql_too_all_that_was_acknowledged_is_saved_while_a_writer_goes_on(tmp_path):
    with empty_database() as database, empty_database() as other:
        busy, fresh = (
            Installation(tmp_path / "busy", database=database),
            Installation(tmp_path / "fresh", database=other),
        )
        assert busy.begin("fill").wait() == 0
        writer = busy.begin("write")
        try:
            acknowledged = [int(writer.stdout.readline()) for _ in range(50)]
            status, saved, said = busy.manage("backup", tmp_path / "busy.sicherung")
        finally:
            writer.kill()
            last = int([line for line in writer.stdout.read().splitlines() if line][-1])
        assert (status, saved["history"]["differences"]) == (0, []), said
        status, put_in, said = fresh.manage("restore", tmp_path / "busy.sicherung")
        assert (status, put_in["history"]) == (0, saved["history"]), said
        assert acknowledged[-1] <= fresh.ask("first_version") <= last
        assert fresh.ask("events_as_planned_for") == fresh.ask("events")
        assert last > acknowledged[-1]  # it was not held up


def version(database):
    with sqlite3.connect(database) as opened:
        return opened.execute("SELECT version FROM tracking_municipalservice ORDER BY id LIMIT 1").fetchone()[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_own_folder")
def test_the_archive_moves_to_this_database_and_back_to_sqlite_with_every_row_the_same(archive, tmp_path):
    put_in = restore(archive)
    assert (put_in["from"], put_in["files"], put_in["history"]["differences"]) == ("sqlite", 1, [])
    assert [path.read_bytes() for path in (settings.MEDIA_ROOT / "training").iterdir()] == [b"%PDF-1.7 \x00\xff"]
    with pytest.raises(IntegrityError, match="können nicht geändert oder gelöscht werden"), transaction.atomic():
        StatusChange.objects.update(note="anders")
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.update(figures="{}")
    back = tmp_path / "back.sicherung"
    back_up(back)
    assert (contents(back)["database"], but_the_journal(back)) == (connection.vendor, but_the_journal(archive))
    fresh = Installation(tmp_path / "fresh", key=OTHER_KEY)
    status, there, said = fresh.manage("restore", back)
    more = 1 + sum(tables(back)[name][0] for name in FEED)
    assert (status, there["rows"], there["history"]) == (0, put_in["rows"] + more, put_in["history"]), said
    again = tmp_path / "again.sicherung"
    fresh.manage("backup", again)
    assert but_the_journal(again) == but_the_journal(archive)
    added = [tables(path)["accounts_journalentry"][0] for path in (archive, back, again)]
    assert [count - added[0] for count in added] == [0, 1, 2]  # each restore says that it was done
    new = make.department("Neues Amt")  # gets an id of its own, beyond those put in
    assert new.pk


@pytest.mark.django_db
@pytest.mark.usefixtures("_own_folder")
def test_the_secret_key_comes_along_where_another_is_in_force(archive, settings):
    settings.SECRET_KEY = OTHER_KEY
    key = settings.DATA_DIR / "secret_key"
    assert restore(archive)["key"] == str(key)
    assert (key.read_text(), key.stat().st_mode & 0o777) == (FIRST_KEY, 0o600)
    assert archive.stat().st_mode & 0o777 == 0o600


def refused(path):
    with pytest.raises(ValidationError) as answer:
        restore(path)
    return answer.value.code, answer.value.messages[0]


def changed(archive, tmp_path, change):
    """The archive with other contents."""
    path = tmp_path / "anders.sicherung"
    with ZipFile(archive) as old, ZipFile(path, "w") as new:
        for name in old.namelist():
            found = old.read(name)
            new.writestr(name, json.dumps(change(json.loads(found))) if name == "inhalt.json" else found)
    return path


def with_one_byte_changed(content):
    """In the middle of the longest part, where every byte counts."""
    with ZipFile(BytesIO(content)) as file:
        longest = max(file.infolist(), key=lambda member: member.compress_size)
    place = longest.header_offset + longest.compress_size // 2
    return content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :]


@pytest.mark.django_db
@pytest.mark.usefixtures("_own_folder")
@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda content: content[: len(content) // 2], "damaged"),
        (lambda content: with_one_byte_changed(content), "damaged"),
        (lambda content: b"PK\x03\x04", "damaged"),
        (lambda content: b"SQLite format 3", "damaged"),
        (lambda content: b"", "damaged"),
    ],
)
def test_a_damaged_archive_changes_nothing(archive, tmp_path, harm, code):
    path = tmp_path / "kaputt.sicherung"
    path.write_bytes(harm(archive.read_bytes()))
    found, sentence = refused(path)
    assert (found, "Es wurde nichts geändert" in sentence) == (code, True)
    assert (Municipality.objects.count(), settings.MEDIA_ROOT.exists()) == (0, False)


@pytest.mark.django_db
@pytest.mark.usefixtures("_own_folder")
def test_a_newer_archive_a_lost_row_and_a_file_outside_are_refused(archive, tmp_path):
    newer = changed(
        archive, tmp_path, lambda told: told | {"migrations": [*told["migrations"], ["tracking", "9999_x"]]}
    )
    assert refused(newer)[0] == "newer"
    format_ = changed(archive, tmp_path, lambda told: told | {"format": 99})
    assert refused(format_)[0] == "newer"
    fewer = changed(archive, tmp_path, lambda told: told | {"tables": [each | {"rows": 0} for each in told["tables"]]})
    assert refused(fewer)[0] == "damaged"
    outside = changed(
        archive, tmp_path, lambda told: told | {"files": [each | {"name": "../x"} for each in told["files"]]}
    )
    assert refused(outside)[0] == "damaged"
    older = changed(archive, tmp_path, lambda told: told | {"migrations": told["migrations"][:-1]})
    assert refused(older)[0] == "older"
    assert Municipality.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("_own_folder")
def test_an_installation_that_is_not_empty_stays_as_it_is(archive):
    make.row()
    code, sentence = refused(archive)
    assert (code, sentence.startswith("Diese Installation ist nicht leer (")) == ("not_empty", True)
    assert MunicipalService.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("_own_folder")
def test_what_came_out_otherwise_than_it_went_in_is_taken_back(archive, tmp_path):
    def other_history(told):
        return told | {"history": told["history"] | {"rows": 7}}

    assert refused(changed(archive, tmp_path, other_history))[0] == "differs"
    assert (Municipality.objects.count(), settings.MEDIA_ROOT.exists()) == (0, False)


def test_a_backup_overwrites_nothing_and_leaves_nothing_half_done(source, archive, tmp_path):
    before = archive.read_bytes()
    assert source.manage("backup", archive)[0] == 1
    status, _result, said = source.manage("backup", tmp_path / "gibt es nicht" / "x")
    assert (status, "ließ sich nicht" in said) == (1, True)
    assert (archive.read_bytes(), [*archive.parent.iterdir()]) == (before, [archive])


@pytest.mark.django_db
def test_every_table_of_the_database_is_saved():
    known = {table.name for table, _model in own_tables()}
    assert set(connection.introspection.table_names()) - known == {
        "django_migrations",
        "ozg_cache",
    }  # attempts to sign in, of minutes
