"""Tables as a file that people open in their spreadsheet, XLSX or ODS."""

from collections.abc import Iterable
from io import BytesIO

from openpyxl import Workbook

from ozg_tracker.spreadsheets import opendocument, workbooks
from ozg_tracker.spreadsheets.workbooks import Table, sheet

MEDIA_TYPES = {"xlsx": workbooks.MEDIA_TYPE, "ods": opendocument.MEDIA_TYPE}


def spreadsheet(tables: Iterable[Table], form: str) -> bytes:
    """The tables as one file of the `form` "xlsx" or "ods"."""
    if form == "ods":
        return opendocument.ods(tables)
    book, stream = Workbook(write_only=True), BytesIO()
    for table in tables:
        sheet(book, table.title, table.columns, table.rows)
    book.save(stream)
    return stream.getvalue()
