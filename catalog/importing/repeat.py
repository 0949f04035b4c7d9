"""The same once more: a file, or what it says, that the last import loaded is answered from what was stored."""

from catalog.import_models import CatalogueImport
from catalog.importing.outcome import Counts, ImportOutcome
from catalog.importing.problems import Problem


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


def answer(outcome: ImportOutcome, last: CatalogueImport) -> None:
    """Fill the figures from the last import: everything stands as it left it."""
    rows = last.problems.order_by("id").values_list("code", "message", "severity", "sheet", "row", "column")
    outcome.problems = [Problem(each[0], each[1], each[2], each[3] or None, each[4], each[5] or None) for each in rows]
    outcome.rows, outcome.would_apply = last.rows, True
    outcome.services = Counts(unchanged=last.services_new + last.services_changed + last.services_unchanged)
    outcome.bundles = Counts(unchanged=last.bundles_new + last.bundles_changed + last.bundles_unchanged)
