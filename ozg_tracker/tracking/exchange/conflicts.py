"""The three-way merge of a file: what the line says, what its writer had seen, what is stored now."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

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

    def merge(self, row_id: int, line: FileLine, values: Values) -> dict[str, Clash]:
        """Leave in `values` what is to be set; returns where somebody else has set a field differently since."""
        row = self.rows.get(row_id)
        seen = self._seen_by(row, line) if row else None
        if row is None or seen is None:
            return {}
        entered, clashes = merge(values, seen, values_of(row))
        values.clear()
        values.update(entered)
        return clashes

    def last_change(self, row_id: int) -> StatusChange | None:
        if row_id not in self.last:
            events = StatusChange.objects.filter(row=row_id).select_related("by").order_by("-version")[:1]
            self.last.update((event.row_id, event) for event in events)
        return self.last.get(row_id)

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
        seen: Values = {"owner": None}
        for column in VALUES:
            try:
                seen[column] = value_of(column, base.cells.get(column, ""), self.vocabulary, self.municipality)
            except BadWord:
                seen[column] = object()
        return seen


def told(line: FileLine, row_id: int, clashes: Mapping[str, Clash], stored: Stored) -> list[Conflicting]:
    """The conflicts of a line for people and programs: place, both values in the file's words, who and when."""
    row, event = stored.rows[row_id], stored.last_change(row_id)
    words = {
        column: (in_words(column, clash.mine, stored.vocabulary), in_words(column, clash.stored, stored.vocabulary))
        for column, clash in clashes.items()
    }
    who = str(event.by) if event and event.by else None
    when = event.recorded_at.isoformat() if event else None
    return [
        {
            "sheet": line.sheet,
            "row": line.row,
            "column": COLUMNS[column],
            "key": row.service.key,
            "service": row.service.name,
            "mine": mine,
            "stored": theirs,
            "by": who,
            "at": when,
            "message": _message(who)
            % {"service": row.service.name, "column": COLUMNS[column], "mine": mine, "stored": theirs, "by": who},
        }
        for column, (mine, theirs) in words.items()
    ]


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
    if column == "department":
        return next((name for pk, name in vocabulary.names.items() if pk == value), "?")
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value)
