"""The three-way merge of a file: what the line says, what its writer had seen, what is stored now."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from catalog.models import MaturityLevel
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.api.ids import id_in
from ozg_tracker.tracking.exchange.finding import Services
from ozg_tracker.tracking.exchange.status_file import FileLine
from ozg_tracker.tracking.exchange.values import Vocabulary, elsewhere, value_of
from ozg_tracker.tracking.exchange.words import COLUMNS, RESPONSIBILITY, STATE, VALUES, BadWord
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from ozg_tracker.tracking.rows.merging import Clash, Values, merge, seen_values, values_of

Conflicting = dict[str, Any]


class Side(NamedTuple):
    """A cell that somebody else changed meanwhile, in the file's words: as its writer saw it, as it was entered, and
    as it is stored. `pick`: what a person decided ("mine", "stored"), "" where it is open.
    """

    line: FileLine
    row_id: int
    service: str
    column: str
    base: str
    mine: str
    stored: str
    pick: str


class Stored:
    """Rows as stored and as the writer of the file saw them: by the base sheet, else by the Version of the line."""

    def __init__(
        self,
        municipality: Municipality,
        base: Mapping[int, FileLine] | None,
        services: Services,
        vocabulary: Vocabulary,
    ) -> None:
        self.municipality, self.base, self.services, self.vocabulary = municipality, base, services, vocabulary
        self.rows: dict[int, MunicipalService] = {}
        self.last: dict[int, StatusChange] = {}
        self._seen: dict[tuple[int, int], Values] = {}

    def load(self, row_ids: Iterable[int]) -> None:
        wanted = set(row_ids)
        rows = MunicipalService.objects.filter(municipality=self.municipality, pk__in=wanted, version__gt=0)
        self.rows = {row.pk: row for row in rows.select_related("service")}

    def base_of(self, row_id: int) -> FileLine | None:
        return self.base.get(row_id) if self.base is not None else None

    def merge(self, row_id: int, line: FileLine, values: Values) -> list[Side]:
        """Leave in `values` what is to be set; returns where somebody else has set a field differently since."""
        row = self.rows.get(row_id)
        seen = self._seen_by(row, line) if row else None
        if row is None or seen is None:
            return []
        entered, clashes = merge(values, seen, values_of(row))
        values.clear()
        values.update(entered)
        sides = [self._side(row, line, column, seen[column], clash) for column, clash in clashes.items()]
        values.update((side.column, clashes[side.column].mine) for side in sides if side.pick == "mine")
        return sides

    def _side(self, row: MunicipalService, line: FileLine, column: str, seen: object, clash: Clash) -> Side:
        mine, stored = (in_words(column, value, self.vocabulary) for value in clash)
        base = self.base_of(row.pk)
        unreadable = base is not None and type(seen) is object
        was = base.cells.get(column, "") if base and unreadable else in_words(column, seen, self.vocabulary)
        pick, against = line.chosen.get(column, ("", ""))
        return Side(line, row.pk, row.service.name, column, was, mine, stored, pick if against == stored else "")

    def load_last(self, row_ids: Iterable[int]) -> None:
        """The last event of each of the rows, for who changed it; one query."""
        wanted = {pk: self.rows[pk].version for pk in row_ids}
        events = StatusChange.objects.filter(row__in=wanted).select_related("by", "on_behalf_of") if wanted else ()
        self.last = {event.row_id: event for event in events if event.version == wanted[event.row_id]}

    def _seen_by(self, row: MunicipalService, line: FileLine) -> Values | None:
        """None: the file does not say, or what it saw still stands."""
        base = self.base_of(row.pk)
        version = id_in((base or line).cells.get("version"))
        if version is None or version >= row.version:
            return None
        if base is not None:
            return self._base_values(base)
        if (row.pk, version) not in self._seen:
            self._seen[row.pk, version] = seen_values([row], {row.pk: version})[row.pk]
        return self._seen[row.pk, version]

    def _base_values(self, base: FileLine) -> Values:
        """The base sheet's values; what cannot be read any more (a department gone) counts as seen otherwise."""
        seen: Values = {}
        for column in VALUES:
            try:
                seen[column] = value_of(column, base.cells.get(column, ""), self.vocabulary)
            except BadWord:
                seen[column] = object()
        return seen


def told(side: Side, stored: Stored) -> Conflicting:
    """A conflict for people and programs: place, the three values in the file's words, who, when and why."""
    row, event = stored.rows[side.row_id], stored.last.get(side.row_id)
    who = event.who or None if event else None
    words = {"service": row.service.name, "column": COLUMNS[side.column], "mine": side.mine, "stored": side.stored}
    return {
        "sheet": side.line.sheet,
        "row": side.line.row,
        "key": row.service.key,
        **words,
        "base": side.base,
        "by": who,
        "at": event.recorded_at.isoformat() if event else None,
        "reason": event.reason if event else "",
        "message": _message(who) % (words | {"by": who}),
    }


def _message(who: str | None) -> str:
    if who is None:
        return _("„%(service)s“, %(column)s: Die Datei sagt „%(mine)s“, gespeichert ist inzwischen „%(stored)s“.")
    return _(
        "„%(service)s“, %(column)s: Die Datei sagt „%(mine)s“, gespeichert ist inzwischen „%(stored)s“, von %(by)s."
    )


def _other(level: object) -> str:
    """A level of another model than the municipality has."""
    found = MaturityLevel.objects.filter(pk=id_in(level) or 0).values_list("number", "model__version").first()
    return elsewhere(*found) if found else "?"


def in_words(column: str, value: object, vocabulary: Vocabulary) -> str:
    """A value as people write it into the file, days as 30.11.2022; "–" for none."""
    if value in (None, ""):
        return "–"
    if column == "responsibility":
        return RESPONSIBILITY[str(value)]
    if column == "state":
        return STATE[str(value)]
    if column == "level":
        return next((str(number) for number, pk in vocabulary.levels.items() if pk == value), None) or _other(value)
    if column == "owner":
        return next((name for pk, name in vocabulary.people.items() if pk == value), "?")
    if column == "department":
        return next((name for pk, name in vocabulary.names.items() if pk == value), "?")
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value)
