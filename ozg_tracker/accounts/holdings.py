"""What people hold in a municipality and who stands in for them, as a list of people shows it: rooms above tell it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple

from ozg_tracker.accounts.models import Municipality


@dataclass(frozen=True)
class Holding:
    """`words`: what the person holds, "" for nothing. `deputy`: who acts for the person meanwhile, "" for nobody."""

    words: str = ""
    deputy: str = ""


class Thing(NamedTuple):
    """One thing a person holds besides services: of what kind, its id, its name, the holder's id.

    `part`: the id of a department, where the person holds it for that department alone.
    """

    kind: str
    pk: int
    name: str
    holder: int
    part: int | None = None

    @property
    def key(self) -> tuple[str, int, int | None]:
        """The same whoever holds it."""
        return self.kind, self.pk, self.part


NOTHING = Holding()
LISTED: list[Callable[[Municipality, Collection[int]], dict[int, Holding]]] = []


def holdings_of(municipality: Municipality, people: Collection[int]) -> dict[int, Holding]:
    """By the person's id; who holds nothing and has no deputy is not in it. A constant number of queries."""
    found: dict[int, Holding] = {}
    for told in LISTED:
        for person, holding in told(municipality, people).items():
            before = found.get(person, NOTHING)
            words = ", ".join(filter(None, (before.words, holding.words)))
            found[person] = Holding(words, before.deputy or holding.deputy)
    return found
