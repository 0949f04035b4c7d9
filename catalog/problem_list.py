"""The problems of a file as a workbook, to be worked through beside the file itself."""

from collections.abc import Iterable
from io import BytesIO

from django.utils.translation import gettext as _
from openpyxl import Workbook

from catalog.folding import Placed
from catalog.import_models import ImportProblem
from catalog.importing.records import cleaned
from ozg_tracker.workbooks import sheet


def problem_workbook(problems: Iterable[Placed]) -> bytes:
    """One line a problem with its place, errors first, else in the order of the file."""
    kinds = {kind.value: str(kind.label) for kind in ImportProblem.Severity}
    columns = ((_("Art"), 11), (_("Blatt"), 24), (_("Zeile"), 8), (_("Spalte"), 24), (_("Code"), 22))
    in_order = sorted(problems, key=lambda each: each.severity != ImportProblem.Severity.ERROR)
    lines = (
        (
            kinds[str(each.severity)],
            cleaned(each.sheet or ""),
            each.row,
            cleaned(each.column or ""),
            each.code,
            cleaned(each.message),
        )
        for each in in_order
    )
    book = Workbook(write_only=True)
    sheet(book, _("Probleme"), (*columns, (_("Was ist los, und was hilft?"), 110)), lines)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
