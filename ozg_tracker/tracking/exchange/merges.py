"""The one merge of files, pasted cells and lists: lines are kept, looked at, decided and mended cell by cell; what is
good is taken over, the rest waits. Nothing between is lost: what is taken and what waits change in one transaction.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, astuple, dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from catalog.importing.problems import Problem
from catalog.models import LONGEST_TEXT
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.exchange.finding import SERVICE
from ozg_tracker.tracking.exchange.merge_lines import MergeLines, StatusImport
from ozg_tracker.tracking.exchange.status_file import FileLine, StatusFile
from ozg_tracker.tracking.exchange.words import COLUMNS
from ozg_tracker.tracking.models import Merge, Source
from ozg_tracker.tracking.rows import locks
from ozg_tracker.tracking.rows.rights import Rights

PICKS = ("mine", "stored")
Cell = tuple[int, str]  # a line's `at` and a column's code


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a person decided. `picks`: by cell, "mine" or "stored" and what was shown as stored; `mended`: by cell, the
    new text ("" leaves it); `everywhere`: lines whose mending is meant for all lines that say the same in the column
    named; `dropped`: lines that are not to be taken over.
    """

    picks: Mapping[Cell, tuple[str, str]] = field(default_factory=dict)
    mended: Mapping[Cell, str] = field(default_factory=dict)
    everywhere: Mapping[int, str] = field(default_factory=dict)
    dropped: Collection[int] = ()


def keep_merge(municipality: Municipality, found: StatusFile, *, by: User, origin: str) -> Merge:
    """Keep the lines of a file that was read, until they are taken over or dropped."""
    return Merge.objects.create(
        municipality=municipality,
        by=by,
        origin=origin,
        name=found.name[:255],
        rows=len(found.lines),
        lines=[asdict(line) for line in found.lines],
        base=[asdict(line) for line in found.base] if found.base is not None else None,
        told=[astuple(problem) for problem in found.problems],
    )


def look_at(merge: Merge, *, by: User, rights: Rights, reason: str = "") -> StatusImport:
    """What `take_over` would do now: the same without its last step."""
    with transaction.atomic():
        locks.hold(merge.municipality_id)
        seen = _run(merge, lines_of(merge), by=by, rights=rights, reason=reason, hold=True)
        transaction.set_rollback(True)
    return seen


def decide(merge: Merge, decisions: Decisions) -> None:
    """Write the decisions into the lines that wait. ValidationError: a text that is too long."""
    with transaction.atomic():
        held = Merge.objects.select_for_update().get(pk=merge.pk)
        lines = {line.at: line for line in lines_of(held)}
        for (at, column), (pick, against) in decisions.picks.items():
            if at in lines and pick in PICKS:
                lines[at].chosen[column] = (pick, against)
        for (at, column), text in decisions.mended.items():
            if at in lines and text and (column in COLUMNS or column == SERVICE):
                _mend(lines, at, column, text, decisions.everywhere.get(at))
        _keep(held, [line for line in lines.values() if line.at not in decisions.dropped])
    merge.__dict__.update(held.__dict__)


def every_open_cell(seen: StatusImport, pick: str) -> dict[Cell, tuple[str, str]]:
    """The same pick ("mine", "stored") for every cell that nobody has decided."""
    return {(side.line.at, side.column): (pick, side.stored) for side in seen.sides if not side.pick}


def take_over(merge: Merge, *, by: User, rights: Rights, reason: str = "") -> StatusImport:
    """Take over every line that is good now; the others wait. `waiting` of the answer says which; the merge is gone
    when none is left. ValidationError as of `change_many`, where nothing is written.
    """
    with transaction.atomic():
        locks.hold(merge.municipality_id)
        held = Merge.objects.select_for_update().filter(pk=merge.pk).first()
        if held is None:
            raise ValidationError(_("Diesen Abgleich hat schon jemand zu Ende gebracht."), code="gone")
        seen = look_at(held, by=by, rights=rights, reason=reason)
        waiting = {line.at for line in seen.waiting}
        good = [line for line in lines_of(held) if line.at not in waiting]
        taken = _run(held, good, by=by, rights=rights, reason=reason, hold=False)
        if taken.wrong:  # what was good a moment ago, under the same lock
            raise ValidationError([problem.problem.message for problem in taken.wrong], code="refused")
        _keep(held, seen.waiting)
    taken.waiting = seen.waiting
    return taken


def drop(merge: Merge) -> None:
    """Throw the lines away that wait; nothing of them was taken over."""
    Merge.objects.filter(pk=merge.pk).delete()


def lines_of(merge: Merge) -> list[FileLine]:
    return [_line(each) for each in merge.lines]


def _run(merge: Merge, lines: list[FileLine], *, by: User, rights: Rights, reason: str, hold: bool) -> StatusImport:
    base = [_line(each) for each in merge.base] if merge.base is not None else None
    told = [Problem(*each) for each in merge.told] if hold else []
    found = StatusFile(merge.name, lines, base, told)
    outcome = StatusImport(rows=len(lines), problems=list(told), with_base=base is not None)
    source = Source.API if merge.origin == Merge.Origin.API else Source.FILE
    MergeLines(found, merge.municipality, outcome, rights=rights, by=by, reason=reason, hold=hold).run(source)
    return outcome


def _mend(lines: Mapping[int, FileLine], at: int, column: str, text: str, same: str | None) -> None:
    if len(text) > LONGEST_TEXT:
        raise ValidationError(_("Höchstens %(most)d Zeichen.") % {"most": LONGEST_TEXT}, code="too_long")
    alike = [line for line in lines.values() if same and line.cells.get(same) == lines[at].cells.get(same)]
    for line in alike or [lines[at]]:
        line.cells[column] = text


def _keep(merge: Merge, lines: Iterable[FileLine]) -> None:
    """The lines that wait from now on; without any the merge is at its end."""
    merge.lines = [asdict(line) for line in lines]
    merge.rows = len(merge.lines)
    if merge.rows:
        merge.save(update_fields=["lines", "rows"])
    else:
        Merge.objects.filter(pk=merge.pk).delete()


def _line(told: Mapping[str, object]) -> FileLine:
    line = FileLine(**told)  # type: ignore[arg-type]  # as `asdict` wrote it
    line.chosen = {column: (pick, against) for column, (pick, against) in line.chosen.items()}
    return line
