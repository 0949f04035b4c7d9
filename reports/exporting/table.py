"""The figures as CSV that a German Excel opens by double click: BOM, semicolons, CRLF, decimal comma, ISO days."""

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from reports import findings
from reports.exporting.rows import Row, figure_rows
from reports.exporting.text import cleaned, guard
from reports.models import Edition


def table(edition: Edition) -> bytes:
    figures = cleaned(edition.figures)
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow([_("Kennzahl"), _("Dimension"), _("Zähler"), _("Nenner"), _("Wert"), _("Einheit"), _("Definition")])
    for name, value in findings.about(edition, figures):
        writer.writerow([guard(name), "", "", "", guard(value), "", ""])
    writer.writerows(_lines(figure_rows(figures)))
    return written.getvalue().encode("utf-8-sig")


def _lines(rows: Iterator[Row]) -> Iterator[list[str]]:
    for row in rows:
        texts = (guard(row.figure), guard(row.dimension), _figure(row.numerator), _figure(row.denominator))
        yield [*texts, _value(row), row.unit, row.definition]


def _figure(count: int | None) -> str:
    return "" if count is None else str(count)


def _value(row: Row) -> str:
    """A rate with decimal comma; a count as its digits, so that a negative one stays a number; words guarded."""
    if row.tenths is not None:
        return f"{row.tenths // 10},{row.tenths % 10}"
    return guard(row.value) if isinstance(row.value, str) else _figure(row.value)
