"""How many findings there were at the ends of the last months, counted from the history by the rules of today."""

from datetime import date, timedelta
from typing import NamedTuple

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.findings.looking import scan
from ozg_tracker.tracking.findings.rules import At
from ozg_tracker.tracking.models import StatusChange
from ozg_tracker.tracking.rows.as_of import state_as_of

MONTHS = 5


class Point(NamedTuple):
    day: date
    number: int


def trend(municipality: Municipality, today: date) -> list[Point]:
    """The ends of the last months and today, the oldest first; what was put off is counted, it was there.

    As known today: an entry made later for an earlier day is in, and the catalogue is the present one. Two queries a
    month.
    """
    days = [today]
    for _month in range(MONTHS):
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return [Point(day, number) for day in reversed(days) if (number := _number(municipality, day)) is not None]


def _number(municipality: Municipality, day: date) -> int | None:
    """None where the municipality had no services yet."""
    held = [state.event_id for state in state_as_of(municipality.pk, day)]
    events = StatusChange.objects.filter(pk__in=held)
    return sum(len(each.codes) for each in scan(events, At(day, past=True))) if held else None
