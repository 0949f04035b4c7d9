"""The workbook has the cases of each service by channel, where they are known."""

import io

import pytest
from openpyxl import load_workbook

from reports.exporting.export_edition import export_edition
from tests.reports.made_editions import edition

pytestmark = pytest.mark.django_db


def test_the_workbook_has_the_channels_of_each_service():
    book = load_workbook(io.BytesIO(export_edition(edition(), "xlsx")))
    lines = [[cell.value for cell in line] for line in book["Leistungen"].iter_rows()]
    assert [line[15:] for line in lines if line[15] is not None] == [
        ["Fälle: online", "Fälle: vor Ort", "Fälle: Post", "Fälle: Telefon", "Fälle: E-Mail", "hochgerechnet"],
        [40, 50, 9, 1, 0, "nein"],
        [41, 50, 9, 1, 0, "ja"],
        [70, 50, 9, 1, 0, "nein"],
    ]
