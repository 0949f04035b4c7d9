"""export_status, import_status and import_evidence on the command line."""

import json

import pytest
from django.core.management import CommandError, call_command

from ozg_tracker.tracking.models import MunicipalService
from tests import make

pytestmark = pytest.mark.django_db
MUNICIPALITY = ("--municipality", make.ARS)


def printed(capsys, *arguments):
    call_command(*map(str, arguments))
    return capsys.readouterr().out


def test_an_export_comes_back_in(tmp_path, capsys):
    office = make.department()
    make.row(department=office)
    make.row(make.service(key="99102013105000", name="Zweite"))
    path = tmp_path / "stand.csv"
    told = json.loads(
        printed(capsys, "export_status", *MUNICIPALITY, "--department", office.pk, "--output", path, "--json")
    )
    assert told == {"rows": 1, "output": str(path)}
    assert printed(capsys, "export_status", *MUNICIPALITY, "--output", path) == f"2 Leistungen stehen in {path}.\n"
    path.write_bytes(path.read_bytes().replace(b"offen", b"geplant"))
    assert json.loads(printed(capsys, "import_status", path, *MUNICIPALITY, "--json")) == {
        "rows": 2,
        "applied": 2,
        "unchanged": 0,
        "conflicts": [],
        "problems": [],
    }
    assert (
        printed(capsys, "import_status", path, *MUNICIPALITY) == "Gelesene Zeilen: 2, geändert: 0, ohne Änderung: 2.\n"
    )


def test_a_refused_file_ends_with_exit_status_one_and_says_that_nothing_was_changed(tmp_path, capsys):
    make.row()
    path = tmp_path / "stand.csv"
    path.write_text("Schlüssel;Stand\n99102013104000;fertig\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        call_command("import_status", str(path), *MUNICIPALITY)
    assert ended.value.code == 1
    out = capsys.readouterr().out
    assert out.startswith("Fehler (Zeile 2, Spalte „Stand“): „fertig“ braucht einen Reifegrad ab 3.")
    assert "Nichts wurde geändert." in out
    with pytest.raises(SystemExit):
        call_command("import_status", str(path), *MUNICIPALITY, "--json")
    assert json.loads(capsys.readouterr().out)["problems"][0]["code"] == "done_needs_level"
    assert MunicipalService.objects.get().version == 1


@pytest.mark.parametrize("command", ["import_status", "import_evidence"])
def test_an_unknown_municipality_is_a_sentence(tmp_path, command):
    with pytest.raises(CommandError, match="gibt es nicht"):
        call_command(command, str(tmp_path / "x.csv"), "--municipality", "000000000000")


def test_an_export_needs_an_ending_and_a_folder_that_is_there(tmp_path):
    make.row()
    for path, message in ((tmp_path / "stand.doc", "endet auf"), (tmp_path / "fehlt" / "a.csv", "nicht schreiben")):
        with pytest.raises(CommandError, match=message):
            call_command("export_status", *MUNICIPALITY, "--output", str(path))


def test_evidence_is_told_in_words(tmp_path, capsys):
    make.row(level=3)
    path = tmp_path / "pvog.csv"
    path.write_text(f"leika_key;ars;url;online_status\n99102013104000;{make.ARS};https://a.example;ok\n", "utf-8")
    assert "Angabe und Verzeichnis stimmen überein: 1" in printed(capsys, "import_evidence", path, *MUNICIPALITY)
