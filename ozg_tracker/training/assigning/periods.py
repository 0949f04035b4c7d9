"""Calendar months and rounds: when what was done is due again, and from when the next round can be done."""

import calendar
from datetime import date, timedelta

from ozg_tracker.training.models import Course, TrainingTask

OPENED_BEFORE = timedelta(days=60)  # a renewal stands in the list so long before its day, and can be done from then on
_DAYS_OF_A_MONTH = 15  # but at most half of the interval, so that no round can be done twice at once


def opened_before(course: Course) -> timedelta:
    return min(OPENED_BEFORE, timedelta(days=_DAYS_OF_A_MONTH * (course.interval_months or 12)))


def add_months(day: date, months: int) -> date:
    """The same day so many months later (earlier if negative); the last day where the month is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def renewal(course: Course, completed_on: date) -> date | None:
    """The day on which a training done on `completed_on` is due again; None: never.

    The interval later to the day, so that no round is longer. Where a day of the year is fixed, the last such day
    within the interval and the time for which a renewal is open: who is early or late stays with that day.
    """
    if course.interval_months is None:
        return None
    rolling = add_months(completed_on, course.interval_months)
    if course.fixed_month is None or course.fixed_day is None:
        return rolling
    latest = rolling + OPENED_BEFORE
    return next(day for year in (latest.year, latest.year - 1) if (day := _fixed(course, year)) <= latest)


def begun_on(task: TrainingTask) -> date | None:
    """From when a proof counts for the round; None for a first one, for which an earlier one may count."""
    return None if task.round == 1 else min(task.assigned_on, task.period_start - opened_before(task.course))


def _fixed(course: Course, year: int) -> date:
    assert course.fixed_month is not None and course.fixed_day is not None  # noqa: S101 (the caller asked)
    return date(year, course.fixed_month, min(course.fixed_day, calendar.monthrange(year, course.fixed_month)[1]))
