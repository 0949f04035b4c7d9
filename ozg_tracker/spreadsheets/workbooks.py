"""Workbooks that people read: a sheet with a head that stays in view and filters, where no text is ever a formula."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

PERCENT, ONE_DECIMAL, WHOLE = '0.0" %"', "#,##0.0", "#,##0"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEAD_FONT = Font(bold=True, color="51577A")
_HEAD_FILL = PatternFill("solid", start_color="F2F3F8")
_HEAD_LINE = Border(bottom=Side(style="thin", color="6E7597"))
_LINK = Font(color="2044AA", underline="single")
_A4 = 9  # its number in the file format
_NOT_TEXT = frozenset(("", "=", "#"))  # what an error code or a formula starts with


class Linked(NamedTuple):
    """A text that leads to a place in the workbook, where the format can."""

    text: str
    place: str


class Shaped(NamedTuple):
    """A number and how it is shown: PERCENT, ONE_DECIMAL or WHOLE."""

    value: Any
    shape: str


@dataclass
class Table:
    """A sheet: `columns` are (name, width in characters), a row has a value for each: text, number, day, Shaped, None.

    `choices`: the words to choose from in a column, by its place; `spare`: empty rows below that offer them too.
    `named_by`: so many columns say which row it is; where a format can, they stay in view.
    """

    title: str
    columns: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[Any]]
    hidden: bool = False
    choices: Mapping[int, Sequence[object]] = field(default_factory=dict)
    spare: int = 0
    named_by: int = 0


def sheet(book: Workbook, title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]) -> None:
    """Add a sheet to a write-only `book`; `columns` are (name, width), texts hold no control characters."""
    made = book.create_sheet(title)
    made.freeze_panes = "A2"
    fit_to_paper(made)
    for index, (_name, width) in enumerate(columns, start=1):
        made.column_dimensions[get_column_letter(index)].width = width
    made.append([_head(made, name) for name, _width in columns])
    last = 1
    for row in rows:
        # Most cells are plain words; only those that need care are looked at twice.
        made.append(
            [value if type(value) is str and value[:1] not in _NOT_TEXT else _shown(made, value) for value in row]
        )
        last += 1
    made.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"


def fit_to_paper(sheet: Any, *, pages: int = 0) -> None:
    """On A4, landscape, as wide as the paper; on `pages` pages, or on as many as it takes, the head on each."""
    sheet.page_setup.paperSize, sheet.page_setup.orientation = _A4, "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, pages
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if not pages:
        sheet.print_title_rows = "1:1"


def words(sheet: Any, text: str, font: Font | None = None, link: str = "", *, wrap: bool = True) -> Any:
    """A cell of `text`; `link` is a place in the workbook: "'Zählweise'!A2"."""
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.alignment = Alignment(vertical="top", wrap_text=wrap)
    if font:
        cell.font = font
    if link:
        cell.hyperlink = Hyperlink(ref="", location=link)
    return cell


def _head(sheet: Any, name: str) -> Any:
    cell = WriteOnlyCell(sheet, value=name)
    cell.font, cell.fill, cell.border = _HEAD_FONT, _HEAD_FILL, _HEAD_LINE
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _shown(sheet: Any, value: Any) -> Any:
    if type(value) is Shaped:
        cell = WriteOnlyCell(sheet, value=value.value)
        cell.number_format = value.shape
        return cell
    if type(value) is Linked:
        return words(sheet, value.text, font=_LINK, link=value.place)
    return _cell(sheet, value) if type(value) is str else value


def _cell(sheet: Any, text: str) -> Any:
    """`text`, which openpyxl might take for a formula or an error, as a cell that says it is text. Empty is no cell."""
    if not text:
        return None
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell
