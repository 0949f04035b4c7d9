"""The journal of rows: what was changed in one go, by whom, when and why, the latest first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Min, Q, QuerySet

from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.models import BY_THE_SYSTEM, Source, StatusChange
from ozg_tracker.tracking.rows.storyline import Step, steps_between

SHOWN = 3  # of the rows of one deed; the list of rows has them all


class Entry(NamedTuple):
    """One event with what it changed."""

    event: StatusChange
    steps: list[Step]


class Deed(NamedTuple):
    """What was recorded at one instant: in `rows` services `number` changes of those asked for, `whole` in all.

    `entries`: the first few. `alike`: what changed in them, where it is the same in each.
    """

    recorded_at: datetime
    by: User | None
    source: str
    rows: int
    number: int
    whole: int
    entries: list[Entry]
    reasons: list[str]
    alike: list[Step]

    @property
    def can_be_undone(self) -> bool:
        """Whether it is a deed of people over rows alone: a catalogue and a reorganisation are taken back as such."""
        return self.source not in (*BY_THE_SYSTEM, Source.REORGANISE)

    @property
    def way(self) -> str:
        return str(Source(self.source).label)


def grouped(events: QuerySet[StatusChange]) -> "QuerySet[StatusChange, Any]":
    """The deeds among `events`, one line each, to be cut into pages; the latest first."""
    lines = events.order_by().values("recorded_at", "by", "source")
    counted = lines.annotate(number=Count("pk"), rows=Count("row", distinct=True), first=Min("pk"))
    return counted.order_by("-recorded_at", "-first")


def told(municipality: Municipality, events: QuerySet[StatusChange], lines: Sequence[dict[str, Any]]) -> list[Deed]:
    """The lines of `grouped(events)` with the first rows of each, what changed in them and why. Constant queries."""
    shown = _shown(events, lines)
    before = _before(municipality, shown)
    by_deed = defaultdict[tuple[Any, ...], list[Entry]](list)
    for event in shown:
        by_deed[event.recorded_at, event.by_id, event.source].append(
            Entry(event, steps_between(before[event.pk], event))
        )
    instants = {line["recorded_at"] for line in lines}
    all_events = StatusChange.objects.filter(municipality=municipality, recorded_at__in=instants).order_by()
    whole = dict(all_events.values_list("recorded_at").annotate(Count("pk")))
    people = User.objects.in_bulk({line["by"] for line in lines if line["by"]})
    return [_deed(line, by_deed[line["recorded_at"], line["by"], line["source"]], whole, people) for line in lines]


def _deed(line: dict[str, Any], entries: list[Entry], whole: dict[datetime, int], people: dict[int, User]) -> Deed:
    alike = entries[0].steps if entries and all(each.steps == entries[0].steps for each in entries) else []
    reasons = list(dict.fromkeys(each.event.reason for each in entries if each.event.reason))
    instant = line["recorded_at"]
    counts = line["rows"], line["number"], whole[instant]
    return Deed(instant, people.get(line["by"]), line["source"], *counts, entries, reasons, alike)


def _shown(events: QuerySet[StatusChange], lines: Iterable[dict[str, Any]]) -> list[StatusChange]:
    """The first events of each line. Those of a deed are written one after the other, so their ids are near."""
    near = Q(pk__in=[line["first"] + at for line in lines for at in range(SHOWN)])
    found = events.filter(near).select_related("row__service", "by", "department", "owner", "level")
    return list(found.order_by("pk"))


def _before(municipality: Municipality, shown: Sequence[StatusChange]) -> dict[int, StatusChange | None]:
    """By event: the one it built on, in the order of the days, of those recorded until then."""
    rows = {event.row_id for event in shown}
    history = StatusChange.objects.filter(municipality=municipality, row__in=rows)
    by_row = defaultdict[int, list[StatusChange]](list)
    for each in history.select_related("department", "owner", "level").order_by("row", "effective_on", "id"):
        by_row[each.row_id].append(each)
    return {event.pk: _built_on(event, by_row[event.row_id]) for event in shown}


def _built_on(event: StatusChange, history: Iterable[StatusChange]) -> StatusChange | None:
    place = (event.effective_on, event.pk)
    earlier = [each for each in history if (each.effective_on, each.pk) < place and each.version < event.version]
    return earlier[-1] if earlier else None
