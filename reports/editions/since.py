"""Frozen months that a change from a day on would let be counted otherwise."""

from datetime import date

from ozg_tracker.accounts.models import Municipality
from reports.models import Edition


def months_since(municipality: Municipality, day: date) -> int:
    """How many months that end on `day` or later are frozen, each once however many editions it has."""
    months = Edition.objects.filter(municipality=municipality, month__gte=day.replace(day=1))
    return months.values("month").distinct().count()
