"""The lines of a file or a list laid over a municipality's rows: found, understood, merged three ways, written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing.keys import BadKey
from catalog.importing.problems import Problem, Severity
from ozg_tracker.accounts.models import Deed, Municipality, deeds_of
from ozg_tracker.accounts.models.departments import LONGEST_REASON
from ozg_tracker.tracking.exchange import conflicts
from ozg_tracker.tracking.exchange.changed import Changed, ChangedLine
from ozg_tracker.tracking.exchange.confirmed import COLUMN as CONFIRMED
from ozg_tracker.tracking.exchange.confirmed import Confirming, NotConfirmed
from ozg_tracker.tracking.exchange.conflicts import Side, Stored
from ozg_tracker.tracking.exchange.finding import Services, UnknownService, load_services, named_by, take_in
from ozg_tracker.tracking.exchange.status_file import FileLine, StatusFile
from ozg_tracker.tracking.exchange.values import Vocabulary, edited, load_vocabulary, value_of
from ozg_tracker.tracking.exchange.words import COLUMNS, BadWord, day
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from ozg_tracker.tracking.rows.planning import Change
from ozg_tracker.tracking.rows.status import ChangesRefused, write_changes

if TYPE_CHECKING:
    from ozg_tracker.accounts.models import User
    from ozg_tracker.tracking.rows.rights import Rights


NAMING = ("key", "ozg_id", "name")  # columns that say which service is meant


class Wrong(NamedTuple):
    """A cell that keeps its line from being taken: `column` by its code."""

    line: FileLine
    column: str
    problem: Problem


@dataclass
class StatusImport:
    """`rows`: data lines; `applied`: lines that made an event; `unchanged`: lines that changed nothing.

    `changed`: what the lines that make an event change; `recorded_at`: the instant their events carry. `with_base`: the
    file is a workbook we exported, in which an emptied cell deletes. `unknown`: the services that the catalogue does
    not know, each once, as its first line names it. `sides`: cells that others changed meanwhile, those decided too;
    `wrong`: cells that cannot be taken; `waiting`: the lines that cannot be taken yet; `made`: the events, as row and
    version; `said`: the confirmations, as row and id; `last`: the last event of each row in `sides`. `confirmed`: how
    many lines only say that their row still holds; `confirming`: those lines, each with its service.
    """

    rows: int = 0
    applied: int = 0
    unchanged: int = 0
    confirmed: int = 0
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: bool = False
    changed: Sequence[ChangedLine] = ()
    recorded_at: datetime | None = None
    with_base: bool = False
    unknown: dict[tuple[str, ...], FileLine] = field(default_factory=dict)
    sides: list[Side] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    waiting: list[FileLine] = field(default_factory=list)
    made: list[tuple[int, int]] = field(default_factory=list)
    said: list[tuple[int, int]] = field(default_factory=list)
    last: Mapping[int, StatusChange] = field(default_factory=dict)
    confirming: list[tuple[FileLine, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The object of the contract."""
        return {
            "rows": self.rows,
            "applied": self.applied,
            "unchanged": self.unchanged,
            "conflicts": self.conflicts,
            "problems": [problem.as_json() for problem in self.problems],
        }


class _Meant(NamedTuple):
    line: FileLine
    change: Change


class MergeLines:
    """One merge while it runs, inside a transaction that holds the municipality's lock.

    `hold`: what is wrong or in conflict keeps its own line back, and all lines of the same service, for they build upon
    each other; the others are written. `reason`: for lines that give none.
    """

    def __init__(
        self,
        found: StatusFile,
        municipality: Municipality,
        outcome: StatusImport,
        *,
        rights: "Rights | None",
        by: "User | None",
        reason: str = "",
        hold: bool = False,
    ) -> None:
        self.found, self.municipality, self.outcome, self.rights = found, municipality, outcome, rights
        self.by, self.reason, self.hold = by, reason, hold
        self.fallback = f"Aus Datei {found.name}"
        self.today = timezone.localdate()
        self.may_add = rights is None or Deed.KEEP_OWN_SERVICES in deeds_of(rights.role)
        self.vocabulary: Vocabulary = load_vocabulary(municipality, self.may_add, by, self.fallback[:LONGEST_REASON])
        self.broken: set[int] = set()
        self.clashing: dict[int, list[str]] = {}  # columns in conflict, by a line's `at`

    def run(self, source: str) -> None:
        cells = [line.cells for line in (*self.found.lines, *(self.found.base or ()))]
        services = load_services(self.municipality, cells)
        placed = list(self._placed(services))
        self._take_in(services, {service for _line, service in placed if service not in services.rows})
        stored = Stored(self.municipality, self._base(services), services, self.vocabulary)
        stored.load(services.rows[service] for line, service in placed if self._may_be_stale(line))
        self.confirming = Confirming(self.municipality, stored, by=self.by, rights=self.rights, today=self.today)
        self.confirming.load((line, services.rows[service]) for line, service in placed)
        meant = [
            _Meant(line, change)
            for line, service in placed
            if (change := self._change(line, services.rows[service], stored)) is not None
        ]
        self._tell_conflicts(stored)
        self._tell_new_departments()
        self._refuse_without_right(meant)
        self._write([each for each in meant if each.change.row_id not in self.broken], source, services)
        written = {row for row, _version in self.outcome.made}
        self.outcome.confirming = self.confirming.write(self.broken | written, self.outcome.recorded_at)
        self.outcome.confirmed = len(self.outcome.confirming)
        for each in self.confirming.made:
            self.outcome.recorded_at = each.recorded_at
            self.outcome.said.append((each.row_id, each.pk))
        self._tell_waiting(placed, services)
        MunicipalService.objects.filter(municipality=self.municipality, version=0).delete()

    def _placed(self, services: Services) -> Iterable[tuple[FileLine, int]]:
        for line in self.found.lines:
            try:
                yield line, services.service_of(line.cells)
            except BadKey as error:
                self._problem(line, "key" if line.cells.get("key") else "ozg_id", "invalid_key", str(error))
            except UnknownService as error:
                self._problem(line, "key" if line.cells.get("key") else "name", "unknown_service", str(error))
                if error.named:
                    self.outcome.unknown.setdefault(named_by(line.cells), line)

    def _take_in(self, services: Services, missing: set[int]) -> None:
        if missing and self.may_add:
            services.rows |= take_in(self.municipality, missing)
        for pk in missing - services.rows.keys():
            services.rows[pk] = -pk  # no row: its lines are told to be unknown to the municipality

    def _base(self, services: Services) -> dict[int, FileLine] | None:
        if self.found.base is None:
            return None
        base: dict[int, FileLine] = {}
        for line in self.found.base:
            try:
                base[services.rows.get(services.service_of(line.cells), 0)] = line
            except (BadKey, UnknownService):
                continue  # gone from the catalogue since; a line that speaks of it is told above
        return base

    def _may_be_stale(self, line: FileLine) -> bool:
        return self.found.base is not None or bool(line.cells.get("version") or line.cells.get(CONFIRMED))

    def _change(self, line: FileLine, row_id: int, stored: Stored) -> Change | None:
        """What a line asks for; None for nothing, and for what is told as problem or conflict instead."""
        base = stored.base_of(row_id)
        if base and self._is_mixed(line, base):
            self.broken.add(row_id)
            return None
        columns = edited(line.cells, base.cells if base else None)
        effective_on = self._effective_on(line)
        values: dict[str, object] = {}
        wrong = False
        for column in columns:
            try:
                values[column] = value_of(column, line.cells[column], self.vocabulary, effective_on)
            except BadWord as error:
                self._problem(line, column, f"invalid_{column}", str(error))
                wrong = True
        if wrong or effective_on is None:
            self.broken.add(row_id)
            return None
        try:
            confirmed = self.confirming.read(line, row_id)
        except BadWord as error:
            code = "not_confirmed" if isinstance(error, NotConfirmed) else f"invalid_{CONFIRMED}"
            self._problem(line, CONFIRMED, code, str(error))
            self.broken.add(row_id)
            return None
        sides = [*stored.merge(row_id, line, values), *([confirmed] if confirmed else [])]
        self.outcome.sides += sides
        clashes = [COLUMNS[each.column] for each in sides if not each.pick]
        if clashes:
            self.clashing[line.at] = clashes
            if self.hold:
                self.broken.add(row_id)
                return None
        if not values:
            self.outcome.unchanged += not clashes and self.confirming.rows.get(row_id) is not line
            return None
        reason = line.cells.get("reason") or self.reason
        return Change(row_id, values, effective_on, reason, None, self.fallback)

    def _tell_conflicts(self, stored: Stored) -> None:
        open_sides = [side for side in self.outcome.sides if not side.pick]
        stored.load_last({side.row_id for side in self.outcome.sides})
        self.outcome.conflicts = [conflicts.told(side, stored) for side in open_sides]
        self.outcome.last = stored.last

    def _is_mixed(self, line: FileLine, base: FileLine) -> bool:
        """Whether a line of an exported workbook carries the Version of another: its cells belong to two services."""
        version, was = line.cells.get("version"), base.cells.get("version")
        if not version or version == was:
            return False
        message = _(
            "Die Version %(version)s gehört nicht zu dieser Leistung (ausgegeben mit %(was)s). Vielleicht sind nur "
            "einzelne Spalten sortiert oder Zeilen einer anderen Datei eingefügt. Bitte die Datei neu herunterladen."
        ) % {"version": version[:20], "was": was}
        self._problem(line, "version", "mixed_row", message)
        return True

    def _effective_on(self, line: FileLine) -> date | None:
        text = line.cells.get("effective_on", "")
        try:
            return day(text) if text else self.today
        except BadWord as error:
            self._problem(line, "effective_on", "invalid_effective_on", str(error))
            return None

    def _tell_new_departments(self) -> None:
        for name in self.vocabulary.new:
            line = next(each for each in self.found.lines if each.cells.get("department") == name)
            message = _("Den Fachbereich „%(name)s“ gab es in %(municipality)s noch nicht; er wird angelegt.") % {
                "name": name,
                "municipality": self.vocabulary.name,
            }
            self._problem(line, "department", "new_department", message, Severity.WARNING)

    def _refuse_without_right(self, meant: list[_Meant]) -> None:
        if self.rights is None or self.may_add:
            return
        ids = {each.change.row_id for each in meant}
        rows = MunicipalService.objects.select_related("service").in_bulk(ids)
        for line, change in meant:
            if change.row_id in rows:
                try:
                    self.rights.refuse_unless_allowed(rows[change.row_id], change.changes)
                except PermissionDenied as error:
                    self._problem(line, next(iter(change.changes)), "not_allowed", str(error))
                    self.broken.add(change.row_id)

    def _write(self, wanted: list[_Meant], source: str, services: Services) -> None:
        try:
            made = write_changes(self.municipality, [each.change for each in wanted], by=self.by, source=source)
        except ChangesRefused as refused:
            if left := [each for at, each in enumerate(wanted) if at in refused.by_change and self._clashes(each)]:
                self._leave_out(left)
                self._write([each for each in wanted if each not in left], source, services)
                return
            for at, errors in refused.by_change.items():
                self._tell_refusal(wanted[at].line, errors)
            if self.hold:
                self.broken |= {wanted[at].change.row_id for at in refused.by_change}
                self._write([each for each in wanted if each.change.row_id not in self.broken], source, services)
        else:
            self.outcome.applied = len(made.events)
            self.outcome.made = [(event.row_id, event.version) for event in made.events]
            self.outcome.unchanged += sum(not self._clashes(each) for each in wanted) - sum(
                not self._clashes(wanted[event.at]) for event in made.events
            )
            events = [(wanted[event.at].line, event) for event in made.events]
            self.outcome.changed, self.outcome.recorded_at = (
                Changed(self.vocabulary, services, events),
                made.recorded_at,
            )

    def _clashes(self, meant: _Meant) -> bool:
        return meant.line.at in self.clashing

    def _tell_waiting(self, placed: Iterable[tuple[FileLine, int]], services: Services) -> None:
        """The lines that are not taken; the others changed something or nothing."""
        if self.hold:
            taken = {line.at for line, service in placed if services.rows[service] not in self.broken}
            self.outcome.waiting = [line for line in self.found.lines if line.at not in taken]
            self.outcome.unchanged = len(taken) - self.outcome.applied - self.outcome.confirmed

    def _leave_out(self, left: list[_Meant]) -> None:
        """Lines that cannot stand without the cell that is in conflict: they stay as stored, and are told."""
        for line, change in left:
            message = _(
                "Ohne %(missing)s (in Konflikt) kann auch %(columns)s nicht übernommen werden; die Zeile bleibt, wie "
                "gespeichert."
            ) % {
                "missing": ", ".join(self.clashing[line.at]),
                "columns": ", ".join(COLUMNS.get(name, name) for name in change.changes),
            }
            self._problem(line, next(iter(change.changes)), "left_out", message, Severity.WARNING)

    def _tell_refusal(self, line: FileLine, errors: Mapping[str, ValidationError]) -> None:
        for name, error in errors.items():
            column = "key" if name == "row" else name
            self._problem(line, column, error.code or "invalid", error.messages[0])

    def _problem(self, line: FileLine, column: str, code: str, message: str, severity: str = Severity.ERROR) -> None:
        problem = Problem(code, message, str(severity), line.sheet, line.row, COLUMNS.get(column, column))
        self.outcome.problems.append(problem)
        if severity == Severity.ERROR:
            self.outcome.wrong.append(Wrong(line, column, problem))
