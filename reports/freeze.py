"""freeze_edition and approve_edition: the only ways an edition comes to be and becomes visible to the council."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ozg_tracker.accounts.access import coordinates
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.locks import hold
from ozg_tracker.tracking.models import Source, StatusChange
from reports import canonical, months
from reports.differences import differences
from reports.figures import compute, known_catalogue
from reports.models import Edition

if TYPE_CHECKING:
    from ozg_tracker.accounts.models import User

_SHOWN = 20  # differences in a refusal; all of them stand in the correction that follows


def freeze_edition(municipality: Municipality, month: date, *, by: "User | None" = None, correct: str = "") -> Edition:
    """Freeze `month` (its first day) of `municipality`, with all that is known of it when the lock is taken.

    Frozen again with nothing new, the edition that stands is returned. With something new, `correct` must give the
    reason, and the next number is made; without it a ValidationError (`differs`) lists what would differ. Refused are
    also a month that has not ended (`month_not_ended`), a reason where nothing is frozen yet (`nothing_to_correct`),
    and a town without a catalogue (`no_catalogue`).
    """
    month = month.replace(day=1)
    _refuse_unless_ended(month)
    with transaction.atomic():
        hold(municipality.pk, exclusive=True)
        known_at = timezone.now()
        figures = compute(municipality, month, known_at)
        standing = _standing(municipality, month)
        found = differences(canonical.loads(standing.figures), figures) if standing else []
        if standing and not found:
            return standing
        _refuse_unless_asked(month, standing, found, correct.strip())
        return _store(municipality, month, figures, known_at, standing, found, by=by, reason=correct.strip())


def would_differ(edition: Edition) -> list[str]:
    """What a correction of the edition's month would change now: a German sentence each; none: nothing is new."""
    figures = compute(edition.municipality, edition.month, timezone.now())
    return differences(canonical.loads(edition.figures), figures)


def approve_edition(edition: Edition, by: "User") -> Edition:
    """Show `edition` to the council; by who coordinates its town, else a ValidationError (`not_allowed`).

    An edition that is approved stays as it was approved first.
    """
    if not coordinates(by, edition.municipality):
        sentence = _("Einen Bericht genehmigt die OZG-Koordination der Kommune. Es wurde nichts geändert.")
        raise ValidationError(sentence, code="not_allowed")
    drafts = Edition.objects.filter(pk=edition.pk, state=Edition.State.DRAFT)
    drafts.update(state=Edition.State.APPROVED, approved_by=by, approved_at=timezone.now())
    edition.refresh_from_db()
    return edition


def freeze_ended_months(municipality: Municipality, now: datetime | None = None) -> list[Edition]:
    """Freeze each ended month after the town's last edition.

    A town without one begins with the month in which its people first told us anything, at the latest with the month
    that ended last; a town of which nothing was told yet waits.
    """
    last = months.step(timezone.localdate(now), -1)
    start = _first_due(municipality, last)
    if start is None:
        return []
    due = [months.step(start, n) for n in range(months.between(start, last) + 1)]
    return [freeze_edition(municipality, month) for month in due]


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


def _standing(municipality: Municipality, month: date) -> Edition | None:
    return Edition.objects.filter(municipality=municipality, month=month).order_by("-number").first()


def _store(
    municipality: Municipality,
    month: date,
    figures: dict[str, Any],
    known_at: datetime,
    standing: Edition | None,
    found: list[str],
    *,
    by: "User | None",
    reason: str,
) -> Edition:
    text = canonical.dumps(figures)
    before = Edition.objects.filter(municipality=municipality).order_by("-pk").values_list("sha256", flat=True).first()
    approved = settings.REPORT_AUTO_APPROVE
    return Edition.objects.create(
        municipality=municipality,
        month=month,
        number=standing.number + 1 if standing else 1,
        figures=text,
        sha256=canonical.digest(text),
        previous_sha256=before or "",
        known_at=known_at,
        catalogue_import_id=known_catalogue(known_at).import_id,
        frozen_by=by,
        correction_reason=reason,
        differences="\n".join(found),
        state=Edition.State.APPROVED if approved else Edition.State.DRAFT,
        approved_by=by if approved else None,
        approved_at=known_at if approved else None,
    )
