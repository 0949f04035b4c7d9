"""Workbooks on paper: A4, landscape, as wide as the paper, the head on every page."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from catalog.importing.problem_list import problem_list
from ozg_tracker.tracking.exchange.export_status import as_file
from reports.exporting.export_edition import export_edition
from tests import make
from tests.reports.made_editions import edition


def status(municipality):
    return as_file([], municipality, "xlsx")


def report(municipality):
    return export_edition(edition(), "xlsx")


def problems(municipality):
    return problem_list([], "xlsx")


@pytest.mark.django_db
@pytest.mark.parametrize("made", [status, report, problems])
def test_every_sheet_is_ready_to_print(made):
    book = load_workbook(BytesIO(made(make.municipality())))
    shown = [sheet for sheet in book if sheet.sheet_state == "visible"]
    setup = {
        (
            sheet.page_setup.paperSize,
            sheet.page_setup.orientation,
            sheet.page_setup.fitToWidth,
            sheet.page_setup.fitToHeight,
            sheet.sheet_properties.pageSetUpPr.fitToPage,
            sheet.print_title_rows,
        )
        for sheet in shown
    }
    on_one_page = {(9, "landscape", 1, 1, True, None)}  # a cover, which has no head to repeat
    assert setup - on_one_page == {(9, "landscape", 1, 0, True, "$1:$1")}
