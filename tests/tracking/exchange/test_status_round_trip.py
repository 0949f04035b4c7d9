"""What was exported comes back: unedited, edited, or edited while somebody else changed the same."""

from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from ozg_tracker.tracking.exchange.export_status import as_csv, as_file, export_lines
from ozg_tracker.tracking.exchange.import_status import import_status
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.status import change_status
from tests import make
from tests.spreadsheets.office import resaved
from tests.tracking.exchange.status_files import KEY, TODAY, edit, exported, figures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


@pytest.mark.parametrize("name", ["stand.xlsx", "stand.ods", "stand.csv"])
def test_an_export_read_back_changes_nothing(tmp_path, name):
    office = make.department("=Amt")
    make.row(
        make.service(name="=HYPERLINK(1)"),
        department=office,
        level=3,
        state="done",
        planned_on=date(2023, 1, 2),
        online_url="https://a.example/",
        cases_per_year=0,
        note="-1 Zeile\n'+zwei; „drei“",
    )
    make.row(make.service(key=None, name="Ohne Schlüssel"), responsibility="not_offered")
    outcome = import_status(exported(tmp_path, name), make.municipality())
    assert (figures(outcome), outcome.problems, outcome.conflicts) == ((2, 0, 2), [], [])


@pytest.mark.parametrize("form", ["ods", "xlsx"])
def test_an_export_as_ods_that_libreoffice_saved_changes_nothing_and_knows_its_base(tmp_path, form):
    row = make.row(level=2, planned_on=date(2023, 1, 2), note="eins\nzwei", cases_per_year=1200)
    path = resaved(tmp_path, exported(tmp_path, "stand.ods"), form)
    change_status(row, {"cases_per_year": 8}, seen_version=1, by=None, reason="", effective_on=TODAY)
    outcome = import_status(path, make.municipality())
    assert (figures(outcome), outcome.problems, outcome.conflicts) == ((1, 0, 1), [], [])


def test_an_edit_in_the_workbook_is_what_differs_from_its_base(tmp_path):
    row = make.row(level=2, note="alt", cases_per_year=7)
    path = exported(tmp_path, "stand.xlsx")
    change_status(row, {"cases_per_year": 8}, seen_version=1, by=None, reason="", effective_on=TODAY)
    edit(path, G2=3, F2="fertig", K2=None, H2=date(2022, 12, 31))
    assert figures(import_status(path, make.municipality())) == (1, 1, 0)
    row.refresh_from_db()
    assert (row.level.number, row.state, row.note, row.planned_on, row.cases_per_year) == (
        *(3, "done", "", date(2022, 12, 31), 8),
    )


@pytest.mark.parametrize("name", ["stand.xlsx", "stand.csv"])
def test_what_both_sides_changed_is_a_conflict_that_shows_both(tmp_path, name):
    row = make.row(level=1)
    path = exported(tmp_path, name)
    by = make.user(first_name="Kim", last_name="Muster")
    change_status(row, {"level": make.level(2)}, seen_version=1, by=by, reason="", effective_on=TODAY)
    if name.endswith(".xlsx"):
        edit(path, G2=3)
    else:
        path.write_bytes(path.read_bytes().replace(b";offen;1;", b";offen;3;"))
    outcome = import_status(path, make.municipality())
    assert (outcome.refused, figures(outcome)) == (True, (1, 0, 0))
    [conflict] = outcome.conflicts
    assert [conflict[name] for name in ("row", "column", "mine", "stored", "by", "at")] == [
        *(2, "Reifegrad", "3", "2", "Kim Muster", "2022-11-24T09:00:00+00:00"),
    ]
    row.refresh_from_db()
    assert row.version == 2


def test_with_skip_conflicts_the_rest_is_applied(tmp_path):
    row = make.row(level=1)
    make.row(make.service(key="99102013105000", name="Zweite"), level=1)
    path = exported(tmp_path, "stand.xlsx")
    change_status(row, {"level": make.level(2)}, seen_version=1, by=None, reason="", effective_on=TODAY)
    edit(path, G2=3, G3=3)
    outcome = import_status(path, make.municipality(), skip_conflicts=True)
    assert (outcome.refused, figures(outcome), len(outcome.conflicts)) == (False, (2, 1, 0), 1)


def test_a_workbook_of_somebody_else_is_read_like_a_csv(tmp_path):
    row = make.row(level=1, note="bleibt")
    book = Workbook()
    book.active.append(["Stand der Dinge"])
    book.active.append(["Leistung", "Schlüssel", "Reifegrad", "Gilt ab", "Bemerkung"])
    book.active.append(["Hundesteuer", float(KEY), 3.0, date(2022, 1, 31), None])
    book.save(tmp_path / "fremd.xlsx")
    assert figures(import_status(tmp_path / "fremd.xlsx", make.municipality())) == (1, 1, 0)
    event = row.events.order_by("-id").first()
    assert (event.level.number, event.effective_on, event.note) == (3, date(2022, 1, 31), "bleibt")


def test_no_cell_of_an_export_is_a_formula(tmp_path):
    names = ["=1+1", "+1", "-1", "@SUMME", "\tTab", "＝1", "'=1"]
    for at, name in enumerate(names):
        make.row(make.service(key=f"9910201310{at}000", name=name), note=name)
    lines = list(export_lines(MunicipalService.objects.all(), make.municipality()))
    cells = as_csv(lines).decode("utf-8-sig").splitlines()[1:]
    assert [line.split(";")[2][0] for line in cells] == ["'"] * len(names)
    (tmp_path / "x.xlsx").write_bytes(as_file(lines, make.municipality(), "xlsx"))
    sheet = load_workbook(tmp_path / "x.xlsx")["Leistungen"]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n", "d", "inlineStr"}


@pytest.mark.parametrize("name", ["stand.xlsx", "stand.csv"])
def test_a_skipped_conflict_leaves_that_cell_and_takes_the_rest_of_its_line(tmp_path, name):
    row = make.row(level=1)
    path = exported(tmp_path, name)
    change_status(row, {"level": make.level(2)}, seen_version=1, by=None, reason="", effective_on=TODAY)
    if name.endswith("xlsx"):
        edit(path, G2=3, K2="Formular liegt bereit")
    else:
        path.write_bytes(path.read_bytes().replace(b";offen;1;;;;;", b";offen;3;;;;Formular liegt bereit;"))
    outcome = import_status(path, make.municipality(), skip_conflicts=True)
    assert (outcome.refused, figures(outcome), len(outcome.conflicts)) == (False, (1, 1, 0), 1)
    row.refresh_from_db()
    assert (row.level.number, row.note) == (2, "Formular liegt bereit")


def test_what_cannot_stand_without_the_skipped_cell_stays_and_is_told_and_the_file_goes_on(tmp_path):
    row = make.row(level=1)
    other = make.row(make.service(key="99102013105000", name="Zweite"), level=1)
    path = exported(tmp_path, "stand.xlsx")
    change_status(row, {"level": make.level(2)}, seen_version=1, by=None, reason="", effective_on=TODAY)
    edit(path, F2="fertig", G2=3, G3=3)
    outcome = import_status(path, make.municipality(), skip_conflicts=True)
    assert (outcome.refused, figures(outcome), len(outcome.conflicts)) == (False, (2, 1, 0), 1)
    assert [(each.code, each.row, each.column, each.severity) for each in outcome.problems] == [
        ("left_out", 2, "Stand", "warning")
    ]
    other.refresh_from_db()
    row.refresh_from_db()
    assert (row.state, row.level.number, other.level.number) == ("open", 2, 3)


def test_a_sheet_that_is_not_read_is_named(tmp_path):
    make.row(level=1)
    path = exported(tmp_path, "stand.xlsx")
    book = load_workbook(path)
    book.create_sheet("Notizen").append(["Bitte bis Freitag"])
    book.create_sheet("Leer")
    book.copy_worksheet(book.active).title = "Vorjahr"
    book["Vorjahr"].sheet_state = "hidden"
    book.save(path)
    outcome = import_status(path, make.municipality())
    told = [(each.code, each.sheet, each.severity) for each in outcome.problems]
    assert told == [("sheet_left_out", "Notizen", "warning"), ("sheet_left_out", "Vorjahr", "warning")]
