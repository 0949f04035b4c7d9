"""export_report writes a file whole or not at all, and refuses in German."""

import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from reports import canonical
from reports.editions.freeze import freeze_edition
from reports.exporting.export_edition import FORMATS
from reports.management.commands.export_report import Command
from reports.models import Edition
from tests import make
from tests.reports.made_editions import edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored():
    """Two editions of November 2022: one approved, its correction a draft."""
    municipality, first = make.municipality(), None
    for number, state, reason in ((1, "approved", ""), (2, "draft", "Zu hoch gezählt.")):
        made = edition(number=number, state=state, correction_reason=reason)
        made.municipality, made.catalogue_import = municipality, make.catalogue_import()
        made.previous_sha256 = first.sha256 if first else ""
        made.save()
        first = made
    return municipality


def arguments(municipality, output, format="json", month="2022-11", **options):
    given = {"municipality": municipality.ars, "month": month, "format": format, "output": output, **options}
    return [f"--{name}={value}" for name, value in given.items()]


def export(municipality, output, *flags, **options):
    written = io.StringIO()
    call_command("export_report", *arguments(municipality, output, **options), *flags, stdout=written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("format", "start"),
    [
        ("html", b"<!doctype html>"),
        ("pdf", b"%PDF"),
        ("xlsx", b"PK"),
        ("ods", b"PK"),
        ("csv", b"\xef\xbb\xbf"),
        ("json", b"{"),
        ("docx", b"PK"),
        ("odt", b"PK"),
    ],
)
def test_each_format_is_written(stored, tmp_path, format, start):
    output = tmp_path / f"bericht.{format}"
    export(stored, output, format=format)
    assert output.read_bytes().startswith(start)
    assert [each.name for each in tmp_path.iterdir()] == [output.name]


def test_the_latest_edition_is_written_unless_one_is_asked_for(stored, tmp_path):
    assert "Ausgabe 2 für 2022-11" in export(stored, tmp_path / "b.json")
    assert "noch nicht genehmigt" in export(stored, tmp_path / "b.json")
    said = export(stored, tmp_path / "a.json", edition="1")
    assert said == f"Ausgabe 1 für 2022-11 steht in {tmp_path / 'a.json'}.\n"


def test_json_tells_what_was_written(stored, tmp_path):
    output = tmp_path / "b.json"
    told = json.loads(export(stored, output, "--json"))
    assert told == {
        "month": "2022-11",
        "edition": 2,
        "state": "draft",
        "sha256": canonical.digest(output.read_text()),
        "format": "json",
        "output": str(output),
        "bytes": output.stat().st_size,
    }


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"month": "2022-10"}, "Für Oktober 2022 ist in Musterstadt noch kein Bericht festgeschrieben."),
        ({"edition": "7"}, "Ausgabe 7 gibt es für November 2022 nicht; die letzte ist Ausgabe 2."),
    ],
)
def test_what_is_not_frozen_is_refused_and_nothing_written(stored, tmp_path, options, said):
    with pytest.raises(CommandError) as refusal:
        export(stored, tmp_path / "b.json", **options)
    assert said in str(refusal.value)
    assert refusal.value.returncode == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"month": "2022-13"}, "„2022-13“ ist kein Monat."),
        ({"format": "doc"}, "„doc“ gibt es nicht. Möglich sind: html, pdf, xlsx, ods, csv, csvw, json, docx, odt."),
        ({"edition": "0"}, "„0“ ist keine Nummer einer Ausgabe."),
    ],
)
def test_wrong_use_ends_with_two(tmp_path, capsys, options, said):
    command = Command()
    command._called_from_command_line = True
    with pytest.raises(SystemExit) as end:
        command.create_parser("manage.py", "export_report").parse_args(
            arguments(make.municipality(), tmp_path / "b.json", **options)
        )
    assert end.value.code == 2
    assert said in capsys.readouterr().err


def test_an_unknown_municipality_is_refused(tmp_path):
    municipality = make.municipality()
    municipality.ars = "000000000000"
    with pytest.raises(CommandError, match="000000000000"):
        export(municipality, tmp_path / "b.json")


def test_a_missing_folder_is_refused(stored, tmp_path):
    with pytest.raises(CommandError, match=r"Den Ordner „.*fehlt“ gibt es nicht\."):
        export(stored, tmp_path / "fehlt" / "b.json")


def test_a_folder_is_no_file(stored, tmp_path):
    with pytest.raises(CommandError, match=r"ist ein Ordner\. Bitte nennen Sie eine Datei\."):
        export(stored, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_stands_is_replaced_as_a_whole(stored, tmp_path):
    output = tmp_path / "b.json"
    output.write_text("alt" * 100_000)
    export(stored, output)
    assert output.read_text() == Edition.objects.get(number=2).figures


def test_a_month_that_was_really_frozen_is_written_in_every_format(tmp_path):
    made = make.row(level=2)
    make.event(made, effective_on=date(2022, 11, 12), level=3, reason="Onlinedienst in Betrieb")
    freeze_edition(made.municipality, date(2022, 11, 1))
    for format in FORMATS:
        export(made.municipality, tmp_path / f"b.{format}", format=format)
    page = " ".join((tmp_path / "b.html").read_text().split())
    assert '<b><a class="ozg-n" href="#zahl-0">1 vollständig online</a>' in page
    assert "Onlinedienst in Betrieb" in page
    assert (tmp_path / "b.json").read_text() == Edition.objects.get().figures
