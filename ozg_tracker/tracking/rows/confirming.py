"""confirm(): a person says that rows still hold as they stand; unconfirm() takes such a word back. Both are events."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.models import Confirmation, MunicipalService, StatusChange
from ozg_tracker.tracking.rows import locks
from ozg_tracker.tracking.rows.rights import Rights


@transaction.atomic
def confirm(
    municipality: Municipality,
    seen: Mapping[int, int | None],
    *,
    by: User,
    rights: Rights,
    recorded_at: datetime | None = None,
) -> list[Confirmation]:
    """The rows (ids, each with the version the person looked at; None: as it is) still hold; all or none.

    `recorded_at`: the instant of the deed that they are a part of, by default now.

    ValidationError `nothing_to_do` without a row, `stale` where a row was changed since; PermissionDenied for a row
    whose status the person may not report.
    """
    locks.hold(municipality.pk)
    rows = MunicipalService.objects.select_related("service").filter(municipality=municipality, pk__in=list(seen))
    found = list(rows.order_by("pk"))
    if not found:
        raise ValidationError(_("Bitte wählen Sie mindestens eine Leistung."), code="nothing_to_do")
    for row in found:
        if not rights.fields(row):
            raise PermissionDenied(_("Bestätigen kann, wer den Stand der Leistung melden darf."))
        if seen[row.pk] not in (None, row.version):
            sentence = _("„%(row)s“ wurde inzwischen geändert. Bestätigt ist nichts; bitte sehen Sie noch einmal hin.")
            raise ValidationError(sentence % {"row": row}, code="stale")
    now = recorded_at or timezone.now()
    return Confirmation.objects.bulk_create(
        Confirmation(
            municipality=municipality,
            row=row,
            version=row.version,
            recorded_at=now,
            by=by,
            on_behalf_of_id=rights.in_place_of(row),
        )
        for row in found
    )


def own_confirmation(municipality: Municipality, row: int, by: User) -> Confirmation | None:
    """The last one of the row that the person gave and that stands: the one that `unconfirm` takes back."""
    own = Confirmation.objects.standing().filter(municipality=municipality, row=row, by=by)
    return own.order_by("-pk").first()


@transaction.atomic
def unconfirm(municipality: Municipality, row: int, *, by: User) -> Confirmation:
    """The person's last confirmation of the row was a mistake. ValidationError `nothing_to_do` where there is none."""
    locks.hold(municipality.pk)
    last = own_confirmation(municipality, row, by)
    if last is None:
        raise ValidationError(_("Hier ist keine Bestätigung von Ihnen zurückzunehmen."), code="nothing_to_do")
    return Confirmation.objects.create(
        municipality=municipality, row=last.row, version=last.version, withdraws=last, by=by, recorded_at=timezone.now()
    )


@transaction.atomic
def unconfirm_these(
    municipality: Municipality, ids: Collection[int], *, by: User, rights: Rights
) -> list[Confirmation]:
    """Take back the confirmations of one deed, all or none. ValidationError `nothing_to_do` where one of them was taken
    back before; PermissionDenied for those of others, unless who has `rights` may change every row.
    """
    locks.hold(municipality.pk)
    known = Confirmation.objects.standing().filter(municipality=municipality, pk__in=ids)
    found = list(known.select_related("withdrawn_by").order_by("pk"))
    if len(found) != len(set(ids)):
        raise ValidationError(_("Diese Bestätigungen sind schon zurückgenommen."), code="nothing_to_do")
    if sentence := next(filter(None, (why_not_withdrawn(each, rights) for each in found)), ""):
        raise PermissionDenied(sentence)
    now = timezone.now()
    return Confirmation.objects.bulk_create(
        Confirmation(
            municipality=municipality, row_id=each.row_id, version=each.version, withdraws=each, by=by, recorded_at=now
        )
        for each in found
    )


def why_not_withdrawn(said: Confirmation, rights: Rights) -> str:
    """Why the confirmation cannot be taken back, as a sentence; "" where it can. Wants its `withdrawn_by`, if any."""
    if (withdrawal := getattr(said, "withdrawn_by", None)) is not None:
        return _("Zurückgenommen durch %(by)s.") % {"by": withdrawal.who}
    if rights.every_row or said.by_id == rights.user_id:
        return ""
    return _("Eine Bestätigung nimmt zurück, wer sie gegeben hat, oder die Koordination.")


def last_said(municipality: Municipality, row_ids: "Collection[int] | QuerySet[Any, Any]") -> dict[int, datetime]:
    """When a person last said something of each row, by changing it or by confirming it; two queries."""
    here: Any = {"municipality": municipality, "row__in": row_ids}
    changed = StatusChange.objects.filter(**here, by__isnull=False)
    confirmed = Confirmation.objects.standing().filter(**here)
    found: dict[int, datetime] = {}
    for said in (changed, confirmed):
        for row, at in said.order_by("row").values_list("row").annotate(Max("recorded_at")):
            found[row] = max(at, found.get(row, at))
    return found
