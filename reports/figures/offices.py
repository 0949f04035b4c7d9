"""What a service's department is called, and the Fachbereich at the top of it."""

from typing import NamedTuple

from ozg_tracker.accounts.departments.as_of import Tree, top_names


class Office(NamedTuple):
    name: str | None
    top: str | None


Offices = dict[int | None, Office]


def offices_of(tree: Tree) -> Offices:
    """Every department of the tree by its id, and none by None."""
    top = top_names(tree)
    return {None: Office(None, None)} | {pk: Office(node.name, top[pk]) for pk, node in tree.items()}
