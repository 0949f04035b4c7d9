"""The tree of departments of a municipality as of a day, as known at an instant; one query, however large it is.

A department is what its event with the greatest (effective_on, id) says, among those with `effective_on` ≤ day and
`recorded_at` ≤ instant. Rows may name a department for days before its first one: it then is what it was first. No
event of a department is ever added for a day before another of it, so that this never changes.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from ozg_tracker.accounts.models import DepartmentEvent


class Node(NamedTuple):
    """A department on a day; `begun`: whether its first day has come by then."""

    name: str
    parent: int | None
    ended: bool = False
    begun: bool = True


class Entry(NamedTuple):
    department: int
    node: Node
    effective_on: date
    recorded_at: datetime
    event: int


Tree = dict[int, Node]


def entries(municipality_id: int) -> list[Entry]:
    """Every event of the municipality's departments, in the order in which they hold."""
    events = DepartmentEvent.objects.filter(municipality=municipality_id).order_by("effective_on", "pk")
    columns = events.values_list("department_id", "name", "parent_id", "ended", "effective_on", "recorded_at", "pk")
    return [
        Entry(department, Node(name, parent, ended), effective_on, recorded_at, event)
        for department, name, parent, ended, effective_on, recorded_at, event in columns.iterator(chunk_size=5000)
    ]


def tree_on(told: Iterable[Entry], day: date, known_at: datetime | None = None) -> Tree:
    """The tree at the end of `day` that the entries tell, as known at `known_at` (default: now)."""
    tree: Tree = {}
    for department, node, effective_on, recorded_at, _event in told:
        if effective_on <= day and (known_at is None or recorded_at <= known_at):
            tree[department] = node
        elif department not in tree:
            tree[department] = node._replace(begun=False)
    return tree


def tree_as_of(municipality_id: int, day: date, known_at: datetime | None = None) -> Tree:
    """Every department of the municipality at the end of `day`, as known at `known_at` (default: now), by its id."""
    return tree_on(entries(municipality_id), day, known_at)


def top_names(tree: Mapping[int, Node]) -> dict[int | None, str | None]:
    """The name of the department at the top by the id of any below it; of none, none."""
    return {None: None} | {pk: tree[way_up(tree, pk)[-1]].name for pk in tree}


def way_up(tree: Mapping[int, Node], department: int) -> list[int]:
    """`department`, the one above it, and so on to the top. A circle, which no day has, ends where it closes."""
    way = [department]
    while (above := tree[way[-1]].parent) is not None and above in tree and above not in way:
        way.append(above)
    return way


def below(tree: Mapping[int, Node], departments: Iterable[int]) -> set[int]:
    """`departments` with all that stand below them."""
    children: dict[int, list[int]] = {}
    for pk, node in tree.items():
        if node.parent is not None:
            children.setdefault(node.parent, []).append(pk)
    found: set[int] = set()
    waiting = list(departments)
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(children.get(current, ()))
    return found
