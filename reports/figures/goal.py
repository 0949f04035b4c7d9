"""The municipality's own goal for the year's end, and how far it is at the end of a month."""

from datetime import date, datetime
from typing import Any

from reports.models import Goal

_DECEMBER = 12


def goal_of(municipality_id: int, month: date, known_at: datetime, ready: int) -> dict[str, Any] | None:
    """The goal for the year of `month` as it held at `known_at`, beside `ready` services at the month's end; None where
    none held. One query.

    `missing` is 0 from the target on. `needed_per_month`: what is missing over the months that are left of the year;
    None where nothing is missing, or no month is left.
    """
    said = Goal.objects.filter(municipality=municipality_id, year=month.year).known_at(known_at).first()
    if said is None or said.target is None:
        return None
    missing, left = max(said.target - ready, 0), _DECEMBER - month.month
    return {
        "year": said.year,
        "target": said.target,
        "ready": ready,
        "missing": missing,
        "months_left": left,
        "needed_per_month": {"numerator": missing, "denominator": left} if missing and left else None,
        "decided": said.decided,
    }
