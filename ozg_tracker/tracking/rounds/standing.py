"""How a round stands: what was said of each row that is asked about, and how far each department is.

Nothing is kept of it: an answer is a confirmation of the row or a change of what it says, whichever way it came, made
by a person since the round began, or since the row was given back. Whatever else happens to a row (it gets another
department or another person) is no answer, and neither is silence.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from django.utils import timezone

from ozg_tracker.accounts.models import Department, Membership, Role, User
from ozg_tracker.tracking.models import MunicipalService, Round, RoundRow, RoundStep, StepKind
from ozg_tracker.tracking.models.rounds import ENDS
from ozg_tracker.tracking.rounds.saying import Sayings, fields_moved, read_said

ASIDE = (StepKind.REMINDED, StepKind.LED)  # what happens beside the way of a department through the round


class Said(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    NOTHING = "nothing"


class Progress(StrEnum):
    """How far a department is. SILENT: nothing was said of any of its rows."""

    SILENT = "silent"
    WORKING = "working"
    HANDED_IN = "handed_in"
    RETURNED = "returned"
    ACCEPTED = "accepted"


@dataclass(frozen=True)
class Answer:
    """What was said of a row, when and by whom (id). `returned`: it was given back, and nothing said of it since."""

    row: MunicipalService
    said: Said
    at: datetime | None = None
    by: int | None = None
    fields: tuple[str, ...] = ()
    returned: bool = False


@dataclass
class Unit:
    """A department that is asked, with its rows and what happened with it; None: rows that belong to none."""

    department: Department | None
    answers: list[Answer] = field(default_factory=list)
    steps: list[RoundStep] = field(default_factory=list)
    leaders: list[User] = field(default_factory=list)  # of the department, and who answers for it since a handover

    @property
    def key(self) -> int:
        """What it is called in an address; 0 for rows of no department."""
        return self.department.pk if self.department else 0

    def number(self, *said: Said) -> int:
        return sum(each.said in said for each in self.answers)

    @property
    def same(self) -> int:
        return self.number(Said.SAME)

    @property
    def changed(self) -> int:
        return self.number(Said.CHANGED)

    @property
    def answered(self) -> int:
        return self.same + self.changed

    @property
    def open(self) -> int:
        return self.number(Said.NOTHING)

    @property
    def unanswered(self) -> list[Answer]:
        return [each for each in self.answers if each.said == Said.NOTHING]

    @property
    def returned(self) -> int:
        return sum(each.returned for each in self.answers)

    @property
    def total(self) -> int:
        return len(self.answers)

    @property
    def last(self) -> datetime | None:
        return max((each.at for each in self.answers if each.at), default=None)

    @property
    def step(self) -> RoundStep | None:
        """The last thing that was handed in, given back or accepted, and holds."""
        moves = [each for each in self.steps if each.kind not in ASIDE]
        return moves[-1] if moves else None

    @property
    def progress(self) -> Progress:
        if self.step:
            return Progress(self.step.kind)
        return Progress.WORKING if self.answered else Progress.SILENT

    @property
    def waits(self) -> bool:
        """Whether an answer is still expected."""
        return self.progress in (Progress.SILENT, Progress.WORKING, Progress.RETURNED)


@dataclass
class Standing:
    """A round as it stands, or as it stood when it ended. `leader`: who leads it, `until`: the day that holds."""

    round: Round
    units: list[Unit]
    steps: list[RoundStep]
    end: RoundStep | None
    until: date
    leader: User

    def sum(self, *said: Said) -> int:
        return sum(unit.number(*said) for unit in self.units)

    @property
    def same(self) -> int:
        return self.sum(Said.SAME)

    @property
    def changed(self) -> int:
        return self.sum(Said.CHANGED)

    @property
    def answered(self) -> int:
        return self.same + self.changed

    @property
    def open(self) -> int:
        return self.sum(Said.NOTHING)

    @property
    def total(self) -> int:
        return sum(unit.total for unit in self.units)

    @property
    def silent(self) -> list[Unit]:
        return [unit for unit in self.units if unit.progress == Progress.SILENT]

    @property
    def waiting(self) -> list[Unit]:
        return [unit for unit in self.units if unit.waits]

    @property
    def late(self) -> bool:
        return self.end is None and self.until < timezone.localdate()

    @property
    def reminded_at(self) -> datetime | None:
        return max((each.recorded_at for each in self.steps if each.kind == StepKind.REMINDED), default=None)

    def unit(self, key: int) -> Unit | None:
        return next((each for each in self.units if each.key == key), None)


def standing_of(asked: Round) -> Standing:
    """The round with its departments, those with a name first, and what each said; a constant number of queries."""
    return standings([asked])[0]


def standings(rounds: Collection[Round]) -> list[Standing]:
    """How each of the rounds stands, in their order; as many queries for all of them as for one."""
    steps: dict[int, list[RoundStep]] = {asked.pk: [] for asked in rounds}
    for step in RoundStep.objects.standing().filter(round__in=steps).select_related("by", "leader").order_by("pk"):
        steps[step.round_id].append(step)
    asked_about: dict[int, list[RoundRow]] = {asked.pk: [] for asked in rounds}
    related = ("row__service", "row__level", "row__owner", "row__department", "department")
    rows = RoundRow.objects.filter(round__in=steps).select_related(*related)
    for each in rows.order_by("row__service__name", "row"):
        asked_about[each.round_id].append(each)
    said = read_said(rounds, [step for each in steps.values() for step in each])
    found = [_standing(asked, steps[asked.pk], asked_about[asked.pk], said) for asked in rounds]
    _fill_leaders([unit for told in found for unit in told.units if unit.department])
    return found


def of_the_whole(step: RoundStep) -> bool:
    """Whether the step is about the whole round."""
    return step.kind in (StepKind.EXTENDED, *ENDS) or (step.kind == StepKind.LED and step.department_id is None)


def _standing(asked: Round, steps: list[RoundStep], rows: list[RoundRow], said: Sayings) -> Standing:
    end = next((each for each in reversed(steps) if each.kind in ENDS), None)
    ended_at = end.recorded_at if end else None
    units: dict[int | None, Unit] = {}
    for each in rows:
        if _can_be_told_of(each, ended_at):
            answer = _answer(asked, each, ended_at, said)
            units.setdefault(each.department_id, Unit(each.department)).answers.append(answer)
    until, leader = asked.until, asked.by
    for step in steps:
        if of_the_whole(step):
            until, leader = step.until or until, step.leader or leader
        elif step.department_id in units:
            units[step.department_id].steps.append(step)
    named = sorted(units.values(), key=lambda unit: (unit.department is None, unit.department and unit.department.name))
    return Standing(asked, named, steps, end, until, leader)


def _can_be_told_of(each: RoundRow, ended_at: datetime | None) -> bool:
    """Nobody can say anything of a service that has left the catalogue meanwhile."""
    left = each.row.service.retired_on
    return left is None or (ended_at is not None and left > timezone.localdate(ended_at))


def _answer(asked: Round, each: RoundRow, ended_at: datetime | None, said: Sayings) -> Answer:
    given_back = said.given_back.get((asked.pk, each.row_id))
    since = given_back or asked.recorded_at

    def in_time(at: datetime) -> bool:
        return at > since and (ended_at is None or at <= ended_at)

    confirmed = [
        (at, by)
        for at, by, taken_back in said.confirmed.get(each.row_id, ())
        if in_time(at) and not (taken_back and (ended_at is None or taken_back <= ended_at))
    ]
    same, by = max(confirmed, default=(None, None))
    moves = [move for move in said.changed.get(each.row_id, ()) if in_time(move.at)]
    names = fields_moved(moves)
    if names and (same is None or moves[-1].at >= same):
        return Answer(each.row, Said.CHANGED, moves[-1].at, fields=tuple(sorted(names)))
    if same:
        return Answer(each.row, Said.SAME, same, by)
    return Answer(each.row, Said.NOTHING, returned=given_back is not None)


def _fill_leaders(units: list[Unit]) -> None:
    by_department: dict[int, list[Unit]] = defaultdict(list)
    for unit in units:
        by_department[unit.key].append(unit)
    leading = Membership.objects.filter(role=Role.MANAGER, user__is_active=True, department__in=list(by_department))
    for each in leading.select_related("user").order_by("user__last_name", "user__pk"):
        for unit in by_department[each.department_id or 0]:
            unit.leaders.append(each.user)
    for unit in units:
        named = [step.leader for step in unit.steps if step.kind == StepKind.LED and step.leader is not None]
        if named and named[-1].is_active and named[-1] not in unit.leaders:
            unit.leaders.append(named[-1])
