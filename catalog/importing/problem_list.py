"""The problems of a file as a table, to be worked through beside the file itself."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from catalog.importing.folding import Placed
from catalog.importing.records import cleaned
from catalog.models import ImportProblem
from ozg_tracker.spreadsheets.workbooks import Table
from ozg_tracker.spreadsheets.writing import spreadsheet


def problem_list(problems: Iterable[Placed], form: str) -> bytes:
    """One line a problem with its place, errors first, else in the order of the file; `form` is "xlsx" or "ods"."""
    kinds = {kind.value: str(kind.label) for kind in ImportProblem.Severity}
    columns = ((_("Art"), 11), (_("Blatt"), 24), (_("Zeile"), 8), (_("Spalte"), 24))
    in_order = sorted(problems, key=lambda each: each.severity != ImportProblem.Severity.ERROR)
    lines = (
        (
            kinds[str(each.severity)],
            cleaned(each.sheet or ""),
            each.row,
            cleaned(each.column or ""),
            cleaned(each.message),
        )
        for each in in_order
    )
    return spreadsheet([Table(_("Probleme"), (*columns, (_("Was ist los, und was hilft?"), 110)), lines)], form)
