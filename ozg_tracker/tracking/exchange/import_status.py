"""import_status(): a file of status lines, read → understood → merged → applied in one transaction, or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.importing.problems import Refused, Severity
from catalog.told import Told, silent
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.exchange.merge_lines import MergeLines, StatusImport
from ozg_tracker.tracking.exchange.status_file import StatusFile, read
from ozg_tracker.tracking.models import Source
from ozg_tracker.tracking.rows import locks

if TYPE_CHECKING:
    from ozg_tracker.accounts.models import User
    from ozg_tracker.tracking.rows.rights import Rights

_STEPS = 2  # reading, and all that happens in the transaction


class _Undo(Exception):
    pass


def import_status(
    path: Path,
    municipality: Municipality,
    *,
    dry_run: bool = False,
    skip_conflicts: bool = False,
    by: "User | None" = None,
    source: str = Source.FILE,
    rights: "Rights | None" = None,
    reader: Callable[[Path], StatusFile] = read,
    told: Told = silent,
) -> StatusImport:
    """Apply the lines of the file in their order, each from its own `Gilt ab` on (empty: today).

    A filled cell sets, an empty one leaves, "–" clears; in a workbook we exported, what differs from its base values is
    the edit. A line whose base or Version is older than the row is merged with what has been changed since; where both
    changed a field it is a conflict. Any error or (without `skip_conflicts`, which leaves those cells as stored and
    takes the others of their lines) any conflict refuses the file as a whole: `refused`, and nothing is written. A dry
    run does the same and takes it back.

    A service of the catalogue that the municipality does not track yet gets its row. A Fachbereich that is not there
    yet is made, with the warning `new_department`. `rights`: those of the person; None: may do all, as the operator's
    command. `reader`: how the file is read. `told` hears how far the work is.
    """
    outcome = StatusImport()
    told(0, _STEPS, _("lesen"))
    try:
        found = reader(path)
    except Refused as refused:
        outcome.problems.append(refused.problem)
        outcome.refused = True
        return outcome
    outcome.rows, outcome.problems, outcome.with_base = len(found.lines), found.problems, found.base is not None
    told(1, _STEPS, _("vergleichen und schreiben"))
    try:
        with transaction.atomic():
            locks.hold(municipality.pk)
            MergeLines(found, municipality, outcome, rights=rights, by=by).run(source)
            outcome.refused = bool(outcome.conflicts and not skip_conflicts) or any(
                problem.severity == Severity.ERROR for problem in outcome.problems
            )
            if dry_run or outcome.refused:
                raise _Undo
    except _Undo:
        if outcome.refused:
            outcome.applied = outcome.unchanged = 0
    told(_STEPS, _STEPS)
    return outcome
