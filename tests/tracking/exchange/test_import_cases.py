"""Cases by channel from a list: round trip, dry run, all or nothing."""

import json

import pytest
import time_machine
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from ozg_tracker.tracking.cases.known import cases_of
from ozg_tracker.tracking.exchange.case_files import cases_as_file
from ozg_tracker.tracking.exchange.import_cases import import_cases
from ozg_tracker.tracking.models import CaseCount, MunicipalService
from tests import make
from tests.spreadsheets.office import resaved

pytestmark = pytest.mark.django_db
HEAD = "Schlüssel;OZG-ID;Leistung;Jahr;Online;Vor Ort;Post;Telefon;E-Mail\n"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-24 10:00Z", tick=False):
        yield


@pytest.fixture
def rows():
    return [
        make.row(make.service("99000000000001", "Reisepass")),
        make.row(make.service(None, "Hundesteuer")),
    ]


def read(tmp_path, text, **how):
    path = tmp_path / "faelle.csv"
    path.write_text(HEAD + text, "utf-8")
    return import_cases(path, make.municipality(), **how)


def problems(outcome):
    return [(each.row, each.column, each.code) for each in outcome.problems]


def kept():
    return [*CaseCount.objects.order_by("pk").values_list("row__service__name", "year", "channel", "number", "how")]


def test_filled_cells_set_empty_ones_leave_and_a_dash_takes_back(tmp_path, rows):
    first = read(tmp_path, "99000000000001;;;2025;1.200;0;;;\n;10041;Hundesteuer;2025;5;;;;\n")
    assert (first.applied, first.rows, len(first.entered), first.unchanged) == (True, 2, 3, 0)
    second = read(tmp_path, "99000000000001;;;2025;–;0;7;;\n;10041;Hundesteuer;2025;5;;;;\n")
    assert (len(second.entered), second.unchanged) == (2, 1)
    assert kept() == [
        ("Reisepass", 2025, "online", 1200, "file"),
        ("Reisepass", 2025, "counter", 0, "file"),
        ("Hundesteuer", 2025, "online", 5, "file"),
        ("Reisepass", 2025, "online", None, "file"),
        ("Reisepass", 2025, "post", 7, "file"),
    ]


def test_a_dry_run_says_the_same_and_keeps_nothing(tmp_path, rows):
    outcome = read(tmp_path, "99000000000001;;;2025;9;;;;\n", dry_run=True)
    assert (outcome.applied, len(outcome.entered), kept()) == (False, 1, [])


def test_what_is_wrong_is_named_with_its_place_and_nothing_is_kept(tmp_path, rows):
    outcome = read(
        tmp_path,
        "99000000000001;;;2025;9;;;;\n99000000000001;;;2025;8;;;;\n99000000000001;;;2027;8;;;;\n"
        "99000000000001;;;2024;-3;;;;\n99000000000009;;;2025;1;;;;\n99000000000001;;;;1;;;;\n",
    )
    assert problems(outcome) == [
        (3, None, "duplicate_row"),
        (4, "Jahr", "invalid_year"),
        (5, "Online", "invalid_number"),
        (6, "Schlüssel", "unknown_service"),
        (7, "Jahr", "missing_year"),
    ]
    assert (outcome.refused, outcome.applied, kept()) == (True, False, [])


def test_a_manager_enters_rows_of_the_own_departments_alone(tmp_path, rows, manager):
    outcome = read(tmp_path, "99000000000001;;;2025;9;;;;\n", by=manager)
    assert problems(outcome) == [(2, "Schlüssel", "not_allowed")]
    MunicipalService.objects.filter(pk=rows[0].pk).update(owner=manager)
    assert read(tmp_path, "99000000000001;;;2025;9;;;;\n", by=manager).applied


def test_a_list_without_its_headings_is_refused(tmp_path, rows):
    path = tmp_path / "faelle.csv"
    path.write_text("Leistung;Zahl\nReisepass;3\n")
    assert problems(import_cases(path, make.municipality())) == [(None, None, "missing_column")]


@pytest.mark.parametrize("form", ["xlsx", "ods", "csv"])
def test_the_template_comes_back_as_it_is_and_filled_in(tmp_path, rows, form):
    read(tmp_path, "99000000000001;;;2025;9;;;;\n")
    path = tmp_path / f"vorlage.{form}"
    path.write_bytes(cases_as_file(MunicipalService.objects.all(), 2025, form))
    outcome = import_cases(path, make.municipality())
    assert (outcome.problems, outcome.rows, outcome.entered, outcome.unchanged) == ([], 2, [], 2)


def test_a_template_that_libreoffice_saved_is_read(tmp_path, rows):
    path = tmp_path / "vorlage.xlsx"
    path.write_bytes(cases_as_file(MunicipalService.objects.all(), 2025, "xlsx"))
    book = load_workbook(path)
    for column, number in enumerate((1200, 30, 0, 0, 4), start=5):
        book.active.cell(2, column).value = number
    book.save(path)
    for form in ("xlsx", "ods"):
        outcome = import_cases(resaved(tmp_path, path, form), make.municipality())
        assert outcome.problems == []
    [(year, cases)] = cases_of(rows[0].pk)
    assert (year, [*cases.numbers.values()]) == (2025, [1200, 30, 0, 0, 4])
    assert len(kept()) == 5


def test_the_command_says_what_it_did_and_refuses_whole_lists(tmp_path, rows, capsys):
    path = tmp_path / "faelle.csv"
    path.write_text(HEAD + "99000000000001;;;2025;9;;;;\n", "utf-8")
    call_command("import_cases", str(path), municipality=make.ARS, json=True)
    found = json.loads(capsys.readouterr().out)
    assert found == {"rows": 1, "applied": True, "entered": 1, "unchanged": 0, "problems": []}
    path.write_text(HEAD + "99000000000001;;;2025;viele;;;;\n", "utf-8")
    with pytest.raises((CommandError, SystemExit)):
        call_command("import_cases", str(path), municipality=make.ARS)
    assert len(kept()) == 1


@pytest.mark.parametrize("many", [1, 3])
def test_more_lines_cost_no_more_statements(tmp_path, django_assert_num_queries, many):
    for at in range(1, many + 1):
        make.row(make.service(f"9900000000000{at}"))
    path = tmp_path / "faelle.csv"
    path.write_text(HEAD + "".join(f"9900000000000{at};;;2025;9;;;;\n" for at in range(1, many + 1)), "utf-8")
    with django_assert_num_queries(14):
        assert import_cases(path, make.municipality()).applied
