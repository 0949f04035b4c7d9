"""The month that an address names."""

from datetime import date

from django.http import Http404


def first_day(year: int, month: int) -> date:
    """The first day of the month; Http404 where no calendar has it."""
    if not (1 <= month <= 12 and 1 <= year <= 9999):
        raise Http404
    return date(year, month, 1)
