"""A month that is not frozen yet: its figures as freezing would store them now, beside those of the month before.

Nothing is stored. While the month runs, its days to come hold what holds today.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Municipality
from reports import canonical, months
from reports.figures.compute import compute
from reports.models import Edition
from reports.telling import labels, wording


class Compared(NamedTuple):
    """A figure before and now, in words; a dash where the month before does not know it."""

    name: str
    before: str
    now: str
    change: str


@dataclass(frozen=True)
class Preview:
    """`figures` as `freeze_edition` would store them; `last`: the edition in force of the month before, if any."""

    month: date
    figures: dict[str, Any]
    last: Edition | None
    compared: list[Compared]

    @property
    def runs(self) -> bool:
        """Whether the month has not ended yet."""
        return months.last_day(self.month) >= timezone.localdate()


def preview_month(municipality: Municipality, month: date) -> Preview:
    """The figures of `month` (its first day) with all that is known now.

    A ValidationError for a month that has not begun (`month_not_begun`) and without a catalogue (`no_catalogue`).
    """
    if month > timezone.localdate():
        raise ValidationError(
            _("%(month)s hat noch nicht begonnen.") % {"month": wording.month(months.name(month))},
            code="month_not_begun",
        )
    figures = compute(municipality, month, timezone.now())
    editions = Edition.objects.standing().filter(municipality=municipality, month=months.step(month, -1))
    last = editions.order_by("-number").first()
    before = canonical.loads(last.figures) if last else None
    return Preview(month, figures, last, list(_compared(before, figures)))


def _compared(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> Iterator[Compared]:
    known = _counts(before) if before else {}
    for name, (count, whole) in _counts(now).items():
        old = known.get(name)
        if not (count or whole or (old and any(old))):
            continue  # there is nothing of the kind, and there was nothing
        change = wording.NO_VALUE if old is None else wording.signed(count - old[0])
        yield Compared(name, wording.NO_VALUE if old is None else _words(*old), _words(count, whole), change)


def _counts(figures: Mapping[str, Any]) -> dict[str, tuple[int, int | None]]:
    """The figures worth comparing by name: a count, and what it is a part of."""
    totals, rates = figures["totals"], figures["rates"]
    relevant = totals["relevant"]
    found: dict[str, tuple[int, int | None]] = {
        str(labels.DEFINITIONS["relevant"]): (relevant, None),
        str(labels.DEFINITIONS["ready"]): (totals["ready"], relevant),
        str(labels.DEFINITIONS["rated"]): (totals["rated"], relevant),
    }
    for code in labels.RATES:
        found[str(labels.DEFINITIONS[code])] = (rates[code]["numerator"], rates[code]["denominator"])
    for each in figures["deadlines"]:
        name = _("Noch offen: %(name)s, %(day)s") % {"name": each["name"], "day": wording.day(each["date"])}
        if each["open"] is not None:
            found[name] = (each["open"], each["in_scope"])
    return found | {labels.quality(each["code"]): (each["count"], None) for each in figures["quality"]}


def _words(count: int, whole: int | None) -> str:
    if whole is None:
        return wording.number(count)
    return f"{wording.of(count, whole)} ({wording.percent(count, whole)})" if whole else wording.of(count, whole)
