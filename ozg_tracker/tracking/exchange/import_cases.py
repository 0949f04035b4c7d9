"""import_cases(): cases of services by year and channel from a list: read, planned, and entered as one or not at all.

A filled cell sets, an empty one leaves, a dash says that the number is not known (any more).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.keys import BadKey
from catalog.importing.problems import Problem, Refused, Severity
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.cases.recording import Entry, Number, record_cases, refuse_odd
from ozg_tracker.tracking.exchange.case_files import COLUMNS
from ozg_tracker.tracking.exchange.finding import Services, load_services
from ozg_tracker.tracking.exchange.words import CLEAR, BadWord, number
from ozg_tracker.tracking.models import CaseCount, Channel, MunicipalService
from ozg_tracker.tracking.rows.rights import Rights, rights_in
from ozg_tracker.tracking.tables import Row, columns_of, read_table

MOST = 20_000  # lines
MOST_BYTES = 8 * limits.MEGABYTE
_FIELD_OF = {title.casefold(): name for name, title in COLUMNS.items()}
Cells = tuple[int, dict[str, str]]


@dataclass
class CaseImport:
    """What came of a list. `entered`: numbers that are new or other than known; `refused`: nothing was written."""

    rows: int = 0
    entered: list[CaseCount] = field(default_factory=list)
    unchanged: int = 0  # lines that say nothing new
    problems: list[Problem] = field(default_factory=list)
    applied: bool = False

    @property
    def refused(self) -> bool:
        return any(problem.severity == Severity.ERROR for problem in self.problems)

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "applied": self.applied,
            "entered": len(self.entered),
            "unchanged": self.unchanged,
            "problems": [problem.as_json() for problem in self.problems],
        }


def import_cases(
    path: Path, municipality: Municipality, *, dry_run: bool = False, by: User | None = None
) -> CaseImport:
    """Enter what the list says. Any error refuses it as a whole; a dry run does the same and takes it back. `by` None:
    a command, which may all.
    """
    outcome = CaseImport()
    try:
        (sheet, _visible, rows), left_out = read_table(path, MOST_BYTES)
        outcome.problems += left_out
        lines = _lines(rows, sheet)
    except Refused as refused:
        outcome.problems.append(refused.problem)
        return outcome
    outcome.rows = len(lines)
    entries = _Reader(municipality, outcome, sheet, by).entries(lines)
    if outcome.refused:
        return outcome
    with transaction.atomic():
        rights = rights_in(municipality, by) if by else None
        outcome.entered = record_cases(municipality, entries, by=by, rights=rights, how=CaseCount.How.FILE)
        outcome.unchanged = outcome.rows - len({(each.row_id, each.year) for each in outcome.entered})
        outcome.applied = not dry_run
        if dry_run:
            transaction.set_rollback(True)
    return outcome


def _lines(rows: Sequence[Row], sheet: str | None) -> list[Cells]:
    at = next((at for at, (_n, cells) in enumerate(rows) if "year" in columns_of(cells, _FIELD_OF)), None)
    columns = columns_of(rows[at][1], _FIELD_OF) if at is not None else {}
    if at is None or not columns.keys() & set(Channel.values):
        sentence = _("Eine Zeile mit den Überschriften fehlt; nötig sind „Jahr“ und ein Kanal, etwa „Online“.")
        raise Refused("missing_column", sentence, sheet)
    lines: list[Cells] = [
        (number, values)
        for number, cells in rows[at + 1 :]
        if any((values := {n: cells[p].strip() if p < len(cells) else "" for n, p in columns.items()}).values())
    ]
    if len(lines) > MOST:
        raise Refused("too_large", _("Das sind mehr als %(most)d Zeilen.") % {"most": MOST}, sheet)
    return lines


class _Reader:
    """Reads line after line; what cannot be is a problem with its place."""

    def __init__(self, municipality: Municipality, outcome: CaseImport, sheet: str | None, by: User | None) -> None:
        self.outcome, self.sheet = outcome, sheet
        self.municipality = municipality
        self.rights: Rights | None = rights_in(municipality, by) if by else None
        self.first: dict[tuple[int, int], int] = {}

    def entries(self, lines: Sequence[Cells]) -> list[Entry]:
        services = load_services(self.municipality, [cells for _row, cells in lines])
        rows = {row.pk: row for row in MunicipalService.objects.filter(municipality=self.municipality)}
        found = []
        for row, cells in lines:
            try:
                entry = self._entry(cells, services)
                refuse_odd(entry)
                self._refuse_foreign(rows[entry.row_id])
            except BadKey as error:
                self._problem(row, "invalid_key", str(error), "key")
            except ValidationError as error:
                named = getattr(error, "error_dict", {})
                column = next(iter(named), None)
                first = named[column][0] if column else error
                self._problem(row, first.code or "invalid", " ".join(first.messages), column)
            else:
                if self.first.setdefault((entry.row_id, entry.year), row) != row:
                    words = {"year": entry.year, "row": self.first[entry.row_id, entry.year]}
                    sentence = _("Diese Leistung steht für %(year)d schon in Zeile %(row)d.") % words
                    self._problem(row, "duplicate_row", sentence)
                found.append(entry)
        return found

    def _entry(self, cells: Mapping[str, str], services: Services) -> Entry:
        try:
            row_id = services.rows.get(services.service_of(cells))
        except BadWord as error:
            raise ValidationError({"key": ValidationError(str(error), "unknown_service")}) from error
        if row_id is None:
            sentence = _("Diese Leistung führt die Kommune nicht.")
            raise ValidationError({"key": ValidationError(sentence, "unknown_service")})
        numbers = {name: self._number(name, cells[name]) for name in Channel.values if cells.get(name)}
        year = self._number("year", cells["year"]).value
        if year is None:
            raise ValidationError({"year": ValidationError(_("Das Jahr fehlt."), "missing_year")})
        return Entry(row_id, year, numbers)

    def _number(self, column: str, text: str) -> Number:
        if not text or text in CLEAR:
            return Number(None)
        try:
            return Number(number(text, COLUMNS[column]))
        except BadWord as error:
            raise ValidationError({column: ValidationError(str(error), "invalid_number")}) from error

    def _refuse_foreign(self, row: MunicipalService) -> None:
        if self.rights and "cases_per_year" not in self.rights.fields(row):
            sentence = _("Fälle dieser Leistung trägt ein, wer ihren Stand melden darf.")
            raise ValidationError({"key": ValidationError(sentence, "not_allowed")})

    def _problem(self, row: int, code: str, message: str, column: str | None = None) -> None:
        title = COLUMNS.get(column or "")
        self.outcome.problems.append(Problem(code, message, Severity.ERROR, self.sheet, row, title))
