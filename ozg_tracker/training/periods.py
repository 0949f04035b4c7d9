"""Calendar months, for intervals and retention."""

import calendar
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """The same day so many months later (earlier if negative); the last day where the month is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def next_round(period_start: date, completed_on: date, interval_months: int) -> date:
    """The day from which a training done on `completed_on` is owed again.

    Always after the round before, which a proof for a day before that round's begin must not make again.
    """
    return max(add_months(completed_on, interval_months), period_start + timedelta(days=1))
