"""A table that people bring: its first sheet, and a word for each other one."""

from openpyxl import Workbook

from ozg_tracker.tracking.tables import read_table


def test_of_a_workbook_with_several_sheets_those_that_are_not_read_are_named(tmp_path):
    book = Workbook()
    book.active.title = "Leer"
    for name in ("Personal", "Nachtrag", "Listen"):
        book.create_sheet(name).append(["E-Mail", 40118.0])
    book["Listen"].sheet_state = "hidden"
    book.save(path := tmp_path / "personal.xlsx")
    table, problems = read_table(path, 10**6)
    assert (table.sheet, table.rows) == ("Personal", [(1, ["E-Mail", "40118"])])
    assert [(each.code, each.severity, each.sheet) for each in problems] == [("sheet_left_out", "warning", "Nachtrag")]
    assert problems[0].message.startswith("Gelesen ist nur das Blatt „Personal“; auch im Blatt „Nachtrag“ steht etwas.")


def test_a_text_has_no_sheet(tmp_path):
    path = tmp_path / "personal.csv"
    path.write_text("E-Mail;Name\nkim@example.invalid;Kim  Probe\n")
    table, problems = read_table(path, 10**6)
    assert (table.sheet, problems) == (None, [])
    assert [cells for _number, cells in table.rows] == [["E-Mail", "Name"], ["kim@example.invalid", "Kim Probe"]]
