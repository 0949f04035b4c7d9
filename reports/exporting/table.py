"""The figures as CSV that a German Excel opens by double click: BOM, semicolons, CRLF, decimal comma, ISO days.

A column holds one kind of thing; `described` says which, as CSV on the Web, so that programs need not guess.
"""

import csv
import io
import json
from typing import Any

from django.utils.translation import gettext as _

from reports.exporting.figure_rows import Row, figure_rows
from reports.exporting.file import file_name
from reports.models import Edition
from reports.telling import findings
from reports.telling.text import cleaned, guard


def columns() -> tuple[tuple[str, str, Any], ...]:
    """Name for programs, head for people, type."""
    decimal = {"base": "decimal", "format": {"decimalChar": ",", "pattern": "0.0"}}
    return (
        ("figure", _("Kennzahl"), "string"),
        ("dimension", _("Dimension"), "string"),
        ("numerator", _("Zähler"), "integer"),
        ("denominator", _("Nenner"), "integer"),
        ("percent", _("Prozent"), decimal),
        ("per_month", _("Je Monat"), decimal),
        ("count", _("Anzahl"), "integer"),
        ("unit", _("Einheit"), "string"),
        ("month", _("Monat"), "gYearMonth"),
        ("statement", _("Angabe"), "string"),
        ("definition", _("Definition"), "string"),
    )


def table(edition: Edition) -> bytes:
    figures = cleaned(edition.figures)
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    names = [name for name, _head, _type in columns()]
    writer.writerow([head for _name, head, _type in columns()])
    lines = [{"figure": guard(name), "statement": guard(value)} for name, value in findings.about(edition, figures)]
    lines += map(_line, figure_rows(figures))
    writer.writerows([[line.get(name, "") for name in names] for line in lines])
    return written.getvalue().encode("utf-8-sig")


def _line(row: Row) -> dict[str, str]:
    """A rate with decimal comma; a count as its digits, so that a negative one stays a number; words guarded."""
    found = {
        "figure": guard(row.figure),
        "dimension": guard(row.dimension),
        "numerator": _digits(row.numerator),
        "denominator": _digits(row.denominator),
        "definition": row.definition,
    }
    if row.tenths is not None:
        return found | {"percent" if row.unit == "%" else "per_month": f"{row.tenths // 10},{row.tenths % 10}"}
    if row.unit == _("Monat"):
        return found | {"month": str(row.value or "")}
    if isinstance(row.value, str):
        return found | {"statement": guard(row.value)}
    return found | {"count": _digits(row.value), "unit": "" if row.value is None else row.unit}


def _digits(count: int | None) -> str:
    return "" if count is None else str(count)


def described(edition: Edition) -> bytes:
    """What the columns of the CSV hold, to lie beside it as `<its name>-metadata.json` (W3C, CSV on the Web)."""
    figures = cleaned(edition.figures)
    told = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "de"}],
        "url": file_name(edition, figures["municipality"]["name"], "csv"),
        "dc:title": _("Sachstandsbericht %(month)s") % {"month": figures["month"]},
        "dc:publisher": figures["municipality"]["name"],
        "dc:identifier": edition.sha256,
        "dialect": {"delimiter": ";", "encoding": "utf-8", "header": True, "lineTerminators": ["\r\n"]},
        "tableSchema": {
            "columns": [{"name": name, "titles": head, "datatype": kind} for name, head, kind in columns()],
        },
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()
