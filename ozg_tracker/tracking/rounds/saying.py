"""What was said of the rows that rounds ask about: confirmed, changed, given back; read at once for all rounds."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from ozg_tracker.tracking.models import Confirmation, Round, RoundReopened, RoundRow, RoundStep, StatusChange, StepKind
from ozg_tracker.tracking.rows.rights import STATUS_FIELDS

TELLING = tuple(sorted({*STATUS_FIELDS, "responsibility"}))
_COLUMNS = tuple(f"{name}_id" if name == "level" else name for name in TELLING)


class Moved(NamedTuple):
    at: datetime
    before: tuple[object, ...]
    after: tuple[object, ...]


class Sayings(NamedTuple):
    """By row: when, by whom (id) and until when it was confirmed; when persons changed it, with its `TELLING` before
    and after; and by round and row, when it was last given back.
    """

    confirmed: dict[int, list[tuple[datetime, int, datetime | None]]]
    changed: dict[int, list["Moved"]]
    given_back: dict[tuple[int, int], datetime]


def read_said(rounds: Collection[Round], steps: Iterable[RoundStep]) -> Sayings:
    """All that was said since the first of the rounds began; `steps` are theirs. Three queries."""
    if not rounds:
        return Sayings({}, {}, {})
    return Sayings(_confirmed(rounds), _changed(rounds), _given_back(steps))


def _confirmed(rounds: Collection[Round]) -> dict[int, list[tuple[datetime, int, datetime | None]]]:
    said = Confirmation.objects.filter(**_here(rounds), recorded_at__gte=_began(rounds), withdraws=None)
    found = defaultdict(list)
    columns = ("row", "recorded_at", "by", "withdrawn_by__recorded_at")
    for row, at, by, taken_back in said.order_by("pk").values_list(*columns):
        found[row].append((at, by, taken_back))
    return found


def _changed(rounds: Collection[Round]) -> dict[int, list[Moved]]:
    since = StatusChange.objects.filter(**_here(rounds), recorded_at__gte=_began(rounds), by__isnull=False)
    whole = StatusChange.objects.filter(
        municipality__in={asked.municipality_id for asked in rounds}, row__in=since.order_by().values("row")
    )
    found = defaultdict(list)
    before: tuple[int, tuple[object, ...]] = (0, ())
    for row, at, by, *told in whole.order_by("row", "version").values_list("row", "recorded_at", "by", *_COLUMNS):
        state = tuple(told)
        if before[0] == row and by is not None and before[1] != state:
            found[row].append(Moved(at, before[1], state))
        before = (row, state)
    return found


def fields_moved(moves: list[Moved]) -> set[str]:
    """The fields in which a row is another one after all of the moves; none where they were taken back."""
    if not moves:
        return set()
    return {name for name, old, new in zip(TELLING, moves[0].before, moves[-1].after, strict=True) if old != new}


def _given_back(steps: Iterable[RoundStep]) -> dict[tuple[int, int], datetime]:
    returned = {each.pk: each for each in steps if each.kind == StepKind.RETURNED}
    found: dict[tuple[int, int], datetime] = {}
    for pk, row in RoundReopened.objects.filter(step__in=returned).order_by("pk").values_list("step", "row"):
        step = returned[pk]
        found[step.round_id, row] = max(step.recorded_at, found.get((step.round_id, row), step.recorded_at))
    return found


def _here(rounds: Collection[Round]) -> dict[str, object]:
    rows = RoundRow.objects.filter(round__in=rounds).values("row")
    return {"municipality__in": {asked.municipality_id for asked in rounds}, "row__in": rows}


def _began(rounds: Collection[Round]) -> datetime:
    return min(asked.recorded_at for asked in rounds)
