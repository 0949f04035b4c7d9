"""An exported workbook that LibreOffice saved again: sorted, a row deleted, a cell emptied; it is still ours."""

import shutil
import subprocess
from datetime import date

import pytest
from openpyxl import load_workbook

from ozg_tracker.tracking.exchange.import_status import import_status
from tests import make
from tests.tracking.exchange.status_files import exported, figures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
KEYS = [f"9910201310{number}000" for number in range(4)]


def saved_again(path):
    """The workbook as LibreOffice saves it."""
    if shutil.which("soffice") is None:
        pytest.skip("braucht LibreOffice (soffice)")
    folder = path.parent / "wieder"
    profile = f"-env:UserInstallation=file://{path.parent}/profil"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder), str(path)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder / path.name


@pytest.fixture
def rows():
    return [
        make.row(make.service(key, f"Leistung {key}"), level=1, planned_on=date(2026, 12, 31), note="alt")
        for key in KEYS
    ]


def test_sorting_deleting_and_emptying_mean_what_the_page_says_also_after_libreoffice(tmp_path, rows):
    path = exported(tmp_path, "stand.xlsx")
    book = load_workbook(path)
    sheet = book["Leistungen"]
    lines = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=2)]
    lines[0][7] = lines[0][10] = None  # Geplant bis and Bemerkung emptied
    lines[1][7] = 46477
    lines[2][7] = "30.06.27"
    for at, line in enumerate(reversed(lines[:3]), start=2):  # turned round, the last one deleted
        for column, value in enumerate(line, start=1):
            sheet.cell(at, column).value = value
    sheet.delete_rows(5)
    book.save(path)
    outcome = import_status(saved_again(path), make.municipality())
    assert (outcome.problems, figures(outcome), outcome.with_base) == ([], (3, 3, 0), True)
    for row in rows:
        row.refresh_from_db()
    assert [(row.planned_on, row.note) for row in rows] == [
        (None, ""),
        (date(2027, 3, 31), "alt"),
        (date(2027, 6, 30), "alt"),
        (date(2026, 12, 31), "alt"),
    ]


def test_no_cell_of_the_sheet_is_locked_away_from_sorting_filtering_and_deleting(tmp_path, rows):
    book = load_workbook(exported(tmp_path, "stand.xlsx"))
    assert [sheet.protection.sheet for sheet in book] == [False, False, False]


def test_lines_of_which_only_some_columns_were_sorted_are_refused(tmp_path, rows):
    make.event(rows[0], note="neu", version=2)
    type(rows[0]).objects.filter(pk=rows[0].pk).update(version=2, note="neu")
    path = exported(tmp_path, "stand.xlsx")
    book = load_workbook(path)
    sheet = book["Leistungen"]
    turned = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=2, min_col=4)]
    for at, line in enumerate(reversed(turned), start=2):
        for column, value in enumerate(line, start=4):
            sheet.cell(at, column).value = value
    book.save(path)
    outcome = import_status(path, make.municipality())
    assert outcome.refused
    assert [(each.code, each.row, each.column) for each in outcome.problems] == [
        ("mixed_row", 2, "Version"),
        ("mixed_row", 5, "Version"),
    ]
