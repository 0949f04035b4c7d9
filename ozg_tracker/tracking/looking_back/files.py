"""What differs between two days as a file: XLSX, ODS or CSV."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext as _

from ozg_tracker.spreadsheets.workbooks import Table
from ozg_tracker.spreadsheets.writing import spreadsheet
from ozg_tracker.tracking.exchange.export_status import FORMS, delimited
from ozg_tracker.tracking.looking_back.comparing import Kind, Sight
from ozg_tracker.tracking.rows.storyline import FIELDS, label_of

__all__ = ["FORMS", "differences_as_file"]


def differences_as_file(sights: Sequence[Sight], then: date, later: date, form: str) -> bytes:
    """A line a service: every field on the first day and on the second, side by side. `form`: one of FORMS."""
    days = f"{then:%d.%m.%Y}", f"{later:%d.%m.%Y}"
    heads = [
        *(_("Schlüssel"), _("Leistung"), _("Was")),
        *(f"{label_of(name)} ({day})" for name in FIELDS for day in days),
        _("Änderungen"),
    ]
    if form == "csv":
        return delimited(heads, _lines(sights))
    widths = [16, 40, 20, *([20] * (2 * len(FIELDS))), 12]
    return spreadsheet([Table(_("Unterschiede"), list(zip(heads, widths, strict=True)), _lines(sights))], form)


def _lines(sights: Sequence[Sight]) -> Iterator[list[object]]:
    for each in sights:
        pairs = [words for cell in each.cells.values() for words in (cell.before, cell.after)]
        yield [each.row.service.key or "", each.row.service.name, str(Kind(each.kind).label), *pairs, each.steps]
