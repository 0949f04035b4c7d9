"""What somebody wants of the tree of departments, and what it comes to: new departments, changed ones, and moves."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ozg_tracker.accounts.departments.as_of import Node, Tree, entries, tree_on
from ozg_tracker.accounts.departments.changing import clean_name, refuse_strange
from ozg_tracker.accounts.models import Municipality, Reorganisation, Role
from ozg_tracker.tracking.deadlines.moving import Becomes

Kind = Reorganisation.Kind
KINDS = (Kind.RENAME, Kind.MOVE, Kind.MERGE, Kind.SPLIT, Kind.END)  # of departments that are there
SAME = -1  # for a parent: as it is
MOST_PARTS = 20


class Share(NamedTuple):
    """What of a department that is split goes to one of the new ones: ids of rows, people and training rules."""

    services: Collection[int] = ()
    people: Collection[int] = ()
    rules: Collection[int] = ()


@dataclass(frozen=True)
class Wish:
    """One deed, as entered. What is left empty stays as it is.

    `departments`: those chosen. `name`: the new one (add, rename, merge). `parent`: where it is to belong, None: at the
    top. `into`: who takes over what an ended department has. `parts`: the names of the new departments of a split,
    each with its share; without any share the split gives nothing away. `staying`: ids of training rules that do not
    go along, and so apply to nobody where their department ends; `named`: of those that go along and are from then on
    for the people alone for whom they were. `ending`, `listed`: ids of deadlines that do not go along: they end, or
    hold for the same services as a list. `leads`, `works`: ids of managers and staff who move and are from then on
    manager, or staff, of their new department; whoever does not move is left as they are.
    """

    kind: str
    effective_on: date
    reason: str = ""
    departments: tuple[int, ...] = ()
    name: str = ""
    parent: int | None = SAME
    into: int | None = None
    parts: Mapping[str, Share] = field(default_factory=dict)
    staying: tuple[int, ...] = ()
    named: tuple[int, ...] = ()
    ending: tuple[int, ...] = ()
    listed: tuple[int, ...] = ()
    leads: tuple[int, ...] = ()
    works: tuple[int, ...] = ()

    @property
    def roles(self) -> dict[int, Role]:
        """Who moves with another role, by id."""
        return dict.fromkeys(self.works, Role.STAFF) | dict.fromkeys(self.leads, Role.MANAGER)

    @property
    def becomes(self) -> dict[int, Becomes]:
        """What deadlines become that do not go along, by id."""
        return dict.fromkeys(self.listed, Becomes.LISTED) | dict.fromkeys(self.ending, Becomes.ENDED)


def as_json(wish: Wish) -> dict[str, Any]:
    """What keeps a wish until its day; `wish_in` reads it again."""
    parts = {name: [sorted(ids) for ids in share] for name, share in wish.parts.items()}
    return asdict(wish) | {"effective_on": wish.effective_on.isoformat(), "parts": parts}


def wish_in(kept: Mapping[str, Any]) -> Wish:
    parts = {name: Share(*ids) for name, ids in kept["parts"].items()}
    said = {"effective_on": date.fromisoformat(kept["effective_on"]), "departments": tuple(kept["departments"])}
    ids = {name: tuple(kept.get(name, ())) for name in _DECIDED}
    return Wish(**dict(kept) | said | {"parts": parts} | ids)


_DECIDED = ("staying", "named", "ending", "listed", "leads", "works")


class Goes(NamedTuple):
    """From department `source` to `target`; `share`: only these, None: all."""

    source: int
    target: int
    share: Share | None = None


@dataclass(frozen=True)
class Plan:
    """What `wish` comes to. New departments have ids below zero until they are made.

    `before` and `after`: the tree of today, without and with it.
    """

    wish: Wish
    changes: dict[int, Node]
    moves: tuple[Goes, ...]
    before: Tree
    after: Tree

    @property
    def ending(self) -> dict[int, int | None]:
        """The departments that end, each with the one that takes over all it has."""
        whole = {each.source: each.target for each in self.moves if each.share is None}
        return {pk: whole.get(pk) for pk, node in self.changes.items() if node.ended}

    @property
    def new(self) -> dict[int, Node]:
        return {pk: node for pk, node in self.changes.items() if pk < 0}


def plan_of(municipality: Municipality, wish: Wish, today: date) -> Plan:
    """The plan of `wish`; ValidationError by field for what cannot be, as of `departments.changing.record` too.

    A day to come is possible: then this is what it would come to as things stand today.
    """
    told = entries(municipality.pk)
    tree = tree_on(told, today)
    _refuse_unknown(tree, wish)
    changes, moves = _PLANS[wish.kind](tree, wish)
    _refuse_reason(wish)
    refuse_strange(told, changes, wish.effective_on, wish.reason.strip(), ahead=True)
    return Plan(wish, changes, moves, tree, tree | changes)


Planned = tuple[dict[int, Node], tuple[Goes, ...]]


def _add(tree: Tree, wish: Wish) -> Planned:
    return {-1: Node(clean_name(wish.name), _parent(wish, None))}, ()


def _rename(tree: Tree, wish: Wish) -> Planned:
    pk = _only(wish)
    node = Node(clean_name(wish.name), _parent(wish, tree[pk].parent))
    _refuse_same(node == tree[pk])
    return {pk: node}, ()


def _move(tree: Tree, wish: Wish) -> Planned:
    if wish.parent == SAME:
        raise _wrong("parent", _("Bitte wählen Sie, wozu es künftig gehören soll."), "parent_needed")
    changes = {pk: tree[pk]._replace(parent=wish.parent) for pk in wish.departments}
    moved = {pk: node for pk, node in changes.items() if node != tree[pk]}
    _refuse_same(not moved)
    return moved, ()


def _merge(tree: Tree, wish: Wish) -> Planned:
    """All of the departments become one: one of them or another that has the name already, else a new one."""
    if len(wish.departments) < 2 and not (wish.departments and _named(tree, wish.name)):
        raise _wrong("departments", _("Zum Zusammenlegen wählen Sie mindestens zwei Fachbereiche."), "two_needed")
    name = clean_name(wish.name) or tree[wish.departments[0]].name
    target = _named(tree, name)
    parent = _parent(wish, tree[target if target is not None else wish.departments[0]].parent)
    into = -1 if target is None else target
    changes = {into: Node(name, parent)} if target is None or parent != tree[into].parent else {}
    return _give_all(tree, [pk for pk in wish.departments if pk != into], into, changes)


def _split(tree: Tree, wish: Wish) -> Planned:
    """New departments beside what stays of the old one, below it unless it is said otherwise."""
    source = _only(wish)
    if not wish.parts or len(wish.parts) > MOST_PARTS:
        sentence = _("Zum Aufteilen nennen Sie die neuen Fachbereiche, einen je Zeile, höchstens %(most)d.")
        raise _wrong("parts", sentence % {"most": MOST_PARTS}, "parts_needed")
    parent = _parent(wish, source)
    changes = {-n: Node(clean_name(name), parent) for n, name in enumerate(wish.parts, 1)}
    return changes, tuple(Goes(source, -n, share) for n, share in enumerate(wish.parts.values(), 1) if any(share))


def _end(tree: Tree, wish: Wish) -> Planned:
    if wish.into is None:
        return {pk: tree[pk]._replace(ended=True) for pk in wish.departments}, ()
    if wish.into in wish.departments:
        raise _wrong("into", _("Ein Fachbereich kann nicht in sich selbst aufgehen."), "into_itself")
    return _give_all(tree, wish.departments, wish.into, {})


def _give_all(tree: Tree, ended: Collection[int], into: int, changes: dict[int, Node]) -> Planned:
    """The departments `ended` end, and all they have, the departments below them too, goes to `into`."""
    for pk, node in tree.items():
        if node.parent in ended and pk not in ended and not node.ended and pk != into:
            changes[pk] = node._replace(parent=into)
    changes |= {pk: tree[pk]._replace(ended=True) for pk in ended}
    if into in tree and into not in changes and tree[into].parent in ended:
        above = tree[into].parent
        while above in ended:
            above = tree[above].parent  # type: ignore[index]  # `ended` holds ids alone
        changes[into] = tree[into]._replace(parent=above)
    return changes, tuple(Goes(pk, into) for pk in ended)


_PLANS: dict[str, Callable[[Tree, Wish], Planned]] = {
    Kind.ADD: _add,
    Kind.RENAME: _rename,
    Kind.MOVE: _move,
    Kind.MERGE: _merge,
    Kind.SPLIT: _split,
    Kind.END: _end,
}


def _refuse_unknown(tree: Tree, wish: Wish) -> None:
    if wish.kind not in _PLANS:
        raise _wrong("kind", _("Bitte wählen Sie, was geschehen soll."), "unknown_kind")
    if wish.kind != Kind.ADD and not wish.departments:
        raise _wrong("departments", _("Bitte wählen Sie zuerst einen Fachbereich aus."), "departments_needed")
    named = {"departments": wish.departments, "parent": (wish.parent,), "into": (wish.into,)}
    for name, ids in named.items():
        for pk in ids:
            if pk not in (None, SAME) and (pk not in tree or tree[pk].ended):
                raise _wrong(name, _("Diesen Fachbereich gibt es nicht oder nicht mehr."), "unknown_department")


def _refuse_reason(wish: Wish) -> None:
    if wish.kind != Kind.ADD and not wish.reason.strip():
        raise _wrong("reason", _("Bitte nennen Sie den Grund, etwa die Verfügung."), "reason_needed")


def _only(wish: Wish) -> int:
    if len(wish.departments) > 1:
        raise _wrong("departments", _("Das geht nur mit einem Fachbereich auf einmal."), "one_only")
    return wish.departments[0]


def _parent(wish: Wish, same: int | None) -> int | None:
    return same if wish.parent == SAME else wish.parent


def _named(tree: Tree, name: str) -> int | None:
    wanted = clean_name(name)
    return next((pk for pk, node in tree.items() if node.name == wanted and not node.ended), None)


def _refuse_same(same: bool) -> None:
    if same:
        raise _wrong("departments", _("Das ist schon so. Es gibt nichts zu ändern."), "nothing_changes")


def _wrong(name: str, sentence: str, code: str) -> ValidationError:
    return ValidationError({name: ValidationError(sentence, code)})
