"""The goal of the year in every format: its sentence, its numbers and what it means."""

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile

import lxml.html
import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from reports.exporting.export_edition import MEDIA_TYPES, export_edition
from tests.reports.made_editions import edition
from tests.reports.sample import sample

GOAL = {
    "year": 2022,
    "target": 28,
    "ready": 21,
    "missing": 7,
    "months_left": 2,
    "needed_per_month": {"numerator": 7, "denominator": 2},
    "decided": "Ratsbeschluss vom 12.03.2022",
}
SENTENCE = (
    "Zum Jahresziel 2022, 28 fertige Leistungen (Ratsbeschluss vom 12.03.2022), fehlen 7; nötig sind 3,5 je Monat."
)
ROWS = {
    "Jahresziel 2022": "28",
    "Jahresziel 2022: beschlossen": "Ratsbeschluss vom 12.03.2022",
    "Jahresziel 2022: fertig": "21",
    "Jahresziel 2022: fehlen": "7",
    "Jahresziel 2022: Monate bis Jahresende": "2",
}
PACE = "Jahresziel 2022: nötig je Monat"


@pytest.fixture(scope="module")
def made():
    return edition(sample() | {"goal": GOAL})


def cells(rows):
    """By the name of a figure what stands in its row, empty cells aside."""
    found = {}
    for row in rows:
        told = [f"{each:g}" if isinstance(each, float) else str(each) for each in row if each not in (None, "")]
        if told and told[0].startswith("Jahresziel 2022"):
            found[told[0]] = told[1:]
    return found


def tables(made, format):
    content = export_edition(made, format)
    if format == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    if format == "xlsx":
        book = load_workbook(io.BytesIO(content), data_only=True)
        return [row for sheet in book for row in sheet.iter_rows(values_only=True)]
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]


@pytest.mark.parametrize("format", ["csv", "xlsx", "ods"])
def test_tables_of_data_hold_its_numbers(made, format):
    found = cells(tables(made, format))
    assert {name: value in found[name] for name, value in ROWS.items()} == dict.fromkeys(ROWS, True)
    assert found[PACE][:2] == ["7", "2"]
    assert found.keys() == {*ROWS, PACE}


def text(content, format):
    if format == "pdf":
        if not shutil.which("pdftotext"):
            pytest.skip("pdftotext fehlt (poppler-utils)")
        content = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout
        return content.decode()
    if format in ("docx", "odt"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            inner = parts.read("word/document.xml" if format == "docx" else "content.xml").decode()
        return re.sub(r"<[^>]+>", "", inner)
    return lxml.html.fromstring(content.decode()).text_content()


@pytest.mark.parametrize("format", ["html", "pdf", "docx", "odt"])
def test_what_people_read_says_its_sentence_and_what_it_means(made, format):
    said = " ".join(text(export_edition(made, format), format).split())
    assert said.count(SENTENCE) == 1
    if format != "pdf":  # there only as many definitions as there is room for
        assert "So viele fertige Leistungen sollen es am Ende des Jahres mindestens sein" in said


def test_the_figures_hold_it_as_it_was_frozen(made):
    assert json.loads(export_edition(made, "json"))["goal"] == GOAL


@pytest.mark.parametrize("format", sorted(MEDIA_TYPES))
def test_an_edition_of_before_says_nothing_of_it_in_any_format(format):
    before = {name: part for name, part in sample().items() if name != "goal"}
    content = export_edition(edition(before), format)
    if format in ("html", "csv"):
        assert "Zum Jahresziel" not in content.decode() and "Jahresziel 2022" not in content.decode()
    assert len(content) > 500
