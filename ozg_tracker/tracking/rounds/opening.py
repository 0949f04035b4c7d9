"""open_round(): ask departments until a day whether their rows still hold."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.access import may, tree_ids
from ozg_tracker.accounts.models import Deed, Department, Membership, Municipality, Role, User
from ozg_tracker.tracking.models import MunicipalService, Round, RoundRow
from ozg_tracker.tracking.rounds import letters
from ozg_tracker.tracking.rows import locks
from ozg_tracker.tracking.rows.counting import COUNTS

LONGEST = timedelta(days=366)


@transaction.atomic
def open_round(
    municipality: Municipality,
    name: str,
    *,
    until: date,
    message: str = "",
    departments: Collection[Department] = (),
    by: User,
) -> Round:
    """Ask about every row that counts today, or about those of `departments` and all below them.

    Asked is, for each row, the nearest department above it that somebody leads; where nobody does, the top one. The
    leaders get a letter. PermissionDenied for whom may not; ValidationError by field (`name`, `until`, `departments`).
    """
    if not may(by, municipality, Deed.LEAD_ROUNDS):
        raise PermissionDenied(_("Runden führt die OZG-Koordination."))
    refuse_day(until)
    locks.hold(municipality.pk)
    rows = MunicipalService.objects.filter(COUNTS, municipality=municipality)
    if departments:
        rows = rows.filter(department__in={below for each in departments for below in tree_ids(each)})
    found = list(rows.order_by("pk").values_list("pk", "department"))
    if not found:
        sentence = _("Dort ist keine Leistung, nach der zu fragen wäre.")
        raise ValidationError({"departments": ValidationError(sentence, code="nothing_to_ask")})
    opened = Round(
        municipality=municipality,
        name=" ".join(name.split()),
        until=until,
        message=message.strip(),
        by=by,
        recorded_at=timezone.now(),
    )
    opened.full_clean()
    opened.save()
    asked = who_is_asked(municipality)
    RoundRow.objects.bulk_create(
        [RoundRow(round=opened, row_id=row, department_id=asked.get(place)) for row, place in found], batch_size=1000
    )
    letters.tell_opened(opened)
    return opened


def refuse_day(until: date) -> None:
    """ValidationError (`until`) unless an answer can still be given by then."""
    today = timezone.localdate()
    if not today <= until <= today + LONGEST:
        sentence = _("Bitte einen Tag ab heute und innerhalb eines Jahres nennen.")
        raise ValidationError({"until": ValidationError(sentence, code="strange_day")})


def who_is_asked(municipality: Municipality) -> Mapping[int | None, int]:
    """For each department the one that answers: the nearest from it upwards that somebody leads, else the top one."""
    parents = dict(Department.objects.filter(municipality=municipality).values_list("pk", "parent"))
    led = set(
        Membership.objects.filter(
            municipality=municipality, role=Role.MANAGER, user__is_active=True, department__isnull=False
        ).values_list("department", flat=True)
    )

    def asked(place: int) -> int:
        above = parents[place]
        return place if place in led or above is None else asked(above)

    found: dict[int | None, int] = {place: asked(place) for place in parents}
    return found
