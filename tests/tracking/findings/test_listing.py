"""The list of findings as a file says the same after an office program has saved it."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from ozg_tracker.tracking.findings.listing import findings_file
from ozg_tracker.tracking.models import MunicipalService, Snooze
from tests import make
from tests.spreadsheets.office import resaved

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)


@pytest.fixture
def rows():
    office = make.department("Bauamt")
    made = [make.row(make.service(f"0910201310400{n}", f"Leistung {n}"), department=office) for n in range(2)]
    Snooze.objects.create(
        municipality=make.municipality(),
        row=made[0],
        code="not_rated",
        until=date(2026, 12, 24),
        reason="=SUMME(1;2) ist keine Formel",
        by=make.user(),
        recorded_at="2026-11-30T10:00Z",
    )
    return MunicipalService.objects.all()


def cells(content):
    sheet = load_workbook(BytesIO(content)).active
    return [[str(cell if cell is not None else "") for cell in line] for line in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_libreoffice_saves_the_list_as_it_was(rows, tmp_path, form):
    path = tmp_path / f"befunde.{form}"
    path.write_bytes(findings_file(rows, TODAY, form))
    asked = cells(findings_file(rows, TODAY, "xlsx"))
    saved = cells(resaved(tmp_path, path, "xlsx").read_bytes())
    wanted = len(asked[0])
    assert [line[:wanted] for line in saved] == asked
    resting = next(line for line in asked if line[1] == "Nicht bewertet" and line[3] == "Leistung 0")
    assert (resting[2], resting[6][:10]) == ("09102013104000", "2026-12-24")
    assert resting[7].lstrip("'") == "=SUMME(1;2) ist keine Formel"
