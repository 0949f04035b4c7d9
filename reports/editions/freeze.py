"""freeze_edition: the only way a month becomes an edition."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import CatalogueImport
from catalog.reasons import fitting
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import Evidence, Source, StatusChange
from ozg_tracker.tracking.rows.locks import hold
from ozg_tracker.training.models import Completion
from reports import canonical, months
from reports.editions.approving import put_through, second_person
from reports.editions.moves import FREEZE, FREEZE_APPROVED
from reports.editions.sign import sign_edition
from reports.editions.storing import copy_texts, settled, store
from reports.editions.texts import raw_figures
from reports.editions.what_differs import what_differs
from reports.figures.compute import compute, known_catalogue
from reports.models import LONGEST_CORRECTION, Edition

if TYPE_CHECKING:
    from ozg_tracker.accounts.models import User

QUIET = 6  # months
_SHOWN = 20  # differences in a refusal; all of them stand in the correction that follows


def freeze_edition(municipality: Municipality, month: date, *, by: "User | None" = None, correct: str = "") -> Edition:
    """Freeze `month` (its first day) of `municipality`, with all that is known of it when the lock is taken.

    Frozen again with nothing new, the edition that stands is returned. With something new, `correct` must give the
    reason, and the next number is made; without it a ValidationError (`differs`) lists what would differ. Refused are
    also a month that has not ended (`month_not_ended`), a reason where nothing is frozen yet (`nothing_to_correct`)
    or is too long (`too_long`), and a municipality without a catalogue (`no_catalogue`).
    """
    month = month.replace(day=1)
    reason = fitting(correct.strip(), LONGEST_CORRECTION)
    _refuse_unless_ended(month)
    with transaction.atomic():
        hold(municipality.pk, exclusive=True)
        known_at = timezone.now()
        figures = compute(municipality, month, known_at)
        standing = Edition.objects.standing().filter(municipality=municipality, month=month).order_by("-number").first()
        found = what_differs(raw_figures(standing), figures) if standing else []
        if standing and not found:
            return standing
        _refuse_unless_asked(month, standing, found, reason)
        words = standing is not None and standing.texts.exists()
        at_once = settings.REPORT_AUTO_APPROVE and not second_person(municipality)
        made = store(
            canonical.dumps(figures),
            municipality=municipality,
            month=month,
            number=standing.number + 1 if standing else 1,
            known_at=known_at,
            catalogue_import_id=known_catalogue(known_at).import_id,
            frozen_by=by,
            correction_reason=reason,
            differences="\n".join(found),
            state=(FREEZE_APPROVED if at_once and not words else FREEZE).after,
            approved_by=by if at_once and not words else None,
            approved_at=known_at if at_once and not words else None,
        )
        if standing and words:  # they hold for the correction too
            copy_texts(standing, made)
            return put_through(settled(made, by), by) if at_once else made
        if at_once:
            sign_edition(made)
        return made


def would_differ(edition: Edition) -> list[str]:
    """What a correction of the edition's month would change now: a German sentence each; none: nothing is new."""
    return would_become(edition)[1]


def would_become(edition: Edition) -> tuple[dict[str, Any], list[str]]:
    """The figures that a correction of the edition's month would freeze now, and the same sentences."""
    figures = compute(edition.municipality, edition.month, timezone.now())
    return figures, what_differs(raw_figures(edition), figures)


def freeze_ended_months(municipality: Municipality, now: datetime | None = None) -> list[Edition]:
    """Freeze each ended month after the municipality's last edition that `_trusted` lets be frozen by itself.

    A municipality without one begins with the month in which its people first told us anything, at the latest with the
    month that ended last; a municipality of which nothing was told yet waits.
    """
    due = _due(municipality, now)
    return [freeze_edition(municipality, month) for month in due[: _trusted(municipality, due)]]


def months_without_events(municipality: Municipality, now: datetime | None = None) -> str:
    """A German sentence on the ended months that are left to a person, since no clock but this machine's says that
    they are over; "" where there are none.
    """
    due = _due(municipality, now)
    told, left = last_recorded(municipality), due[_trusted(municipality, due) :]
    if not told or not left:
        return ""
    words = {"count": len(left), "first": date_format(left[0], "F Y"), "told": date_format(told, "F Y")}
    return (
        ngettext(
            "%(first)s ist nicht festgeschrieben, weil seit %(told)s nichts erfasst wurde. Das geschieht mit der "
            "nächsten Änderung von selbst oder auf der Seite der Berichte von Hand.",
            "%(count)d Monate ab %(first)s sind nicht festgeschrieben, weil seit %(told)s nichts erfasst wurde. Das "
            "geschieht mit der nächsten Änderung von selbst oder auf der Seite der Berichte von Hand. Stimmt die Uhr?",
            len(left),
        )
        % words
    )


def last_recorded(municipality: Municipality) -> date | None:
    """The first day of the month in which the municipality's newest event was recorded; None: it has none."""
    newest = StatusChange.objects.filter(municipality=municipality).aggregate(newest=Max("recorded_at"))["newest"]
    return timezone.localdate(newest).replace(day=1) if newest else None


def _trusted(municipality: Municipality, due: list[date]) -> int:
    """How many of the months `due` have passed by more than this machine's clock, which may be wrong.

    Those up to the municipality's newest event; of the quiet ones after it half a year at most, up to the last in which
    anything at all was recorded here: a sign-in, a file, an event of another municipality.
    """
    told = last_recorded(municipality)
    if told is None or not due:
        return 0
    until = told if due[-1] <= told else max(told, min(_last_sign_of_life() or told, months.step(told, QUIET)))
    return sum(month <= until for month in due)


def _last_sign_of_life() -> date | None:
    newest = [
        *(kind.objects.order_by("-pk").values_list("recorded_at", flat=True)[:1] for kind in (StatusChange, Evidence)),
        Completion.objects.order_by("-pk").values_list("recorded_at", flat=True)[:1],
        CatalogueImport.objects.order_by("-pk").values_list("applied_at", flat=True)[:1],
        get_user_model()
        .objects.exclude(last_login=None)
        .order_by("-last_login")
        .values_list("last_login", flat=True)[:1],
    ]
    found = [moment for each in newest for moment in each if moment]
    return timezone.localdate(max(found)).replace(day=1) if found else None


def _due(municipality: Municipality, now: datetime | None) -> list[date]:
    """Each ended month that has no edition yet, from the first that is to have one."""
    last = months.step(timezone.localdate(now), -1)
    start = _first_due(municipality, last)
    return [months.step(start, n) for n in range(months.between(start, last) + 1)] if start else []


def _first_due(municipality: Municipality, last: date) -> date | None:
    frozen = (
        Edition.objects.filter(municipality=municipality).order_by("-month").values_list("month", flat=True).first()
    )
    if frozen:
        return months.step(frozen, 1)
    told = StatusChange.objects.filter(municipality=municipality).exclude(source__in=(Source.SETUP, Source.CATALOGUE))
    first = told.order_by("recorded_at").values_list("recorded_at", flat=True).first()
    return min(timezone.localdate(first).replace(day=1), last) if first else None


def _refuse_unless_ended(month: date) -> None:
    last = months.last_day(month)
    if timezone.localdate() <= last:
        raise ValidationError(
            _("%(month)s ist noch nicht zu Ende. Festschreiben lässt sich der Monat ab dem %(day)s.")
            % {"month": date_format(month, "F Y"), "day": date_format(months.step(month, 1), "d.m.Y")},
            code="month_not_ended",
        )


def _refuse_unless_asked(month: date, standing: Edition | None, found: list[str], reason: str) -> None:
    name = date_format(month, "F Y")
    if standing is None and reason:
        sentence = _(
            "Für %(month)s gibt es noch keine Ausgabe, die zu berichtigen wäre. Bitte ohne Grund festschreiben."
        )
        raise ValidationError(sentence % {"month": name}, code="nothing_to_correct")
    if standing and not reason:
        head = _(
            "%(month)s ist als Ausgabe %(number)s festgeschrieben, und seither ist Neues bekannt geworden. Die Ausgabe "
            "bleibt, wie sie ist. Soll es in den Bericht, geben Sie bitte den Grund der Berichtigung an. Anders wäre:"
        ) % {"month": name, "number": standing.number}
        more = [_("… und %d weitere Unterschiede") % (len(found) - _SHOWN)] if len(found) > _SHOWN else []
        raise ValidationError("\n– ".join([head, *found[:_SHOWN], *more]), code="differs")
