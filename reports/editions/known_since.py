"""How one service stood at the end of earlier months, as an edition knows it."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from ozg_tracker.tracking.models import StatusChange
from ozg_tracker.tracking.rows.as_of import states_then
from reports import months
from reports.models import Edition


def known_since(edition: Edition, wanted: str, ended: Iterable[date]) -> dict[date, tuple[int | None, str]]:
    """Level and state of the service `wanted` (its key, or its name where it has none) at the end of each of the
    months `ended` (their first days), as known when `edition` was reckoned; one query a month, none of a service that
    had no event by then.
    """
    service = Q(row__service__key=wanted) | Q(row__service__key=None, row__service__name=wanted)
    events = StatusChange.objects.filter(service, municipality=edition.municipality_id)
    found: dict[date, tuple[int | None, str]] = {}
    for month in ended:
        then = states_then(events, months.last_day(month), edition.known_at).values_list("level__number", "state")
        if (told := then.first()) is not None:
            found[month] = told
    return found
