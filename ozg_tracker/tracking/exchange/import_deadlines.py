"""import_deadlines(): several deadlines of a municipality from a list: read, planned, and set as one or not at all.

A deadline is found again by its name. What the list does not name stays; the same list again changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.problems import Problem, Refused, Severity
from catalog.models import Bundle
from ozg_tracker.accounts.models import Department, Municipality, User
from ozg_tracker.api.days import day_in
from ozg_tracker.tracking.deadlines.changing import Facts, applies_to, facts_on, keep_deadline
from ozg_tracker.tracking.models import Deadline
from ozg_tracker.tracking.rows.naming import bundles_named, rows_named
from ozg_tracker.tracking.rows.overdue import Hits, hits
from ozg_tracker.tracking.tables import Row, columns_of, read_table

WORDS = {
    "name": ("frist", "name der frist", "name"),
    "date": ("tag", "datum", "frist bis", "bis"),
    "scope": ("gilt für", "geltungsbereich"),
    "named": ("auswahl", "welche", "fachbereich", "ozg-id", "ozg-ids", "leistungen", "schlüssel"),
    "list_name": ("liste", "name der liste"),
    "source": ("quelle", "beschluss"),
    "effective_on": ("gilt ab", "ab"),
    "reason": ("begründung", "grund"),
}
_FIELD_OF = {word: name for name, words in WORDS.items() for word in words}
Scope = Deadline.Scope
SCOPES = {
    Scope.ALL: ("", "alle", "alle leistungen"),
    Scope.SDG: ("sdg", "sdg-leistungen", "leistungen der sdg-verordnung"),
    Scope.BUNDLES: ("bündel", "ozg-leistung", "ozg-leistungen", "genannte ozg-leistungen"),
    Scope.DEPARTMENT: ("fachbereich", "amt", "ein fachbereich", "ein fachbereich mit allem darunter"),
    Scope.LIST: ("liste", "leistungen", "eine liste von leistungen"),
}
_SCOPE_OF = {word: scope for scope, words in SCOPES.items() for word in words}
MOST = 500  # deadlines
MOST_BYTES = 4 * limits.MEGABYTE


@dataclass(frozen=True)
class Line:
    """A deadline as the list has it, with what it hits today. `deadline`: the one of that name; None: it is new."""

    row: int
    facts: Facts
    effective_on: date
    reason: str
    deadline: Deadline | None
    unchanged: bool
    applies_to: str
    hits: Hits


@dataclass
class DeadlineImport:
    """What came of a list. `refused`: nothing was written."""

    rows: int = 0
    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    applied: bool = False

    @property
    def refused(self) -> bool:
        return any(problem.severity == Severity.ERROR for problem in self.problems)

    @property
    def new(self) -> list[Line]:
        return [line for line in self.lines if line.deadline is None]

    @property
    def changed(self) -> list[Line]:
        return [line for line in self.lines if line.deadline is not None and not line.unchanged]

    @property
    def unchanged(self) -> int:
        return sum(line.unchanged for line in self.lines)

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "applied": self.applied,
            "new": [line.facts.name for line in self.new],
            "changed": [line.facts.name for line in self.changed],
            "unchanged": self.unchanged,
            "problems": [problem.as_json() for problem in self.problems],
        }


def import_deadlines(
    path: Path, municipality: Municipality, *, dry_run: bool = False, by: User | None = None
) -> DeadlineImport:
    """Set the deadlines that the list names, and change those that it says otherwise. Any error refuses the list as a
    whole; a dry run does the same and takes it back. PermissionDenied as of `keep_deadline`.
    """
    outcome = DeadlineImport()
    try:
        (sheet, _visible, rows), left_out = read_table(path, MOST_BYTES)
        outcome.problems += left_out
        lines = _lines(rows, sheet)
    except Refused as refused:
        outcome.problems.append(refused.problem)
        return outcome
    outcome.rows = len(lines)
    with transaction.atomic():
        Municipality.objects.select_for_update().get(pk=municipality.pk)  # one list at a time
        _Reader(municipality, outcome, sheet, by).run(lines)
        outcome.applied = not (outcome.refused or dry_run)
        if not outcome.applied:
            transaction.set_rollback(True)
    return outcome


Cells = tuple[int, dict[str, str]]


def _lines(rows: Sequence[Row], sheet: str | None) -> list[Cells]:
    at = next((place for place, (_n, cells) in enumerate(rows) if {"name", "date"} <= _columns(cells).keys()), None)
    if at is None:
        sentence = _("Eine Zeile mit den Überschriften fehlt; nötig sind „Frist“, „Tag“ und „Quelle“.")
        raise Refused("missing_column", sentence, sheet)
    columns = _columns(rows[at][1])
    if "source" not in columns:
        raise Refused("missing_column", _("Die Spalte „Quelle“ fehlt: Jede Frist nennt, woher sie kommt."), sheet)
    lines: list[Cells] = [
        (number, values)
        for number, cells in rows[at + 1 :]
        if any((values := {n: cells[p] if p < len(cells) else "" for n, p in columns.items()}).values())
    ]
    if len(lines) > MOST:
        raise Refused("too_large", _("Das sind mehr als %(most)d Fristen.") % {"most": MOST}, sheet)
    return lines


def _columns(cells: Sequence[str]) -> dict[str, int]:
    return columns_of(cells, _FIELD_OF)


class _Reader:
    """Reads line after line, and does what it says; what cannot be is a problem with its place."""

    def __init__(self, municipality: Municipality, outcome: DeadlineImport, sheet: str | None, by: User | None) -> None:
        self.municipality, self.outcome, self.sheet, self.by = municipality, outcome, sheet, by
        standing = Department.objects.standing().filter(municipality=municipality)
        self.departments = {each.name.casefold(): each for each in standing}
        self.known = {
            each.name: each
            for each in Deadline.objects.filter(municipality=municipality).standing_or_planned(timezone.localdate())
        }

    def run(self, lines: Sequence[Cells]) -> None:
        first: dict[str, int] = {}
        for row, cells in lines:
            name = cells["name"]
            if first.setdefault(name.casefold(), row) != row:
                words = {"name": name[:80], "row": first[name.casefold()]}
                self._problem(row, "duplicate_row", _("„%(name)s“ steht schon in Zeile %(row)d.") % words)
                continue
            try:
                with transaction.atomic():
                    self.outcome.lines.append(self._line(row, cells))
            except ValidationError as error:
                self._problem(row, getattr(error, "code", None) or "invalid", " ".join(error.messages))

    def _problem(self, row: int, code: str, message: str) -> None:
        self.outcome.problems.append(Problem(code, message, Severity.ERROR, self.sheet, row))

    def _line(self, row: int, cells: Mapping[str, str]) -> Line:
        """What one line comes to, done; ValidationError with the sentence of what is wrong with it."""
        facts = self._facts(cells)
        day = _day(cells.get("effective_on", "")) or timezone.localdate()
        found = self.known.get(facts.name)
        unchanged = found is not None and facts_on(found, day) == facts
        reason = cells.get("reason", "")
        if not unchanged:
            keep_deadline(
                facts, municipality=self.municipality, deadline=found, effective_on=day, reason=reason, by=self.by
            )
        hit = hits(self.municipality, facts)
        return Line(row, facts, day, reason, found, unchanged, applies_to(facts), hit)

    def _facts(self, cells: Mapping[str, str]) -> Facts:
        day = _day(cells["date"])
        if day is None:
            raise _wrong("missing_day", _("Der Tag der Frist fehlt."))
        if not cells["source"]:
            raise _wrong("missing_source", _("Die Quelle fehlt: Jede Frist nennt, woher sie kommt."))
        scope, named = self._scope(cells.get("scope", ""), cells.get("named", ""))
        facts: dict[str, Any] = {"name": cells["name"], "date": day, "source": cells["source"], "scope": scope}
        if scope == Scope.DEPARTMENT:
            facts["department"] = self._department(named)
        elif scope == Scope.BUNDLES:
            facts["bundles"] = _bundles(named)
        elif scope == Scope.LIST:
            facts |= {"list_name": cells.get("list_name") or cells["name"][:100], "rows": self._rows(named)}
        return Facts(**facts)

    def _scope(self, text: str, named: str) -> tuple[str, str]:
        """The scope and what it names; a cell may say both, as in „Fachbereich: Bauamt“, or the department alone."""
        word, _colon, rest = (part.strip() for part in text.partition(":"))
        scope = _SCOPE_OF.get(word.casefold())
        if scope is not None:
            return scope, rest or named
        if text.casefold() in self.departments:
            return Scope.DEPARTMENT, text
        words = {"text": text[:60], "words": ", ".join(words[1 if not words[0] else 0] for words in SCOPES.values())}
        raise _wrong("unknown_scope", _("„%(text)s“ ist kein Geltungsbereich. Möglich sind: %(words)s.") % words)

    def _department(self, name: str) -> Department:
        if name.casefold() not in self.departments:
            raise _wrong("unknown_department", _("Einen Fachbereich „%(name)s“ gibt es nicht.") % {"name": name[:80]})
        return self.departments[name.casefold()]

    def _rows(self, text: str) -> tuple[int, ...]:
        found = rows_named(self.municipality, text)
        if found.unknown:
            sentence = _("Diese Leistung ist nicht eindeutig oder nicht bekannt: %s.")
            raise _wrong("unknown_service", sentence % ", ".join(found.unknown)[:200])
        return found.rows


def _bundles(text: str) -> tuple[Bundle, ...]:
    found, unknown = bundles_named(text)
    if unknown:
        sentence = _("Diese OZG-ID steht nicht im Katalog: %s.")
        raise _wrong("unknown_bundle", sentence % ", ".join(unknown)[:200])
    return found


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return day_in(text)
    except ValueError as error:
        raise _wrong("invalid_day", str(error)) from error


def _wrong(code: str, sentence: str) -> ValidationError:
    return ValidationError(sentence, code)
