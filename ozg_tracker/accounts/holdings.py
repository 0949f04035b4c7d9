"""What people hold in a municipality and who stands in for them, as a list of people shows it: rooms above tell it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count
from django.utils.translation import ngettext

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


def answering(municipality: Municipality, people: Collection[int]) -> dict[int, Holding]:
    """For how many service accounts each of the people answers; one query."""
    found = municipality.service_accounts.standing().filter(responsible__in=people).order_by()
    counted = found.values_list("responsible").annotate(Count("pk"))
    return {
        person: Holding(
            ngettext("verantwortlich für ein Dienstkonto", "verantwortlich für %(n)d Dienstkonten", number)
            % {"n": number}
        )
        for person, number in counted
    }


# Rooms above this one add what they know.
LISTED: list[Callable[[Municipality, Collection[int]], dict[int, Holding]]] = [answering]


def holdings_of(municipality: Municipality, people: Collection[int]) -> dict[int, Holding]:
    """By the person's id; who holds nothing and has no deputy is not in it. A constant number of queries."""
    found: dict[int, Holding] = {}
    for told in LISTED:
        for person, holding in told(municipality, people).items():
            before = found.get(person, NOTHING)
            words = ", ".join(filter(None, (before.words, holding.words)))
            found[person] = Holding(words, before.deputy or holding.deputy)
    return found
