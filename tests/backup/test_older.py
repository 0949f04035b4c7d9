"""An archive of an earlier version goes into a database without tables, which a failure leaves without tables."""

import json
from zipfile import ZipFile

import pytest

from ozg_tracker.backup.tables import Digest
from tests.backup.installation import Installation, empty_database

FIRST_LATER = "0004_returned_and_spelling"
COLUMNS = {"bundles_returned", "counting_no_longer", "counting_now", "services_returned"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    made = Installation(tmp_path_factory.mktemp("source"))
    assert made.begin("fill_catalogue").wait() == 0
    path = tmp_path_factory.mktemp("archive") / "ozg.sicherung"
    assert made.manage("backup", path)[::2] == (0, "")
    return path


@pytest.fixture
def fresh(tmp_path):
    """An installation without tables, on the kind of database that the tests use."""
    with empty_database() as database:
        yield Installation(tmp_path / "fresh", database=database)


def rewritten(archive, path, change):
    """The archive with tables and contents after `change(contents, lines of each table)`, whole again."""
    with ZipFile(archive) as old, ZipFile(path, "w") as new:
        told = json.loads(old.read("inhalt.json"))
        tables = {each["name"]: old.read(f"tables/{each['name']}.jsonl").decode() for each in told["tables"]}
        rows = {name: [json.loads(line) for line in text.splitlines()] for name, text in tables.items()}
        change(told, rows)
        for each in told["tables"]:
            digest, lines = Digest(), [json.dumps(row, separators=(",", ":")) for row in rows[each["name"]]]
            for line in lines:
                digest.add(line)
            each["rows"], each["digest"] = digest.rows, str(digest)
            new.writestr(f"tables/{each['name']}.jsonl", "".join(f"{line}\n" for line in lines))
        for name in old.namelist():
            if not name.startswith("tables/") and name != "inhalt.json":
                new.writestr(name, old.read(name))
        new.writestr("inhalt.json", json.dumps(told))
    return path


def column(told, table, name):
    (columns,) = (each["columns"] for each in told["tables"] if each["name"] == table)
    return [word for word, _kind in columns].index(name)


def as_before_spelling_was_folded(told, rows):
    told["migrations"] = [each for each in told["migrations"] if not (each[0] == "catalog" and each[1] >= FIRST_LATER)]
    (imports,) = (each for each in told["tables"] if each["name"] == "catalog_catalogueimport")
    keep = [place for place, (word, _kind) in enumerate(imports["columns"]) if word not in COLUMNS]
    imports["columns"] = [imports["columns"][place] for place in keep]
    rows["catalog_catalogueimport"] = [[row[place] for place in keep] for row in rows["catalog_catalogueimport"]]
    for table in ("catalog_service", "catalog_serviceversion"):
        identity, name = column(told, table, "identity"), column(told, table, "name")
        for row in rows[table]:
            row[identity] = f"10041:{row[name]}"


def identities(installation):
    return installation.ask("identities")


def test_an_older_archive_is_put_in_as_it_was_and_brought_up_to_date(archive, fresh, tmp_path):
    older = rewritten(archive, tmp_path / "alt.sicherung", as_before_spelling_was_folded)
    status, put_in, said = fresh.manage("restore", older)
    assert status == 0, said
    assert put_in["history"]["differences"] == []
    after = identities(fresh)
    assert after == [
        "10041:hunde-zählung",
        f"10041:hunde-zählung\x1f{fresh.ask('ids')[1]}",
        "10041:strassenhund",
        "10041:strassen-hund",
    ]
    status, outcome, said = fresh.manage("import_catalogue", fresh.ask("write_catalogue"), "--allow-shrink")
    assert (status, outcome["services"]) == (
        0,
        {"new": 0, "changed": 2, "unchanged": 0, "returned": 0, "retired": 1},
    ), said
    status, _undone, said = fresh.manage("undo_catalogue_import", "--reason", "falsche Datei")
    assert (status, identities(fresh)[:4]) == (0, after), said


@pytest.mark.parametrize("version", ["today", "older"])
def test_a_restore_that_fails_leaves_a_database_without_tables_without_tables(archive, fresh, tmp_path, version):
    def refused(told, rows):
        if version == "older":
            as_before_spelling_was_folded(told, rows)
            name = column(told, "catalog_service", "name")
            rows["catalog_service"][0][name] = ""  # the database refuses it
        else:
            told["history"]["rows"] += 1

    broken = rewritten(archive, tmp_path / "kaputt.sicherung", refused)
    status, _result, said = fresh.manage("restore", broken)
    assert (status, "Traceback" in said, "nichts geändert" in said or "alles zurückgenommen" in said) == (
        1,
        False,
        True,
    )
    assert fresh.ask("left") == []
    assert [each.name for each in fresh.folder.iterdir() if "sqlite" not in each.name] == []
    assert fresh.manage("restore", archive)[0] == 0
