"""Two days beside each other: in which of its rows a municipality stood otherwise, and how."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Count, TextChoices
from django.utils.translation import gettext_lazy as _

from catalog.models import MaturityLevel
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from ozg_tracker.tracking.rows.as_of import state_as_of
from ozg_tracker.tracking.rows.rules import Tracked
from ozg_tracker.tracking.rows.storyline import FIELDS, label_of, words_of

_AT_ONCE = 2000


class Kind(TextChoices):
    """What became of a row between two days, told by its level alone; a first rating is no way up."""

    HIGHER = "higher", _("Reifegrad höher")
    LOWER = "lower", _("Reifegrad niedriger")
    OTHER = "other", _("sonst geändert")
    SAME = "same", _("unverändert")


class Pair(NamedTuple):
    """A row with the ids of the events that say how it stood on either day; None before its first one."""

    row_id: int
    then: int | None
    later: int | None
    kind: str


class Cell(NamedTuple):
    name: str
    label: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


class Sight(NamedTuple):
    """A row on both days in words, field by field, and how many changes lie between them."""

    row: MunicipalService
    cells: dict[str, Cell]
    steps: int
    kind: str


def compare(municipality: Municipality, row_ids: Iterable[int], then: date, later: date) -> list[Pair]:
    """The rows of the municipality, in the order given, on both days as known now; rows known on neither are left out.

    A row is changed where any of its fields is. Four queries, however many rows.
    """
    before, after = (
        {each.row_id: each.event_id for each in state_as_of(municipality.pk, day)} for day in (then, later)
    )
    both = [(pk, before.get(pk), after.get(pk)) for pk in row_ids if pk in before or pk in after]
    moved = {event for _row, old, new in both if old != new for event in (old, new) if event}
    states, levels = _states(moved), _levels()
    return [Pair(pk, old, new, _kind(old, new, states, levels)) for pk, old, new in both]


def _states(ids: Collection[int]) -> dict[int, Tracked]:
    wanted, found = sorted(ids), dict[int, Tracked]()
    for at in range(0, len(wanted), _AT_ONCE):
        events = StatusChange.objects.filter(pk__in=wanted[at : at + _AT_ONCE])
        found |= {pk: Tracked._make(state) for pk, *state in events.values_list("pk", *Tracked._fields)}
    return found


def _levels() -> dict[int, tuple[int, int]]:
    """By id: model and number."""
    return {pk: (model, number) for pk, model, number in MaturityLevel.objects.values_list("pk", "model", "number")}


def _kind(
    old: int | None, new: int | None, states: Mapping[int, Tracked], levels: Mapping[int, tuple[int, int]]
) -> str:
    if old == new or (old and new and states[old] == states[new]):
        return Kind.SAME
    was = states[old].level_id if old else None
    now = states[new].level_id if new else None
    if was is None or was == now:
        return Kind.OTHER
    if now is None:
        return Kind.LOWER
    (model, number), (other, reached) = levels[was], levels[now]
    if model != other:
        return Kind.OTHER
    return Kind.HIGHER if reached > number else Kind.LOWER


def told(municipality: Municipality, pairs: Sequence[Pair], then: date, later: date) -> list[Sight]:
    """The pairs in words. As many queries for one as for two thousand."""
    ids = [each.row_id for each in pairs]
    rows = MunicipalService.objects.filter(municipality=municipality).select_related("service").in_bulk(ids)
    wanted = {event for each in pairs for event in (each.then, each.later) if event}
    events = StatusChange.objects.select_related("department", "owner", "level").in_bulk(wanted)
    between = StatusChange.objects.filter(
        municipality=municipality, row__in=ids, effective_on__gt=then, effective_on__lte=later
    )
    steps = dict(between.order_by().values_list("row").annotate(Count("pk")))
    return [
        Sight(
            rows[each.row_id],
            _cells(events.get(each.then or 0), events.get(each.later or 0)),
            steps.get(each.row_id, 0),
            each.kind,
        )
        for each in pairs
    ]


def _cells(before: StatusChange | None, after: StatusChange | None) -> dict[str, Cell]:
    return {
        name: Cell(
            name, label_of(name), words_of(before, name) if before else "", words_of(after, name) if after else ""
        )
        for name in FIELDS
    }
