"""The report as a workbook: figures, every service, movements, definitions, and what the edition is."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.writer.excel import ExcelWriter

from ozg_tracker.workbooks import sheet
from reports import findings, labels, wording
from reports.exporting.rows import Row, ServiceRow, figure_rows, service_rows
from reports.exporting.text import cleaned
from reports.models import Edition

PERCENT, ONE_DECIMAL, WHOLE = '0.0" %"', "#,##0.0", "#,##0"


def workbook(edition: Edition) -> bytes:
    figures = cleaned(edition.figures)
    book = Workbook(write_only=True)
    book.properties.title = _("Sachstandsbericht %(month)s") % {"month": wording.month(figures["month"])}
    book.properties.creator = "OZG-Tracker"
    book.properties.language = "de-DE"
    book.properties.created = book.properties.modified = edition.known_at.astimezone(UTC).replace(tzinfo=None)
    _figures_sheet(book, figures)
    _services_sheet(book, figures)
    _movement_sheet(book, figures)
    definitions = figures.get("definitions", {})
    named = ((code, str(labels.DEFINITIONS.get(code, code)), text) for code, text in sorted(definitions.items()))
    sheet(book, _("Zählweise"), ((_("Definition"), 20), (_("Kennzahl"), 34), (_("Bedeutung"), 110)), named)
    about = findings.about(edition, figures)
    sheet(book, _("Ausgabe"), ((_("Angabe"), 34), (_("Wert"), 80)), about)
    written = BytesIO()
    ExcelWriter(book, _Dated(written, edition.known_at)).save()
    return written.getvalue()


class _Dated(ZipFile):
    """A workbook's archive whose parts all bear one instant: an edition gives the same bytes at any time."""

    def __init__(self, file: BytesIO, instant: datetime) -> None:
        super().__init__(file, "w", ZIP_DEFLATED)
        self._instant = instant.astimezone(UTC)

    def writestr(self, name: str, data: str | bytes) -> None:  # type: ignore[override]  # all that openpyxl calls it with
        super().writestr(ZipInfo(name, self._instant.timetuple()[:6]), data, ZIP_DEFLATED)

    def write(self, filename: str, arcname: str) -> None:  # type: ignore[override]  # all that openpyxl calls it with
        self.writestr(arcname, Path(filename).read_bytes())


def _figures_sheet(book: Workbook, figures: dict[str, Any]) -> None:
    columns = (
        (_("Kennzahl"), 34),
        (_("Dimension"), 44),
        (_("Zähler"), 11),
        (_("Nenner"), 11),
        (_("Wert"), 16),
        (_("Einheit"), 20),
        (_("Definition"), 20),
    )
    sheet(book, _("Kennzahlen"), columns, (_figure_line(book, row) for row in figure_rows(figures)))


def _figure_line(book: Workbook, row: Row) -> list[Any]:
    counts = [_number(book, row.numerator, WHOLE), _number(book, row.denominator, WHOLE)]
    shape = PERCENT if row.unit == "%" else ONE_DECIMAL
    value = _number(book, row.value, WHOLE) if row.tenths is None else _number(book, row.tenths / 10, shape)
    return [row.figure, row.dimension, *counts, value, row.unit, row.definition]


def _number(book: Workbook, value: Any, shape: str) -> Any:
    if isinstance(value, str) or value is None:
        return value
    cell = WriteOnlyCell(book.worksheets[-1], value=value)
    cell.number_format = shape
    return cell


def _services_sheet(book: Workbook, figures: dict[str, Any]) -> None:
    columns = (
        (_("Schlüssel"), 18),
        (_("OZG-ID"), 10),
        (_("Leistung"), 70),
        (_("Fertig"), 10),
        (_("Geplant oder in Umsetzung"), 18),
        (_("Bis zur Frist geplant"), 18),
        (_("Veränderung im Monat"), 24),
    )
    yes, no = _("ja"), _("nein")
    sheet(book, _("Leistungen"), columns, (_service_line(row, yes, no) for row in service_rows(figures)))


def _service_line(row: ServiceRow, yes: str, no: str) -> tuple[str, ...]:
    key, ozg_id, name, ready, started, planned, movement = row
    return (key, ozg_id, name, yes if ready else no, yes if started else no, yes if planned else no, movement)


def _movement_sheet(book: Workbook, figures: dict[str, Any]) -> None:
    columns = (
        (_("Veränderung"), 26),
        (_("Schlüssel"), 18),
        (_("OZG-ID"), 10),
        (_("Leistung"), 60),
        (_("Reifegrad vorher"), 18),
        (_("Reifegrad nachher"), 18),
        (_("Grund"), 80),
    )
    rows = (
        (
            str(name),
            each["key"] or "",
            each["ozg_id"] or "",
            each["name"],
            wording.level(each["from"]) if each["from"] is None else each["from"],
            wording.level(each["to"]) if each["to"] is None else each["to"],
            each["reason"],
        )
        for code, name in labels.MOVEMENT.items()
        for each in figures["movement"][code]
    )
    sheet(book, _("Veränderungen"), columns, rows)
