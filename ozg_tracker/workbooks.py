"""Workbooks that people read: a sheet with a head that stays in view and filters, where no text is ever a formula."""

from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEAD_FONT = Font(bold=True, color="51577A")
_HEAD_FILL = PatternFill("solid", start_color="F2F3F8")
_HEAD_LINE = Border(bottom=Side(style="thin", color="6E7597"))
_NOT_TEXT = frozenset(("", "=", "#"))  # what an error code or a formula starts with


def sheet(book: Workbook, title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]) -> None:
    """Add a sheet to a write-only `book`; `columns` are (name, width), texts hold no control characters."""
    made = book.create_sheet(title)
    made.freeze_panes = "A2"
    for index, (_name, width) in enumerate(columns, start=1):
        made.column_dimensions[get_column_letter(index)].width = width
    made.append([_head(made, name) for name, _width in columns])
    last = 1
    for row in rows:
        # Most cells are plain words; only those that need care are looked at twice.
        made.append([_cell(made, value) if type(value) is str and value[:1] in _NOT_TEXT else value for value in row])
        last += 1
    made.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"


def _head(sheet: Any, name: str) -> Any:
    cell = WriteOnlyCell(sheet, value=name)
    cell.font, cell.fill, cell.border = _HEAD_FONT, _HEAD_FILL, _HEAD_LINE
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _cell(sheet: Any, text: str) -> Any:
    """`text`, which openpyxl might take for a formula or an error, as a cell that says it is text. Empty is no cell."""
    if not text:
        return None
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell
