"""Months that would be counted otherwise today: which and why, and several corrected in one deed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from catalog.reasons import given
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.models import StatusChange
from ozg_tracker.tracking.rows.as_of import AsOf, state_as_of
from reports import canonical, months
from reports.editions.approving import refuse_unless_decides
from reports.editions.disagreeing import SHOWN, Deviating, deviating
from reports.editions.freeze import freeze_edition
from reports.models import Edition
from reports.telling import wording

CAUSES_SHOWN = 3


@dataclass(frozen=True)
class Deviation:
    """A month with what its edition told and what is known now, and the entries that make the difference in words."""

    month: date
    number: int
    then: str
    now: str
    causes: list[str]
    more: int


def deviations(edition: Edition) -> list[Deviation]:
    """The months before `edition` that their editions in force tell otherwise than it does; three queries for each."""
    standing = Edition.objects.standing().filter(municipality=edition.municipality_id)
    return [
        _told(edition, each) for each in deviating(standing, canonical.loads((edition.drawn_from or edition).figures))
    ]


@transaction.atomic
def correct_months(municipality: Municipality, wanted: Collection[date], reason: str, by: User) -> list[Edition]:
    """Freeze a correction of each of the months (their first days), all for the same reason, or none; oldest first.

    A ValidationError without a reason (`reason_required`), without a month (`no_month`), for more than a year's
    (`too_many`), and what freezing refuses, with the month's name; a month of which nothing new is known stays as it is
    and is named (`nothing_new`).
    """
    refuse_unless_decides(by, municipality)
    sentence = given(reason, _("Bitte nennen Sie den Grund. Er steht in jeder der Berichtigungen."))
    if not wanted:
        raise ValidationError({"months": ValidationError(_("Bitte wählen Sie einen Monat."), code="no_month")})
    if len(set(wanted)) > SHOWN:
        words = _("Das sind mehr als %d Monate. Bitte berichtigen Sie sie nacheinander.") % SHOWN
        raise ValidationError({"months": ValidationError(words, code="too_many")})
    return [_corrected(municipality, month, sentence, by) for month in sorted({each.replace(day=1) for each in wanted})]


def _corrected(municipality: Municipality, month: date, reason: str, by: User) -> Edition:
    last = Edition.objects.standing().filter(municipality=municipality, month=month).order_by("-number").first()
    made = freeze_edition(municipality, month, by=by, correct=reason)
    if last is not None and made.pk == last.pk:
        words = _("%(month)s ergäbe heute dieselben Zahlen. Es wurde kein Monat berichtigt.")
        named = {"month": date_format(month, "F Y")}
        raise ValidationError({"months": ValidationError(words % named, code="nothing_new")})
    return made


def _told(edition: Edition, found: Deviating) -> Deviation:
    day = months.last_day(found.month)
    then = {each.row_id: each for each in state_as_of(edition.municipality_id, day, found.known_at)}
    now = {each.row_id: each for each in state_as_of(edition.municipality_id, day, edition.known_at)}
    other = [now[row] for row in now if _matters(then.get(row), now[row])]
    shown = other[:CAUSES_SHOWN]
    held = [before.event_id for each in shown if (before := then.get(each.row_id))]
    events = StatusChange.objects.select_related("row__service", "level").in_bulk(
        [*(each.event_id for each in shown), *held]
    )
    causes = []
    for each in shown:
        before = then.get(each.row_id)
        causes.append(_cause(events[before.event_id] if before else None, events[each.event_id]))
    return Deviation(
        found.month, found.number, wording.of(*found.then), wording.of(*found.now), causes, len(other) - len(shown)
    )


def _matters(then: AsOf | None, now: AsOf) -> bool:
    """Whether the month counts the row otherwise for it."""
    if then is None:
        return True
    return (then.responsibility, then.level_id) != (now.responsibility, now.level_id)


def _cause(then: StatusChange | None, now: StatusChange) -> str:
    def level(event: StatusChange | None) -> str:
        return wording.NO_VALUE if event is None or event.level is None else str(event.level.number)

    what = _("Reifegrad %(then)s → %(now)s") % {"then": level(then), "now": level(now)}
    if then is None or then.responsibility != now.responsibility:
        what = _("Zuständigkeit %(now)s") % {"now": now.get_responsibility_display()}
    words = {
        "name": now.row.service.name,
        "what": what,
        "from": wording.day(now.effective_on.isoformat()),
        "entered": wording.day(localdate(now.recorded_at).isoformat()),
    }
    return _("„%(name)s“: %(what)s, gilt ab %(from)s, eingetragen am %(entered)s") % words
