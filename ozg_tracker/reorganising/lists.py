"""import_departments(): the tree from a list, pasted or a file: read, planned, and done as one deed or not at all.

A list is lines, each a department below the nearest line above that is indented less; or columns, one a level of the
tree, in whole paths or only where something new begins; or a column of names and one that says what each belongs to.
What the list lacks is named and stays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing.problems import Problem, Refused, Severity
from ozg_tracker.accounts.departments.as_of import Node, Tree, tree_as_of
from ozg_tracker.accounts.departments.changing import BEGINNING, new_departments, record
from ozg_tracker.accounts.models import Municipality, Reorganisation, User
from ozg_tracker.accounts.models.departments import LONGEST_NAME
from ozg_tracker.reorganising.list_files import Listed, read_list
from ozg_tracker.tracking.rows import locks

MOST = 5_000  # departments; a district has some 3,000 offices and posts
DEEPEST = 12


@dataclass
class ListImport:
    """What came of a list: names, each as the tree has or would have it. `refused`: nothing was written."""

    rows: int = 0
    new: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    applied: bool = False

    @property
    def refused(self) -> bool:
        return any(problem.severity == Severity.ERROR for problem in self.problems)

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "applied": self.applied,
            "new": self.new,
            "moved": self.moved,
            "unchanged": len(self.unchanged),
            "missing": self.missing,
            "problems": [problem.as_json() for problem in self.problems],
        }


def import_departments(
    path: Path, municipality: Municipality, *, dry_run: bool = False, by: User | None = None
) -> ListImport:
    """Make the departments that the list names and the tree lacks, and place those that it places otherwise.

    In a municipality without departments they are there from the day the OZG came into force on, else from today. Any
    error refuses the list as a whole. A dry run does the same without writing. The same list again changes nothing.
    """
    outcome = ListImport()
    try:
        listed = read_list(path)
    except Refused as refused:
        outcome.problems.append(refused.problem)
        return outcome
    outcome.rows = len(listed)
    with transaction.atomic():
        locks.hold(municipality.pk, exclusive=True)
        tree = tree_as_of(municipality.pk, timezone.localdate())
        _compare(listed, tree, outcome)
        if not (outcome.refused or dry_run):
            _apply(municipality, listed, tree, outcome, by, path.name)
            outcome.applied = True
    return outcome


def _standing(tree: Tree) -> dict[str, int]:
    return {node.name: pk for pk, node in tree.items() if not node.ended}


def _compare(listed: Sequence[Listed], tree: Tree, outcome: ListImport) -> None:
    known = _standing(tree)
    places: dict[str, Listed] = {}
    for each in listed:
        first = places.setdefault(each.name, each)
        if first is not each:
            _tell_twice(each, first, outcome)
    for each in places.values():
        _check(each, places, known, outcome)
        if each.name not in known:
            outcome.new.append(each.name)
        elif (tree[above].name if (above := tree[known[each.name]].parent) is not None else None) != each.parent:
            outcome.moved.append(each.name)
        else:
            outcome.unchanged.append(each.name)
    outcome.missing = sorted(name for name in known if name not in places)
    if len(places) + len(outcome.missing) > MOST:
        message = _("Das sind mehr als %(most)d Fachbereiche.") % {"most": MOST}
        outcome.problems.append(Problem("too_large", message))


def _tell_twice(each: Listed, first: Listed, outcome: ListImport) -> None:
    words = {"name": each.name, "row": first.row}
    if each.parent == first.parent:
        message = _("„%(name)s“ steht schon in Zeile %(row)s; diese Zeile bleibt weg.") % words
        outcome.problems.append(Problem("duplicate_row", message, Severity.WARNING, each.sheet, each.row))
    else:
        message = _(
            "„%(name)s“ steht schon in Zeile %(row)s, dort an anderer Stelle. Ein Name steht in einer Kommune nur "
            "einmal; bitte ergänzen Sie ihn, etwa um das Amt."
        )
        outcome.problems.append(Problem("duplicate_name", message % words, Severity.ERROR, each.sheet, each.row))


def _check(each: Listed, places: dict[str, Listed], known: dict[str, int], outcome: ListImport) -> None:
    code = ""
    if len(each.name) > LONGEST_NAME:
        code, message = "name_too_long", _("Ein Name hat höchstens %(most)d Zeichen.") % {"most": LONGEST_NAME}
    elif each.parent is not None and each.parent not in places and each.parent not in known:
        message = _("Den Fachbereich „%(parent)s“, zu dem „%(name)s“ gehören soll, nennt die Liste nicht.")
        code, message = "unknown_parent", message % {"parent": each.parent[:80], "name": each.name[:80]}
    elif _depth(each, places) > DEEPEST:
        message = _("„%(name)s“ steht unter sich selbst oder tiefer als %(most)d Ebenen.")
        code, message = "cycle", message % {"name": each.name[:80], "most": DEEPEST}
    if code:
        outcome.problems.append(Problem(code, message, Severity.ERROR, each.sheet, each.row))


def _depth(each: Listed, places: dict[str, Listed]) -> int:
    depth, above = 1, each.parent
    while above in places and depth <= DEEPEST:
        depth, above = depth + 1, places[above].parent
    return depth


def _apply(
    municipality: Municipality, listed: Iterable[Listed], tree: Tree, outcome: ListImport, by: User | None, name: str
) -> None:
    if not (outcome.new or outcome.moved):
        return
    ids = _standing(tree) | dict(zip(outcome.new, new_departments(municipality, outcome.new), strict=True))
    changed = {*outcome.new, *outcome.moved}
    first = {each.name: each for each in reversed([*listed])}
    changes = {
        ids[each.name]: Node(each.name, ids[each.parent] if each.parent is not None else None)
        for each in first.values()
        if each.name in changed
    }
    record(
        municipality,
        Reorganisation.Kind.LIST,
        changes,
        effective_on=timezone.localdate() if tree else BEGINNING,
        by=by,
        reason=f"Liste „{name[:100]}“",
    )
