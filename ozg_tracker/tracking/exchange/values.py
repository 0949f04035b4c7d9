"""Turns the cells of a line into fields of a row."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.importing.spelling import folded, plain_word
from catalog.models import MaturityLevel
from ozg_tracker.accounts.departments.changing import add_department
from ozg_tracker.accounts.maturity import EarlierLevels
from ozg_tracker.accounts.models import Department, Municipality, User
from ozg_tracker.tracking.exchange.words import CLEAR, COLUMNS, VALUES, BadWord, choice, day, level_number, number
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.rights import may_be_responsible
from ozg_tracker.tracking.rows.rules import Tracked

_CLEARED = Tracked()  # a cleared field goes back to where it began: not rated, no department, unclear, open
_ELSEWHERE = re.compile(r"([0-9]{1,2}) \(Modell ([0-9.]{1,8})\)")
_NOT_RATED = frozenset({"nichtbewertet", "unbewertet"})


@dataclass(slots=True)
class Vocabulary:
    """What the words of a file mean in a municipality. `new`: departments that a file names and that are not there.

    `departments`: ids by name, as it is and however it is spelled. `names`: every department's name, also of one that
    is made here.
    """

    municipality: Municipality
    levels: dict[int, int]
    earlier: EarlierLevels
    departments: dict[str, int]
    may_add_departments: bool = True
    new: list[str] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    by: User | None = None
    reason: str = ""
    _people: dict[int, str] | None = None

    @property
    def name(self) -> str:
        return self.municipality.name

    @property
    def people(self) -> dict[int, str]:
        """By id, what files call the people who can be responsible, and those who are; read when a file names one."""
        if self._people is None:
            self._people = people_called(self.municipality)
        return self._people

    def person(self, text: str) -> int:
        """Id of the person called so; a name that two people have needs the user name behind it."""
        wanted = folded(text)
        called = self.people
        found = [pk for pk, words in called.items() if folded(words) == wanted]
        if len(found) != 1:
            same = ", ".join(sorted(words for words in called.values() if folded(words).startswith(f"{wanted} (")))
            sentence = _("„%(text)s“ kann hier nicht zuständig sein.") % {"text": text[:40]}
            raise BadWord(sentence + (" " + _("Gemeint ist wohl: %s.") % same if same else ""))
        return found[0]

    def department(self, text: str) -> int:
        """Id of the department named; a new one is made where that is allowed."""
        word = text if text in self.departments else folded(text)
        if word not in self.departments:
            if not self.may_add_departments or len(text) > 200:
                raise BadWord(
                    _("Einen Fachbereich „%(name)s“ hat %(municipality)s nicht.")
                    % {"name": text[:80], "municipality": self.name}
                )
            made = add_department(self.municipality, text, by=self.by, reason=self.reason)
            self.departments[word], self.names[made.pk] = made.pk, text
            self.new.append(text)
        return self.departments[word]

    def level(self, text: str, day: date | None = None) -> int | None:
        """The id of the level, in the model of `day` (default: today's) or in the one named beside it."""
        if plain_word(text) in _NOT_RATED:
            return None
        if named := _ELSEWHERE.fullmatch(text):
            return _level_of(int(named[1]), named[2])
        found, levels = level_number(text), self.earlier.on(day, self.levels)
        if found not in levels:
            known = ", ".join(map(str, sorted(levels)))
            raise BadWord(
                _(
                    "Einen Reifegrad %(level)d hat das Reifegradmodell von %(municipality)s nicht. "
                    "Möglich sind: %(known)s."
                )
                % {"level": found, "municipality": self.name, "known": known}
            )
        return levels[found]


def elsewhere(number: int, version: str) -> str:
    """A level of another model than the municipality's, as files write and read it."""
    return f"{number} (Modell {version})"


def _level_of(number: int, version: str) -> int:
    found = MaturityLevel.objects.filter(model__version=version, number=number).values_list("pk", flat=True).first()
    if found is None:
        raise BadWord(_("Einen Reifegrad „%s“ gibt es nicht.") % elsewhere(number, version))
    return found


def people_called(municipality: Municipality) -> dict[int, str]:
    """By id, the full names (else user names) of the people who can be responsible in the municipality or are; where
    two have the same name, with the user name in brackets.
    """
    responsible = MunicipalService.objects.filter(municipality=municipality, owner__isnull=False).values("owner")
    found = User.objects.filter(Q(pk__in=may_be_responsible(municipality).values("pk")) | Q(pk__in=responsible))
    people = list(found.order_by("username"))
    often = Counter(folded(str(person)) for person in people)
    return {
        person.pk: str(person) if often[folded(str(person))] == 1 else f"{person} ({person.username})"
        for person in people
    }


def load_vocabulary(
    municipality: Municipality, may_add_departments: bool = True, by: User | None = None, reason: str = ""
) -> Vocabulary:
    """`by` and `reason` are those of a department that is made."""
    names = dict(Department.objects.standing().filter(municipality=municipality).values_list("pk", "name"))
    return Vocabulary(
        municipality=municipality,
        levels=dict(municipality.maturity_model.levels.values_list("number", "pk")),
        earlier=EarlierLevels(municipality),
        departments={folded(name): pk for pk, name in names.items()} | {name: pk for pk, name in names.items()},
        may_add_departments=may_add_departments,
        names=names,
        by=by,
        reason=reason,
    )


def value_of(column: str, text: str, vocabulary: Vocabulary, on: date | None = None) -> object:
    """The value a cell sets `on` a day (default: today), departments and levels as ids. BadWord: it cannot be read.

    A dash clears, and so does an empty cell (whether an empty cell is read at all is the caller's).
    """
    if not text or text in CLEAR:
        return getattr(_CLEARED, column, None)
    if column in ("responsibility", "state"):
        return choice(column, text)
    if column == "department":
        return vocabulary.department(text)
    if column == "level":
        return vocabulary.level(text, on)
    if column == "owner":
        return vocabulary.person(text)
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
