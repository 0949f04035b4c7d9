"""tally(): how a counting week stands, and what is counted in it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Count, Q
from django.utils import timezone

from ozg_tracker.tracking.cases.extrapolating import Estimate, extrapolated, weeks_between
from ozg_tracker.tracking.models import Channel, CountingPress, CountingStep, CountingWeek, MunicipalService


class Phase(StrEnum):
    TO_COME = "to_come"
    RUNNING = "running"
    OVER = "over"
    CALLED_OFF = "called_off"


@dataclass(frozen=True)
class Line:
    """A counted row: its cases by channel, in the whole week and today."""

    row: MunicipalService
    counts: dict[str, int]
    today: dict[str, int]
    taken_over: bool


@dataclass(frozen=True)
class Tally:
    """`last_day`: the last one that was counted, which is not the planned one where the week was ended before."""

    week: CountingWeek
    phase: Phase
    last_day: date
    lines: list[Line]

    def estimate(self, count: int) -> Estimate:
        """`count` for the year of the week."""
        return extrapolated(count, self.week.weeks_open, weeks_between(self.week.first_day, self.last_day))

    @property
    def waits(self) -> bool:
        """It is over, and something of it is not in the year."""
        return self.phase == Phase.OVER and not all(line.taken_over for line in self.lines)


def tally(week: CountingWeek) -> Tally:
    """Three statements, however many rows and presses."""
    today = timezone.localdate()
    steps = list(week.steps.all())
    rows = [each.row for each in week.counted.select_related("row__service", "row__department")]
    standing = CountingPress.objects.standing().filter(week=week).order_by()
    now = Q(recorded_at__gte=timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0))
    counted = {
        (row, channel): (all_, of_today)
        for row, channel, all_, of_today in standing.values_list("row", "channel").annotate(
            all=Count("pk"), today=Count("pk", filter=now)
        )
    }
    end = next((step for step in steps if step.row_id is None), None)
    taken = {step.row_id for step in steps if step.row_id}
    lines = [
        Line(
            row,
            {channel: counted.get((row.pk, channel), (0, 0))[0] for channel in Channel.values},
            {channel: counted.get((row.pk, channel), (0, 0))[1] for channel in Channel.values},
            row.pk in taken,
        )
        for row in rows
    ]
    last_day = week.last_day
    if end and end.kind == CountingStep.Kind.ENDED:
        last_day = min(last_day, timezone.localdate(end.recorded_at))
    return Tally(week, _phase(week, end, today), last_day, sorted(lines, key=lambda line: str(line.row)))


def _phase(week: CountingWeek, end: CountingStep | None, today: date) -> Phase:
    if end:
        return Phase.CALLED_OFF if end.kind == CountingStep.Kind.CALLED_OFF else Phase.OVER
    if today < week.first_day:
        return Phase.TO_COME
    return Phase.RUNNING if today <= week.last_day else Phase.OVER
