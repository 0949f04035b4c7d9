"""import_status(): a file of status lines, read → understood → merged → applied in one transaction, or not at all."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing.keys import BadKey
from catalog.importing.problems import Problem, Refused, Severity
from catalog.told import Told, silent
from ozg_tracker.accounts.models import Deed, Municipality, deeds_of
from ozg_tracker.accounts.models.departments import LONGEST_REASON
from ozg_tracker.tracking.exchange import conflicts
from ozg_tracker.tracking.exchange.changed import Changed, ChangedLine
from ozg_tracker.tracking.exchange.conflicts import Stored
from ozg_tracker.tracking.exchange.finding import Services, UnknownService, load_services, named_by, take_in
from ozg_tracker.tracking.exchange.status_file import FileLine, StatusFile, read
from ozg_tracker.tracking.exchange.values import Vocabulary, edited, load_vocabulary, value_of
from ozg_tracker.tracking.exchange.words import COLUMNS, BadWord, day
from ozg_tracker.tracking.models import MunicipalService, Source
from ozg_tracker.tracking.rows import locks
from ozg_tracker.tracking.rows.status import Change, ChangesRefused, write_changes

if TYPE_CHECKING:
    from ozg_tracker.accounts.models import User
    from ozg_tracker.tracking.rows.rights import Rights


@dataclass
class StatusImport:
    """`rows`: data lines; `applied`: lines that made an event; `unchanged`: lines that changed nothing.

    `changed`: what the lines that make an event change; `recorded_at`: the instant their events carry. `with_base`: the
    file is a workbook we exported, in which an emptied cell deletes. `unknown`: the services that the catalogue does
    not know, each once, as its first line names it.
    """

    rows: int = 0
    applied: int = 0
    unchanged: int = 0
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: bool = False
    changed: Sequence[ChangedLine] = ()
    recorded_at: datetime | None = None
    with_base: bool = False
    unknown: dict[tuple[str, ...], FileLine] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The object of the contract."""
        return {
            "rows": self.rows,
            "applied": self.applied,
            "unchanged": self.unchanged,
            "conflicts": self.conflicts,
            "problems": [problem.as_json() for problem in self.problems],
        }


_STEPS = 2  # reading, and all that happens in the transaction


class _Meant(NamedTuple):
    line: FileLine
    change: Change


class _Undo(Exception):
    pass


def import_status(
    path: Path,
    municipality: Municipality,
    *,
    dry_run: bool = False,
    skip_conflicts: bool = False,
    by: "User | None" = None,
    source: str = Source.FILE,
    rights: "Rights | None" = None,
    reader: Callable[[Path], StatusFile] = read,
    told: Told = silent,
) -> StatusImport:
    """Apply the lines of the file in their order, each from its own `Gilt ab` on (empty: today).

    A filled cell sets, an empty one leaves, "–" clears; in a workbook we exported, what differs from its base values is
    the edit. A line whose base or Version is older than the row is merged with what has been changed since; where both
    changed a field it is a conflict. Any error or (without `skip_conflicts`, which leaves those cells as stored and
    takes the others of their lines) any conflict refuses the file as a whole: `refused`, and nothing is written. A dry
    run does the same and takes it back.

    A service of the catalogue that the municipality does not track yet gets its row. A Fachbereich that is not there
    yet is made, with the warning `new_department`. `rights`: those of the person; None: may do all, as the operator's
    command. `reader`: how the file is read. `told` hears how far the work is.
    """
    outcome = StatusImport()
    told(0, _STEPS, _("lesen"))
    try:
        found = reader(path)
    except Refused as refused:
        outcome.problems.append(refused.problem)
        outcome.refused = True
        return outcome
    outcome.rows, outcome.problems, outcome.with_base = len(found.lines), found.problems, found.base is not None
    told(1, _STEPS, _("vergleichen und schreiben"))
    try:
        with transaction.atomic():
            locks.hold(municipality.pk)
            _Import(found, municipality, outcome, rights, by).run(by, source)
            outcome.refused = bool(outcome.conflicts and not skip_conflicts) or any(
                problem.severity == Severity.ERROR for problem in outcome.problems
            )
            if dry_run or outcome.refused:
                raise _Undo
    except _Undo:
        if outcome.refused:
            outcome.applied = outcome.unchanged = 0
    told(_STEPS, _STEPS)
    return outcome


class _Import:
    """One import while it runs, inside its transaction."""

    def __init__(
        self,
        found: StatusFile,
        municipality: Municipality,
        outcome: StatusImport,
        rights: "Rights | None",
        by: "User | None",
    ) -> None:
        self.found, self.municipality, self.outcome, self.rights = found, municipality, outcome, rights
        self.today = timezone.localdate()
        self.may_add = rights is None or Deed.KEEP_OWN_SERVICES in deeds_of(rights.role)
        reason = f"Aus Datei {found.name}"[:LONGEST_REASON]
        self.vocabulary: Vocabulary = load_vocabulary(municipality, self.may_add, by, reason)
        self.broken: set[int] = set()
        self.clashing: dict[tuple[str | None, int], list[str]] = {}  # columns in conflict, by a line's place

    def run(self, by: "User | None", source: str) -> None:
        cells = [line.cells for line in (*self.found.lines, *(self.found.base or ()))]
        services = load_services(self.municipality, cells)
        placed = list(self._placed(services))
        self._take_in(services, {service for _line, service in placed if service not in services.rows})
        stored = Stored(self.municipality, self._base(services), services, self.vocabulary)
        stored.load(services.rows[service] for line, service in placed if self._may_be_stale(line))
        meant = [
            _Meant(line, change)
            for line, service in placed
            if (change := self._change(line, services.rows[service], stored)) is not None
        ]
        self._tell_new_departments()
        self._refuse_without_right(meant)
        wanted = [each for each in meant if each.change.row_id not in self.broken]
        self._write(wanted, by, source, services)
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
        return self.found.base is not None or bool(line.cells.get("version"))

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
                values[column] = value_of(column, line.cells[column], self.vocabulary, self.municipality, effective_on)
            except BadWord as error:
                self._problem(line, column, f"invalid_{column}", str(error))
                wrong = True
        if wrong or effective_on is None:
            self.broken.add(row_id)
            return None
        if clashes := stored.merge(row_id, line, values):
            self.outcome.conflicts.extend(conflicts.told(line, row_id, clashes, stored))
            self.clashing[line.sheet, line.row] = [COLUMNS[column] for column in clashes]
        if not values:
            self.outcome.unchanged += not clashes
            return None
        return Change(row_id, values, effective_on, line.cells.get("reason", ""), None, f"Aus Datei {self.found.name}")

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

    def _write(self, wanted: list[_Meant], by: "User | None", source: str, services: Services) -> None:
        try:
            made = write_changes(self.municipality, [each.change for each in wanted], by=by, source=source)
        except ChangesRefused as refused:
            if left := [each for at, each in enumerate(wanted) if at in refused.by_change and self._clashes(each)]:
                self._leave_out(left)
                self._write([each for each in wanted if each not in left], by, source, services)
                return
            for at, errors in refused.by_change.items():
                self._tell_refusal(wanted[at].line, errors)
        else:
            self.outcome.applied = len(made.events)
            self.outcome.unchanged += sum(not self._clashes(each) for each in wanted) - sum(
                not self._clashes(wanted[event.at]) for event in made.events
            )
            events = [(wanted[event.at].line, event) for event in made.events]
            self.outcome.changed, self.outcome.recorded_at = (
                Changed(self.vocabulary, services, events),
                made.recorded_at,
            )

    def _clashes(self, meant: _Meant) -> bool:
        return (meant.line.sheet, meant.line.row) in self.clashing

    def _leave_out(self, left: list[_Meant]) -> None:
        """Lines that cannot stand without the cell that is in conflict: they stay as stored, and are told."""
        for line, change in left:
            message = _(
                "Ohne %(missing)s (in Konflikt) kann auch %(columns)s nicht übernommen werden; die Zeile bleibt, wie "
                "gespeichert."
            ) % {
                "missing": ", ".join(self.clashing[line.sheet, line.row]),
                "columns": ", ".join(COLUMNS.get(name, name) for name in change.changes),
            }
            self._problem(line, next(iter(change.changes)), "left_out", message, Severity.WARNING)

    def _tell_refusal(self, line: FileLine, errors: Mapping[str, ValidationError]) -> None:
        for name, error in errors.items():
            column = "key" if name == "row" else name
            self._problem(line, column, error.code or "invalid", error.messages[0])

    def _problem(self, line: FileLine, column: str, code: str, message: str, severity: str = Severity.ERROR) -> None:
        self.outcome.problems.append(
            Problem(code, message, str(severity), line.sheet, line.row, COLUMNS.get(column, column))
        )
