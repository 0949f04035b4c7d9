"""What is written as OpenDocument is read back as it was, by our own reader and by LibreOffice."""

import zipfile
from datetime import date
from io import BytesIO
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from catalog.importing.formats.sheets import sheets
from catalog.importing.import_catalogue import import_catalogue
from catalog.importing.outcome import Counts
from ozg_tracker.spreadsheets.opendocument import MEDIA_TYPE, ods
from ozg_tracker.spreadsheets.workbooks import PERCENT, Shaped, Table
from tests.catalog.files import HEADER, row, save, workbook
from tests.spreadsheets.office import resaved

COLUMNS = (("Text", 20), ("Zahl", 8), ("Tag", 12))
ROWS = [
    ("=1+1", 3, date(2027, 3, 31)),
    ("  zwei  Blanks\nund <Zeile> & „Wort“", Shaped(12.5, PERCENT), None),
    ("99102013104000", None, None),
]
CATALOGUE = [row("99102013104000", "Hundesteuer Anmeldung"), row("nicht im LeiKa", "Hundezählung")]


def made():
    return ods(
        [
            Table("Blatt & A", COLUMNS, ROWS, choices={0: ["eins", 'zw"ei']}, spare=5, named_by=1),
            Table("B", COLUMNS, [], hidden=True),
        ]
    )


def test_a_table_is_read_back_as_it_was():
    book = CalamineWorkbook.from_filelike(BytesIO(made()))
    assert [(each.name, each.visible) for each in book.sheets_metadata] == [
        ("Blatt & A", SheetVisibleEnum.Visible),
        ("B", SheetVisibleEnum.Hidden),
    ]
    assert book.get_sheet_by_name("Blatt & A").to_python() == [
        ["Text", "Zahl", "Tag"],
        ["=1+1", 3.0, date(2027, 3, 31)],
        ["  zwei  Blanks\nund <Zeile> & „Wort“", 12.5, ""],
        ["99102013104000", "", ""],
    ]


def test_the_same_tables_are_the_same_bytes_and_say_first_what_they_are():
    assert made() == made()
    with zipfile.ZipFile(BytesIO(made())) as packed:
        first = packed.infolist()[0]
        assert (first.filename, first.compress_type, packed.read(first).decode()) == ("mimetype", 0, MEDIA_TYPE)


def test_libreoffice_opens_it(tmp_path):
    sheet = load_workbook(resaved(tmp_path, save(tmp_path, made(), "a.ods"), "xlsx")).worksheets[0]
    assert [[cell.value for cell in line[:1]] for line in sheet.iter_rows(max_row=3)] == [
        ["Text"],
        ["=1+1"],
        ["  zwei  Blanks\nund <Zeile> & „Wort“"],
    ]
    assert (sheet["A2"].data_type, sheet["B3"].value, sheet["C2"].value.date()) == ("s", 12.5, date(2027, 3, 31))
    assert (sheet.print_title_rows, sheet.auto_filter.ref) == ("$1:$1", "A1:C4")


def test_the_head_of_every_sheet_stays_in_view():
    with zipfile.ZipFile(BytesIO(made())) as packed:
        settings = ElementTree.fromstring(packed.read("settings.xml"))
    name = "{urn:oasis:names:tc:opendocument:xmlns:config:1.0}name"
    (tables,) = (each for each in settings.iter() if each.get(name) == "Tables")
    kept = {sheet.get(name): {each.get(name): each.text for each in sheet} for sheet in tables}
    places = ("VerticalSplitMode", "VerticalSplitPosition", "HorizontalSplitMode", "HorizontalSplitPosition")
    assert {sheet: [each.get(place) for place in places] for sheet, each in kept.items()} == {
        "Blatt & A": ["2", "1", "2", "1"],
        "B": ["2", "1", None, None],
    }


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["ods", "xlsx"])
def test_a_catalogue_that_libreoffice_saved_is_the_same(tmp_path, form):
    book = load_workbook(BytesIO(workbook(CATALOGUE)))
    for letter in "ABCD":
        book.active.merge_cells(f"{letter}2:{letter}3")
    book.save(tmp_path / "katalog.xlsx")
    assert import_catalogue(save(tmp_path, workbook(CATALOGUE), "davor.xlsx")).services == Counts(new=2)
    outcome = import_catalogue(resaved(tmp_path, tmp_path / "katalog.xlsx", form))
    assert (outcome.services, outcome.bundles) == (Counts(unchanged=2), Counts(unchanged=1))


@pytest.mark.django_db
def test_a_catalogue_as_ods_is_loaded(tmp_path):
    content = ods([Table("Katalog", [(word, 10) for word in HEADER], CATALOGUE)])
    assert import_catalogue(save(tmp_path, content, "katalog.ods")).services == Counts(new=2)


CELL = '<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'
ROW = "<table:table-row{more}>{cells}</table:table-row>"
WITHOUT_END = 900_000_000


def cell(text="x", times=1):
    return CELL.format(text=text, more=f' table:number-columns-repeated="{times}"')


def line(cells, times=1):
    return ROW.format(cells=cells, more=f' table:number-rows-repeated="{times}"')


def with_rows(tmp_path, rows):
    """A workbook with further rows in its first sheet."""
    with zipfile.ZipFile(BytesIO(made())) as packed:
        parts = {each: packed.read(each).decode() for each in packed.namelist()}
    parts["content.xml"] = parts["content.xml"].replace("</table:table>", f"{rows}</table:table>", 1)
    with zipfile.ZipFile(tmp_path / "bombe.ods", "w") as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return tmp_path / "bombe.ods"


BLANKS = f'a<text:s text:c="{WITHOUT_END}"/>b'
BOMBS = {
    "a cell": line(cell(times=WITHOUT_END)),
    "a row": line(cell(), times=WITHOUT_END),
    "both": line(cell(times=1000), times=10_000),
    "nothing before a cell": line(f'<table:table-cell table:number-columns-repeated="{WITHOUT_END}"/>{cell()}'),
    "nothing before a row": line("<table:table-cell/>", times=WITHOUT_END) + line(cell()),
    "a line of 1,001 cells": line(cell() * 1001),
    "blanks": line(cell(BLANKS)),
    "some blanks in many cells": line(cell('<text:s text:c="100000"/>', times=900)),
}


@pytest.mark.django_db
@pytest.mark.parametrize("bomb", BOMBS)
def test_what_says_it_is_repeated_without_end_is_too_large(tmp_path, bomb):
    (problem,) = import_catalogue(with_rows(tmp_path, BOMBS[bomb])).problems
    assert problem.code == "too_large"


def test_nothing_repeated_without_end_at_the_end_is_nothing_and_a_thousand_cells_are_read(tmp_path):
    nothing = f'<table:table-cell table:number-columns-repeated="{WITHOUT_END}"/>'
    path = with_rows(tmp_path, line(cell() * 1000) + line(nothing, times=WITHOUT_END))
    with path.open("rb") as file:
        first = next(iter(sheets(file)))
        assert len([*first.rows][-1]) == 1000
