"""How a round stands: what was said of each row that is asked about, and how far each department is.

Nothing is kept of it: an answer is a confirmation of the row or a change of what it says, whichever way it came, made
by a person since the round began, or since the row was given back. Whatever else happens to a row (it gets another
department or another person) is no answer, and neither is silence.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from ozg_tracker.accounts.models import Department, Membership, Role, User
from ozg_tracker.tracking.models import (
    Confirmation,
    MunicipalService,
    Round,
    RoundReopened,
    RoundRow,
    RoundStep,
    StatusChange,
    StepKind,
)
from ozg_tracker.tracking.models.rounds import ENDS
from ozg_tracker.tracking.rows.rights import STATUS_FIELDS

TELLING = tuple(sorted({*STATUS_FIELDS, "responsibility"}))
_COLUMNS = tuple(f"{name}_id" if name == "level" else name for name in TELLING)


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
    leaders: list[User] = field(default_factory=list)

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
        moves = [each for each in self.steps if each.kind != StepKind.REMINDED]
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
    steps = list(asked.steps.standing().select_related("by", "leader").order_by("pk"))
    end = next((each for each in reversed(steps) if each.kind in ENDS), None)
    ended_at = end.recorded_at if end else None
    rows = list(_rows(asked, ended_at))
    answers = _answers(asked, rows, steps, ended_at)
    units: dict[int | None, Unit] = {}
    for each in rows:
        units.setdefault(each.department_id, Unit(each.department)).answers.append(answers[each.row_id])
    of_all = [step for step in steps if step.kind in _OF_THE_WHOLE]
    for step in steps:
        if step.kind not in _OF_THE_WHOLE and step.department_id in units:
            units[step.department_id].steps.append(step)
    _fill_leaders(asked, units)
    until, leader = asked.until, asked.by
    for step in of_all:
        until, leader = step.until or until, step.leader or leader
    named = sorted(units.values(), key=lambda unit: (unit.department is None, unit.department and unit.department.name))
    return Standing(asked, named, steps, end, until, leader)


_OF_THE_WHOLE = (StepKind.EXTENDED, StepKind.LED, *ENDS)


def _rows(asked: Round, ended_at: datetime | None) -> Iterable[RoundRow]:
    """What is asked about, without services that left the catalogue meanwhile: nobody can say anything of them."""
    left = Q(row__service__retired_on=None)
    if ended_at:
        left |= Q(row__service__retired_on__gt=timezone.localdate(ended_at))
    related = ("row__service", "row__level", "row__owner", "row__department", "department")
    return asked.asked.filter(left).select_related(*related).order_by("row__service__name", "row")


def _answers(
    asked: Round, rows: list[RoundRow], steps: list[RoundStep], ended_at: datetime | None
) -> dict[int, Answer]:
    returned = {each.pk: each.recorded_at for each in steps if each.kind == StepKind.RETURNED}
    given_back: dict[int, datetime] = {}
    for step, row in RoundReopened.objects.filter(step__in=returned).values_list("step", "row"):
        given_back[row] = max(returned[step], given_back.get(row, returned[step]))
    confirmed = _confirmed(asked, ended_at)
    changed = _changed(asked, ended_at)
    found = {}
    for each in rows:
        since = given_back.get(each.row_id, asked.recorded_at)
        same, by = max(((at, by) for at, by in confirmed[each.row_id] if at > since), default=(None, None))
        moves = [(at, names) for at, names in changed[each.row_id] if at > since]
        moved = max((at for at, _names in moves), default=None)
        if moved and (same is None or moved >= same):
            names = {name for _at, some in moves for name in some}
            found[each.row_id] = Answer(each.row, Said.CHANGED, moved, fields=tuple(sorted(names)))
        elif same:
            found[each.row_id] = Answer(each.row, Said.SAME, same, by)
        else:
            found[each.row_id] = Answer(each.row, Said.NOTHING, returned=each.row_id in given_back)
    return found


def _confirmed(asked: Round, ended_at: datetime | None) -> dict[int, list[tuple[datetime, int]]]:
    """When and by whom each row was said to hold; what was taken back after the end of the round stood until then."""
    taken_back = Confirmation.objects.filter(withdraws=OuterRef("pk"))
    said = Confirmation.objects.filter(
        municipality=asked.municipality_id, row__in=asked.asked.values("row"), recorded_at__gte=asked.recorded_at
    ).filter(withdraws=None)
    if ended_at:
        said, taken_back = said.filter(recorded_at__lte=ended_at), taken_back.filter(recorded_at__lte=ended_at)
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for row, at, by in said.filter(~Exists(taken_back)).order_by("pk").values_list("row", "recorded_at", "by"):
        found[row].append((at, by))
    return found


def _changed(asked: Round, ended_at: datetime | None) -> dict[int, list[tuple[datetime, set[str]]]]:
    """When persons changed what each row says, and which of its fields."""
    here = {"municipality": asked.municipality_id}
    since = StatusChange.objects.filter(
        **here, row__in=asked.asked.values("row"), recorded_at__gte=asked.recorded_at, by__isnull=False
    )
    if ended_at:
        since = since.filter(recorded_at__lte=ended_at)
    whole = StatusChange.objects.filter(**here, row__in=since.order_by().values("row")).order_by("row", "version")
    found: dict[int, list[tuple[datetime, set[str]]]] = defaultdict(list)
    before: tuple[int, tuple[object, ...]] = (0, ())
    for row, at, by, *told in whole.values_list("row", "recorded_at", "by", *_COLUMNS):
        state = tuple(told)
        in_time = at >= asked.recorded_at and (ended_at is None or at <= ended_at)
        if before[0] == row and by is not None and in_time:
            names = {name for name, old, new in zip(TELLING, before[1], state, strict=True) if old != new}
            if names:
                found[row].append((at, names))
        before = (row, state)
    return found


def _fill_leaders(asked: Round, units: dict[int | None, Unit]) -> None:
    leading = Membership.objects.filter(
        municipality=asked.municipality_id,
        role=Role.MANAGER,
        user__is_active=True,
        department__in=[*filter(None, units)],
    )
    for each in leading.select_related("user").order_by("user__last_name", "user__pk"):
        units[each.department_id].leaders.append(each.user)
