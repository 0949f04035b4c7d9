"""Months: first day, last day, steps and "YYYY-MM". Days are Europe/Berlin."""

import re
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _


def parse(text: str) -> date:
    """The first day of the month "2022-11", from 1900 to 2199; else a ValidationError (`invalid_month`)."""
    match = re.fullmatch(r"((?:19|20|21)[0-9]{2})-([0-9]{2})", text)
    try:
        return date(int(match[1]), int(match[2]), 1) if match else _refuse(text)
    except ValueError:
        return _refuse(text)


def _refuse(text: str) -> date:
    raise ValidationError(
        _("„%(text)s“ ist kein Monat. Bitte geben Sie Jahr und Monat so an: 2022-11.") % {"text": text},
        code="invalid_month",
    )


def name(day: date) -> str:
    return f"{day:%Y-%m}"


def step(month: date, months: int) -> date:
    """The first day of the month that lies `months` after (before) that of `month`."""
    years, index = divmod(month.month - 1 + months, 12)
    return date(month.year + years, index + 1, 1)


def last_day(month: date) -> date:
    return step(month, 1) - timedelta(days=1)


def between(start: date, end: date) -> int:
    """Number of month steps from the month of `start` to that of `end`."""
    return (end.year - start.year) * 12 + end.month - start.month


def running() -> date:
    """The first day of the month that runs."""
    return timezone.localdate().replace(day=1)


def last_ended() -> date:
    """The first day of the month that ended last."""
    return step(timezone.localdate(), -1)
