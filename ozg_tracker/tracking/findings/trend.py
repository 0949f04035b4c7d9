"""How many findings there were at the ends of the last months, counted from the history by the rules of today."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Q, QuerySet

from catalog.models import CatalogueImport
from ozg_tracker.accounts.models import MembershipEvent, Municipality
from ozg_tracker.tracking.findings.looking import scan
from ozg_tracker.tracking.findings.rules import At
from ozg_tracker.tracking.models import Confirmation, Evidence, OwnServiceChange, StatusChange
from ozg_tracker.tracking.rows.as_of import state_as_of

MONTHS = 5
KEPT_FOR_SECONDS = 40 * 24 * 60 * 60


class Point(NamedTuple):
    day: date
    number: int


def trend(municipality: Municipality, today: date) -> list[Point]:
    """The ends of the last months and today, the oldest first; what was put off is counted, it was there.

    As known today: an entry made later for an earlier day is in, and the catalogue is the present one. Which teams were
    ready is not known of the past, and counted at none of the days. What lies behind is counted once: two queries for
    today, and two for a month of which something new is known; a constant number to see that there is nothing.
    """
    days = [today]
    for _month in range(MONTHS):
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    behind, now = _behind(municipality, days[1:]), _number(municipality, today)
    told = [*((day, behind[day]) for day in reversed(days[1:])), (today, now)]
    return [Point(day, number) for day, number in told if number is not None]


def _behind(municipality: Municipality, days: list[date]) -> dict[date, int | None]:
    """The numbers of days that have passed, each counted anew only where something else is known of it than before."""
    known = _known(municipality, days)
    keys = {f"findings-{municipality.pk}-{day:%Y-%m-%d}": day for day in days}
    kept = cache.get_many(keys)
    found = {day: kept[key][1] for key, day in keys.items() if key in kept and kept[key][0] == known[day]}
    fresh = {day: _number(municipality, day) for day in days if day not in found}
    cache.set_many({key: (known[day], fresh[day]) for key, day in keys.items() if day in fresh}, KEPT_FOR_SECONDS)
    return found | fresh


def _known(municipality: Municipality, days: list[date]) -> dict[date, str]:
    """All that a number can depend on, for each day: whatever is only ever added to is told by how many there are."""
    here = Q(municipality=municipality)
    dated = (
        (StatusChange.objects.filter(here), "effective_on"),
        (MembershipEvent.objects.filter(here), "effective_on"),
        (Evidence.objects.filter(row__municipality=municipality), "found_on"),
    )
    counts = [_counted(found, {day: Q(**{f"{name}__lte": day}) for day in days}) for found, name in dated]
    confirmed = Confirmation.objects.standing().filter(here)
    counts.append(_counted(confirmed, {day: Q(recorded_at__lte=At(day).ends) for day in days}))
    of_all = (
        OwnServiceChange.objects.filter(own__municipality=municipality).count(),
        CatalogueImport.objects.count(),
        (municipality.maturity_model_id, settings.CONFIRM_AFTER_MONTHS),
    )
    return {day: repr(([each[day] for each in counts], of_all)) for day in days}


def _counted(found: "QuerySet[Any]", until: dict[date, Q]) -> dict[date, int]:
    """How many there were by the end of each day; one query."""
    asked = {f"d{day:%Y%m%d}": Count("pk", filter=condition) for day, condition in until.items()}
    numbers: dict[str, int] = found.order_by().aggregate(**asked)
    return {day: numbers[f"d{day:%Y%m%d}"] for day in until}


def _number(municipality: Municipality, day: date) -> int | None:
    """None where the municipality had no services yet."""
    held = [state.event_id for state in state_as_of(municipality.pk, day)]
    events = StatusChange.objects.filter(pk__in=held)
    return sum(len(each.codes) for each in scan(events, At(day, past=True))) if held else None
