"""The same once more: a file, or what it says, that the last import loaded is answered from what was stored."""

from catalog.importing.outcome import Counts, ImportOutcome
from catalog.importing.problems import Problem
from catalog.models import CatalogueImport

UNREAD = {"unknown_column", "skipped_sheet"}  # of the form of a file, not of what it says
STANDING = ("new", "changed", "unchanged", "returned")


def last_import(rules: str, *, partial: bool, skip_errors: bool) -> CatalogueImport | None:
    """The last import in force, if it was asked for in the same way and under the same rules.

    Same means: as part or as whole, with the same types that count, and no error that was skipped then and is not now.
    """
    last = CatalogueImport.objects.in_force().select_related("release").first()
    if last is None or last.partial != partial or last.rules != rules:
        return None
    if not skip_errors and last.problems.filter(severity="error").exists():
        return None
    return last


def answer(outcome: ImportOutcome, last: CatalogueImport, unread: list[Problem] | None = None) -> None:
    """Fill the figures from the last import: everything stands as it left it.

    `unread` is what of this file is not read, where it is another than the last import's.
    """
    rows = last.problems.order_by("id").values_list("code", "message", "severity", "sheet", "row", "column")
    outcome.problems = [
        Problem(code, message, severity, sheet or None, row, column or None)
        for code, message, severity, sheet, row, column in rows
    ]
    if unread is not None:
        outcome.problems = unread + [each for each in outcome.problems if each.code not in UNREAD]
    outcome.rows, outcome.would_apply = last.rows, True
    outcome.services, outcome.bundles = (
        Counts(unchanged=sum(getattr(last, f"{what}_{name}") for name in STANDING)) for what in ("services", "bundles")
    )
