"""The sheets of a workbook, XLSX or ODS, for whoever reads tables: within bounds, and with merged cells filled down."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from catalog.importing import limits
from catalog.importing.formats.merged import Cells, Range, filled_down
from catalog.importing.formats.workbook_guard import damaged, plain_copy
from catalog.importing.formats.zip_folder import oddly_packed


class Sheet(NamedTuple):
    """`rows`: every row from the sheet's first on, the empty ones too, so that a row's place is its number."""

    name: str
    visible: bool
    rows: Iterator[Cells]


def sheets(file: BinaryIO) -> Iterator[Sheet]:
    """The worksheets in their order, hidden ones too. Refused: `unreadable_file`, `too_large`, `unsafe_file`."""
    copy, merged = plain_copy(file)
    with _undamaged():
        workbook = CalamineWorkbook.from_filelike(copy)
        found = workbook.sheets_metadata
    if len(found) > limits.SHEETS:
        raise oddly_packed()
    for sheet in found:
        if sheet.typ is SheetTypeEnum.WorkSheet:
            known = None if merged is None else merged.get(sheet.name, [])
            visible = sheet.visible is SheetVisibleEnum.Visible
            yield Sheet(sheet.name, visible, _rows(workbook, sheet.name, known))


def _rows(workbook: CalamineWorkbook, name: str, merged: list[Range] | None) -> Iterator[Cells]:
    with _undamaged():
        sheet = workbook.get_sheet_by_name(name)
        ranges = (sheet.merged_cell_ranges or []) if merged is None else merged
        yield from filled_down(sheet.iter_rows(), ranges) if ranges else sheet.iter_rows()


@contextmanager
def _undamaged() -> Iterator[None]:
    """A panic of the Rust reader is no Exception, yet says no more than that the file is damaged."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, CalamineError | ValueError | OSError) or type(error).__name__ == "PanicException":
            raise damaged() from error
        raise
