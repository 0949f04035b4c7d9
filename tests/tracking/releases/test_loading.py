"""What a release means for the municipalities: touched rows counted, and a row for what is new."""

import json
from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command, execute_from_command_line
from openpyxl import load_workbook

from catalog.importing.formats import shipped
from catalog.models import CatalogueImport, Service
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import MunicipalService, Responsibility, Source, StatusChange
from ozg_tracker.tracking.releases.loading import import_for_municipalities
from ozg_tracker.tracking.responsibility.municipality import add_municipality
from tests.catalog.files import row, save, workbook

pytestmark = pytest.mark.django_db

FIRST = [
    row("99102013000000", "Hundesteuer"),
    row("99102013104000", "Hundesteuer Anmeldung"),
    row("99050012104000", "Gewerbe Anmeldung", "2/3", "10111"),
    row("99148004080000", "Förderdarlehen Gewährung", "1", "10112"),
    row("99001001000000", "Abfallgebühr", ozg_id="10110"),
    row("nicht im LeiKa", "Hundezählung"),
]
NEW = [
    row("99102013070000", "Hundesteuer Abmeldung"),
    row("99148004081000", "Förderdarlehen Auszahlung", "1", "10112"),
    row("99400001000000", "Telefonnummer", "7", "10112"),
]


@pytest.fixture
def municipalities(tmp_path):
    with time_machine.travel("2026-03-01 12:00:00+00:00"):
        import_for_municipalities(save(tmp_path, workbook(FIRST)))
        for number, kind in enumerate(Municipality.Kind.values):
            add_municipality(ars=f"15999001000{number}", name=f"Stadt {number}", kind=kind)


@time_machine.travel("2026-03-01 23:30:00+00:00")
def test_a_new_service_gets_an_unclear_row_with_an_event_in_every_municipality_that_may_owe_it(
    municipalities, tmp_path
):
    before = MunicipalService.objects.count()
    result = import_for_municipalities(save(tmp_path, workbook([*FIRST, *NEW]), "b.xlsx"), release="2026")
    new = MunicipalService.objects.filter(service__key="99102013070000")
    assert (result.added, new.count(), MunicipalService.objects.count() - before) == (3, 3, 3)
    for made in new:
        event = made.events.get()
        assert (made.responsibility, made.version, event.version) == (Responsibility.UNCLEAR, 1, 1)
        assert (event.responsibility, event.effective_on, event.source) == (
            "unclear",
            date(2026, 3, 2),
            Source.CATALOGUE,
        )
        assert (event.reason, event.municipality_id) == ("Neu im Katalogstand 2026", made.municipality_id)
    assert not MunicipalService.objects.filter(service__key__in=["99148004081000", "99400001000000"]).exists()


def test_a_service_that_comes_back_finds_its_row(municipalities, tmp_path):
    rows = MunicipalService.objects.count()
    without = save(tmp_path, workbook(FIRST[:5]), "b.xlsx")
    assert import_for_municipalities(without).touched == 3
    assert import_for_municipalities(save(tmp_path, workbook(FIRST[::-1]), "c.xlsx")).added == 0
    assert (MunicipalService.objects.count(), StatusChange.objects.count()) == (rows, rows)


def test_touched_rows_are_counted_in_a_dry_run_too_and_nothing_is_written(municipalities, tmp_path):
    renamed = [*FIRST[:4], row("99001001000000", "Müllgebühr", ozg_id="10110"), FIRST[5], *NEW]
    path = save(tmp_path, workbook(renamed), "b.xlsx")
    dry = import_for_municipalities(path, dry_run=True)
    assert (dry.touched, dry.added, MunicipalService.objects.filter(service__key="99102013070000").count()) == (3, 0, 0)
    real = import_for_municipalities(path)
    assert dry.as_json() | {"applied": True} == real.as_json()


def test_rows_that_an_import_adds_for_known_services_are_not_touched_ones(municipalities, tmp_path):
    alone = save(tmp_path, workbook([FIRST[0], *FIRST[2:]]), "b.xlsx")  # what was a heading stands for itself now
    dry, real = import_for_municipalities(alone, dry_run=True), import_for_municipalities(alone)
    assert dry.as_json() | {"applied": True} == real.as_json()
    assert (real.touched, real.added) == (3, 3)


def test_if_the_rows_cannot_be_written_nothing_is(municipalities, tmp_path, monkeypatch):
    monkeypatch.setattr("ozg_tracker.tracking.releases.loading.suggestions", lambda kind: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        import_for_municipalities(save(tmp_path, workbook([*FIRST, *NEW]), "b.xlsx"))
    assert CatalogueImport.objects.count() == 1
    assert not Service.objects.filter(key="99102013070000").exists()


def command(*arguments):
    out = StringIO()
    status = 0
    try:
        call_command("import_catalogue", *map(str, arguments), stdout=out)
    except SystemExit as stopped:
        status = stopped.code
    return status, out.getvalue()


def test_the_command_prints_the_object_of_the_contract(municipalities, tmp_path):
    status, text = command(save(tmp_path, workbook(FIRST[::-1]), "b.xlsx"), "--json", "--release", "B")
    result = json.loads(text)
    assert status == 0
    assert list(result) == [
        "release",
        "sha256",
        "rows",
        "applied",
        "services",
        "bundles",
        "counting",
        "touched_municipal_services",
        "problems",
    ]
    assert result["services"] == {"new": 0, "changed": 0, "unchanged": 6, "returned": 0, "retired": 0}
    assert result["problems"] == [
        {
            "sheet": "Katalog",
            "row": 2,
            "column": "LeiKa-Schlüssel",
            "severity": "warning",
            "code": "no_leika_key",
            "message": "Die Leistung hat keinen LeiKa-Schlüssel. "
            "Sie wird geladen und später an Bündel und Name erkannt; zu tun ist nichts.",
        }
    ]


def test_the_command_refuses_with_exit_1_and_a_dry_run_does_where_the_import_would(municipalities, tmp_path):
    bad = save(tmp_path, workbook([*FIRST, row("9,9102E+13", "Kaputt"), row("9,9102E+13", "Kaputt")]), "b.xlsx")
    for more in ([], ["--dry-run"]):
        status, text = command(bad, *more)
        assert status == 1
        assert "Fehler (Blatt „Katalog“, Zeile 8 und 1 weitere, Spalte „LeiKa-Schlüssel“): Der Schlüssel" in text
        assert text.endswith("Nichts wurde geändert. Der Katalog ist, wie er war.\n")
    assert command(bad, "--skip-errors")[0] == 0
    assert command(tmp_path / "fehlt")[0] == 1


def test_the_command_tells_people_what_happened(municipalities, tmp_path):
    path = save(tmp_path, workbook([*FIRST, *NEW]), "b.xlsx")
    status, text = command(path, "--dry-run")
    assert status == 0
    assert "Probelauf, nichts wurde geändert. Katalogstand „b“, gelesene Zeilen: 9" in text
    status, text = command(path)
    assert "  Leistungen: 3 neu, 0 geändert, 6 unverändert, 0 wieder da, 0 entfallen" in text
    assert "  neu bei den Kommunen, Zuständigkeit ungeklärt: 3" in text


def test_wrong_use_ends_with_exit_2():
    with pytest.raises(SystemExit) as stopped:
        execute_from_command_line(["manage.py", "import_catalogue"])
    assert stopped.value.code == 2


def test_the_shipped_catalogue_loads_by_the_command():
    status, text = command(shipped.CATALOGUE, "--json")
    assert (status, json.loads(text)["services"]["new"]) == (0, 5222)


def test_the_command_writes_the_problems_down_where_asked(municipalities, tmp_path):
    path, listed = save(tmp_path, workbook([row("9,9102E+13")]), "neu.xlsx"), tmp_path / "probleme.xlsx"
    command(path, "--dry-run", "--problems", listed)
    line = next(load_workbook(listed).active.iter_rows(min_row=2, values_only=True))
    assert line[:4] == ("Fehler", "Katalog", 2, "LeiKa-Schlüssel")
    with pytest.raises(CommandError, match="Der Import selbst ist nicht betroffen"):
        command(path, "--dry-run", "--problems", tmp_path / "fehlt" / "probleme.xlsx")
