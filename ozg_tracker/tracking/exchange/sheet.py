"""The workbook a department fills in: words to choose from, a header that stays, keys as text, base values hidden."""

from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ozg_tracker.tracking.exchange.reading import BASE_SHEET
from ozg_tracker.tracking.exchange.words import COLUMNS, RESPONSIBILITY, STATE

SHEET = "Leistungen"
_LISTS = "Listen"
_FIXED = ("key", "ozg_id", "name", "version")  # they find the row again; grey, and locked against a slip
_WIDTHS = dict(zip(COLUMNS, (17, 9, 52, 26, 16, 15, 10, 12, 40, 12, 36, 12, 40, 9), strict=True))
_LETTERS = {column: get_column_letter(at) for at, column in enumerate(COLUMNS, start=1)}
_HEAD = PatternFill("solid", fgColor="171A2B")
_GREY = PatternFill("solid", fgColor="F1F2F5")
_SPARE_ROWS = 1000  # below the lines, for further lines of the same services

Line = Sequence[object]


def workbook(lines: Sequence[Line], departments: Sequence[str], levels: Iterable[int]) -> Workbook:
    """A workbook of `lines`, each in the order of the columns."""
    made = Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 (a new workbook has one)
    sheet.title = SHEET
    _fill(sheet, lines)
    _style(sheet, len(lines))
    lists = made.create_sheet(_LISTS)
    lists.sheet_state = "hidden"
    choices = {
        "department": departments,
        "responsibility": list(RESPONSIBILITY.values()),
        "state": list(STATE.values()),
        "level": [*levels, "–"],
    }
    for at, (column, words) in enumerate(choices.items(), start=1):
        _offer(sheet, lists, at, column, words, len(lines))
    base = made.create_sheet(BASE_SHEET)
    base.sheet_state = "veryHidden"
    _fill(base, lines)
    return made


def _fill(sheet: Worksheet, lines: Sequence[Line]) -> None:
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
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = f"A1:{_LETTERS['version']}{lines + 1}"
    for column, letter in _LETTERS.items():
        dimension = sheet.column_dimensions[letter]
        dimension.width = _WIDTHS[column]
        dimension.protection = Protection(locked=False)
        head = sheet[f"{letter}1"]
        head.font, head.fill = Font(bold=True, color="FFFFFF"), _HEAD
        head.alignment = Alignment(vertical="center", wrap_text=True)
        _style_column(sheet, column, lines)
    sheet.row_dimensions[1].height = 30
    sheet.protection.sheet = True
    for allowed in ("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows", "sort", "autoFilter"):
        setattr(sheet.protection, allowed, False)  # the attribute says what is forbidden
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]


def _style_column(sheet: Worksheet, column: str, lines: int) -> None:
    for row in range(2, lines + 2):
        cell = sheet[f"{_LETTERS[column]}{row}"]
        if column in _FIXED:
            cell.fill = _GREY
        else:
            cell.protection = Protection(locked=False)
        if column in ("planned_on", "effective_on"):
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
        showErrorMessage=column != "department",
    )
    sheet.add_data_validation(offered)
    offered.add(f"{_LETTERS[column]}2:{_LETTERS[column]}{lines + 1 + _SPARE_ROWS}")
