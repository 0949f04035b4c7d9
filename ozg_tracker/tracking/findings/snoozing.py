"""put_off(): findings of rows rest until a day, with a reason that stands beside them; take_up() ends that before."""

from collections.abc import Collection
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.findings.looking import with_finding
from ozg_tracker.tracking.findings.rules import RULES
from ozg_tracker.tracking.models import LONGEST_SNOOZE_REASON, MunicipalService, Snooze
from ozg_tracker.tracking.rows import locks
from ozg_tracker.tracking.rows.rights import Rights

LONGEST = timedelta(days=366)


@transaction.atomic
def put_off(
    municipality: Municipality,
    code: str,
    rows: Collection[int],
    *,
    until: date,
    reason: str,
    by: User,
    rights: Rights,
) -> int:
    """The finding `code` of the rows (ids) rests until the end of `until`; says of how many.

    A row that has not this finding is passed over. ValidationError by field (`until`, `reason`, `rows`);
    PermissionDenied for a row whose status the person may not change.
    """
    today = timezone.localdate()
    if not today < until <= today + LONGEST:
        sentence = _("Bitte einen Tag nach heute und innerhalb eines Jahres nennen.")
        raise ValidationError({"until": ValidationError(sentence, code="strange_day")})
    locks.hold(municipality.pk)
    if code not in RULES:
        raise ValidationError({"code": ValidationError(_("Diesen Befund gibt es nicht."), code="unknown_code")})
    here = MunicipalService.objects.filter(municipality=municipality, pk__in=rows)
    found = list(here.filter(with_finding(code, today, here)))
    return _record(municipality, found, code, until, _reason(reason), by, rights)


@transaction.atomic
def take_up(
    municipality: Municipality, code: str, rows: Collection[int], *, by: User, rights: Rights, reason: str = ""
) -> int:
    """What was put off is asked for again from now on; says of how many rows. Errors as `put_off`."""
    locks.hold(municipality.pk)
    resting = Snooze.objects.holding(timezone.localdate()).filter(municipality=municipality, code=code, row__in=rows)
    found = list(MunicipalService.objects.filter(pk__in=resting.values("row")))
    return _record(municipality, found, code, None, _reason(reason or _("wieder aufgenommen")), by, rights)


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not reason or len(reason) > LONGEST_SNOOZE_REASON:
        sentence = _("Bitte einen Grund nennen, mit höchstens %(most)d Zeichen.") % {"most": LONGEST_SNOOZE_REASON}
        raise ValidationError({"reason": ValidationError(sentence, code="reason_required")})
    return reason


def _record(
    municipality: Municipality,
    rows: list[MunicipalService],
    code: str,
    until: date | None,
    reason: str,
    by: User,
    rights: Rights,
) -> int:
    if not rows:
        sentence = _("Keine der gewählten Leistungen hat diesen Befund. Bitte wählen Sie mindestens eine.")
        raise ValidationError({"rows": ValidationError(sentence, code="nothing_to_do")})
    if any(not rights.fields(row) for row in rows):
        raise PermissionDenied(_("Zurückstellen kann, wer den Stand der Leistung melden darf."))
    now = timezone.now()
    Snooze.objects.bulk_create(
        Snooze(
            municipality=municipality,
            row=row,
            code=code,
            until=until,
            recorded_at=now,
            reason=reason,
            by=by,
            on_behalf_of_id=rights.in_place_of(row),
        )
        for row in rows
    )
    return len(rows)
