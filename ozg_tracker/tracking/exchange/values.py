"""Turns the cells of a line into fields of a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from catalog.importing.columns import plain_word
from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.tracking.exchange.words import CLEAR, COLUMNS, VALUES, BadWord, choice, day, level_number, number
from ozg_tracker.tracking.rules import Tracked

_CLEARED = Tracked()  # a cleared field goes back to where it began: not rated, no department, unclear, open
_NOT_RATED = frozenset({"nichtbewertet", "unbewertet"})


@dataclass(slots=True)
class Town:
    """What the words of a file mean in a municipality. `new`: departments that a file names and that are not there.

    `names`: every department's name, also of one that is made here.
    """

    name: str
    levels: dict[int, int]
    departments: dict[str, int]
    may_add_departments: bool = True
    new: list[str] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)

    def department(self, text: str, municipality: Municipality) -> int:
        """Id of the department named; a new one is made where that is allowed."""
        word = plain_word(text)
        if word not in self.departments:
            if not self.may_add_departments or len(text) > 200:
                raise BadWord(
                    _("Einen Fachbereich „%(name)s“ hat %(town)s nicht.") % {"name": text[:80], "town": self.name}
                )
            made = Department.objects.create(municipality=municipality, name=text)
            self.departments[word], self.names[made.pk] = made.pk, text
            self.new.append(text)
        return self.departments[word]

    def level(self, text: str) -> int | None:
        if plain_word(text) in _NOT_RATED:
            return None
        found = level_number(text)
        if found not in self.levels:
            known = ", ".join(map(str, sorted(self.levels)))
            raise BadWord(
                _("Einen Reifegrad %(level)d hat das Reifegradmodell von %(town)s nicht. Möglich sind: %(known)s.")
                % {"level": found, "town": self.name, "known": known}
            )
        return self.levels[found]


def load_town(municipality: Municipality, may_add_departments: bool = True) -> Town:
    names = dict(Department.objects.filter(municipality=municipality).values_list("pk", "name"))
    return Town(
        name=municipality.name,
        levels=dict(municipality.maturity_model.levels.values_list("number", "pk")),
        departments={plain_word(name): pk for pk, name in names.items()},
        may_add_departments=may_add_departments,
        names=names,
    )


def value_of(column: str, text: str, town: Town, municipality: Municipality) -> object:
    """The value a cell sets, departments and levels as ids. Raises BadWord for what cannot be read.

    A dash clears, and so does an empty cell (whether an empty cell is read at all is the caller's).
    """
    if not text or text in CLEAR:
        return getattr(_CLEARED, column, None)
    if column in ("responsibility", "state"):
        return choice(column, text)
    if column == "department":
        return town.department(text, municipality)
    if column == "level":
        return town.level(text)
    if column == "planned_on":
        return day(text)
    if column == "cases_per_year":
        return number(text, COLUMNS[column])
    return text


def edited(cells: Mapping[str, str], base: Mapping[str, str] | None) -> list[str]:
    """The columns of a line that say something: what differs from the base; without a base, what is filled."""
    if base is None:
        return [column for column in VALUES if cells.get(column)]
    return [column for column in VALUES if column in cells and cells[column] != base.get(column, "")]
