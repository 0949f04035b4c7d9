"""The report as a workbook, XLSX or ODS; the same edition gives the same bytes at any time."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

from ozg_tracker.spreadsheets.opendocument import ods
from ozg_tracker.spreadsheets.workbooks import sheet
from reports.exporting.cover import cover
from reports.exporting.sheets import tables, title
from reports.models import Edition
from reports.telling.content import report
from reports.telling.text import cleaned


def workbook(edition: Edition) -> bytes:
    figures = cleaned(edition.figures)
    book = Workbook(write_only=True)
    book.properties.title = title(figures)
    book.properties.creator = "OZG-Tracker"
    book.properties.language = "de-DE"
    book.properties.created = book.properties.modified = edition.known_at.astimezone(UTC).replace(tzinfo=None)
    cover(book, report(edition), figures)
    for table in tables(edition, figures):
        sheet(book, table.title, table.columns, table.rows)
    written = BytesIO()
    ExcelWriter(book, _Dated(written, edition.known_at)).save()
    return written.getvalue()


def open_document(edition: Edition) -> bytes:
    """The same as ODS; the same edition gives the same bytes."""
    figures = cleaned(edition.figures)
    return ods(tables(edition, figures), title=title(figures), instant=edition.known_at)


class _Dated(ZipFile):
    """A workbook's archive whose parts all bear one instant: an edition gives the same bytes at any time."""

    def __init__(self, file: BytesIO, instant: datetime) -> None:
        super().__init__(file, "w", ZIP_DEFLATED)
        self._instant = instant.astimezone(UTC)

    def writestr(self, name: str, data: str | bytes) -> None:  # type: ignore[override]  # all that openpyxl calls it with
        super().writestr(ZipInfo(name, self._instant.timetuple()[:6]), data, ZIP_DEFLATED)

    def write(self, filename: str, arcname: str) -> None:  # type: ignore[override]  # all that openpyxl calls it with
        self.writestr(arcname, Path(filename).read_bytes())
