"""The workbook a department fills in: words to choose from, a header that stays, keys as text, base values hidden."""

from collections.abc import Iterable, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ozg_tracker.spreadsheets.opendocument import ods
from ozg_tracker.spreadsheets.workbooks import Table, fit_to_paper
from ozg_tracker.tracking.exchange.status_file import BASE_SHEET
from ozg_tracker.tracking.exchange.words import COLUMNS, RESPONSIBILITY, STATE

SHEET = "Leistungen"
_LISTS = "Listen"
# They find the row again: grey. Nothing is locked, for Excel sorts and deletes no row that holds a locked cell; lines
# whose cells no longer belong together are found by their Version when the file is read.
_FIXED = ("key", "ozg_id", "name", "version")
_WIDTHS = dict(zip(COLUMNS, (17, 9, 52, 26, 16, 15, 10, 12, 40, 12, 36, 12, 40, 9, 26, 12), strict=True))
_LETTERS = {column: get_column_letter(at) for at, column in enumerate(COLUMNS, start=1)}
_HEAD = PatternFill("solid", fgColor="171A2B")
_GREY = PatternFill("solid", fgColor="F1F2F5")
_SPARE_ROWS = 1000  # below the lines, for further lines of the same services
_NAMED_BY = 3  # key, OZG-ID and name stay in view

Cells = Sequence[object]
Offered = Mapping[str, Sequence[object]]


def workbook(lines: Sequence[Cells], offered: Offered) -> Workbook:
    """A workbook of `lines`, each in the order of the columns."""
    made = Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 (a new workbook has one)
    sheet.title = SHEET
    _fill(sheet, lines)
    _style(sheet, len(lines))
    lists = made.create_sheet(_LISTS)
    lists.sheet_state = "hidden"
    for at, (column, words) in enumerate(offered.items(), start=1):
        _offer(sheet, lists, at, column, words, len(lines))
    base = made.create_sheet(BASE_SHEET)
    base.sheet_state = "veryHidden"
    _fill(base, lines)
    return made


def choices(departments: Sequence[str], levels: Iterable[int], people: Sequence[str]) -> Offered:
    """The words to choose from, by column."""
    return {
        "department": departments,
        "responsibility": list(RESPONSIBILITY.values()),
        "state": list(STATE.values()),
        "level": [*levels, "–"],
        "owner": people,
    }


def open_document(lines: Sequence[Cells], offered: Offered) -> bytes:
    """The same workbook as ODS, without locked cells."""
    columns = [(title, _WIDTHS[column]) for column, title in COLUMNS.items()]
    places = [*COLUMNS]
    lists = {places.index(column): words for column, words in offered.items() if words}
    shown = Table(SHEET, columns, lines, choices=lists, spare=_SPARE_ROWS, named_by=_NAMED_BY)
    return ods([shown, Table(BASE_SHEET, columns, lines, hidden=True)], title=SHEET)


def _fill(sheet: Worksheet, lines: Sequence[Cells]) -> None:
    sheet.append(list(COLUMNS.values()))
    for row, line in enumerate(lines, start=2):
        for at, value in enumerate(line, start=1):
            if value not in (None, ""):
                _put(sheet.cell(row, at), value)


def _put(cell: Cell | MergedCell, value: object) -> None:
    cell.value = value  # type: ignore[assignment]
    if isinstance(value, str):
        cell.data_type = "s"  # a name that begins with "=" stays a name
        cell.number_format = "@"


def _style(sheet: Worksheet, lines: int) -> None:
    sheet.freeze_panes = f"{get_column_letter(_NAMED_BY + 1)}2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{lines + 1}"
    for column, letter in _LETTERS.items():
        dimension = sheet.column_dimensions[letter]
        dimension.width = _WIDTHS[column]
        head = sheet[f"{letter}1"]
        head.font, head.fill = Font(bold=True, color="FFFFFF"), _HEAD
        head.alignment = Alignment(vertical="center", wrap_text=True)
        _style_column(sheet, column, lines)
    sheet.row_dimensions[1].height = 30
    fit_to_paper(sheet)


def _style_column(sheet: Worksheet, column: str, lines: int) -> None:
    for row in range(2, lines + 2):
        cell = sheet[f"{_LETTERS[column]}{row}"]
        if column in _FIXED:
            cell.fill = _GREY
        if column in ("planned_on", "effective_on", "confirmed"):
            cell.number_format = "DD.MM.YYYY"


def _offer(sheet: Worksheet, lists: Worksheet, at: int, column: str, words: Sequence[object], lines: int) -> None:
    """Offer `words` to choose from in a column. New departments may be typed; other words must be of the list."""
    if not words:
        return
    letter = get_column_letter(at)
    for row, word in enumerate(words, start=1):
        _put(lists[f"{letter}{row}"], word)
    offered = DataValidation(
        type="list",
        formula1=f"{_LISTS}!${letter}$1:${letter}${len(words)}",
        allow_blank=True,
        errorTitle=COLUMNS[column],
        error="Bitte einen Wert aus der Liste wählen.",
        showErrorMessage=column not in ("department", "owner"),
    )
    sheet.add_data_validation(offered)
    offered.add(f"{_LETTERS[column]}2:{_LETTERS[column]}{lines + 1 + _SPARE_ROWS}")
