"""XLSX: sheets with title rows above the header, columns in any order, keys as numbers or text."""

from collections.abc import Iterator
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from catalog.importing import limits
from catalog.importing.archive import oddly_packed
from catalog.importing.columns import Cells, no_header, table
from catalog.importing.records import Cleaner, Source, Table, cleaned
from catalog.importing.workbook_guard import damaged, plain_copy


def read(file: BinaryIO) -> Source:
    """The sheets with a header, in their order; hidden ones are left out, as a person leaves them out."""
    return Source(_tables(file))


def _tables(file: BinaryIO) -> Iterator[Table]:
    workbook = _opened(file)
    cleaner, found = Cleaner(), False
    sheets = workbook.sheets_metadata
    if len(sheets) > limits.SHEETS:
        raise oddly_packed()
    for sheet in sheets:
        if sheet.typ is SheetTypeEnum.WorkSheet and sheet.visible is SheetVisibleEnum.Visible:
            one = table(cleaned(sheet.name)[:100], _rows(workbook, sheet.name), cleaner)
            if one is not None:
                found = True
                yield one
    if not found:
        raise no_header()


def _opened(file: BinaryIO) -> CalamineWorkbook:
    copy = plain_copy(file)
    try:
        return CalamineWorkbook.from_filelike(copy)
    except BaseException as error:
        if not _tells_of_damage(error):
            raise
        raise damaged() from error


def _rows(workbook: CalamineWorkbook, name: str) -> Iterator[Cells]:
    """Every row from the sheet's first on, the empty ones too, so that a row's place is its number."""
    try:
        yield from workbook.get_sheet_by_name(name).iter_rows()
    except BaseException as error:
        if not _tells_of_damage(error):
            raise
        raise damaged() from error


def _tells_of_damage(error: BaseException) -> bool:
    """A panic of the Rust reader is no Exception, yet says no more than that the file is damaged."""
    return isinstance(error, CalamineError | ValueError | OSError) or type(error).__name__ == "PanicException"
