"""Handing over what a person holds: decided once, carried out on its day, given back by itself, taken back as one."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.access import membership, tree_ids
from ozg_tracker.accounts.models import Deed, Municipality, Reach, User, reach_of
from ozg_tracker.handover import letters
from ozg_tracker.handover.holding import who_can_act
from ozg_tracker.handover.models import LONGEST_MESSAGE, Handover, HandoverItem, HandoverStep, StepKind, Why
from ozg_tracker.tracking.models import MunicipalService, Source
from ozg_tracker.tracking.rows.rights import may_be_responsible
from ozg_tracker.tracking.rows.status import Change
from ozg_tracker.tracking.rows.status import write_changes as change_rows

AHEAD = timedelta(days=2 * 366)


def rows_to_hand_over(municipality: Municipality, giver: User, by: User) -> list[MunicipalService]:
    """The services `giver` holds that `by` may hand over: all, those of the own department tree, or the own ones."""
    rows = municipality.services.filter(owner=giver).select_related("service", "department")
    held = membership(by, municipality)
    reach = reach_of(held.role if held else None, Deed.HAND_OVER)
    if reach is None:
        return []
    if reach == Reach.TREE and giver.pk != by.pk:
        tree = tree_ids(held.department) if held and held.department else []
        rows = rows.filter(department__in=tree)
    elif reach == Reach.OWN and giver.pk != by.pk:
        return []
    return list(rows.order_by("department__name", "service__name", "pk"))


def receivers(municipality: Municipality, giver: User, by: User, day: date) -> list[User]:
    """To whom `by` may hand over: who can act on `day`; for a manager in the own department tree, for staff the own
    department and those above it.
    """
    people = who_can_act(municipality, day).exclude(pk=giver.pk)
    held = membership(by, municipality)
    reach = reach_of(held.role if held else None, Deed.HAND_OVER)
    department = held.department if held else None
    if reach == Reach.ALL:
        return list(people.order_by("last_name", "first_name", "username"))
    if reach is None or department is None:
        return []
    near = tree_ids(department) if reach == Reach.TREE else [department.pk]
    above = department.parent
    while above is not None and reach == Reach.OWN:
        near.append(above.pk)
        above = above.parent
    within = people.filter(memberships__municipality=municipality, memberships__department__in=near)
    return list(within.order_by("last_name", "first_name", "username"))


@transaction.atomic
def hand_over(
    municipality: Municipality,
    giver: User,
    to: Mapping[int, User],
    *,
    why: str,
    starts_on: date,
    until: date | None = None,
    message: str = "",
    by: User,
) -> Handover:
    """Decide that each service of `to` (ids of rows that `giver` holds) passes to its receiver on `starts_on`.

    Carried out at once where the day has come, else on its day; with `until`, the last day, for a time.
    PermissionDenied for whom may not; ValidationError: `nothing`, `not_held`, `cannot_act`, `days`, `message_too_long`.
    """
    allowed = {row.pk for row in rows_to_hand_over(municipality, giver, by)}
    if membership(by, municipality) is None or (to and not allowed and giver.pk != by.pk):
        raise PermissionDenied(_("Diese Leistungen übergeben andere: die Koordination oder die Leitung."))
    _refuse_unless_possible(municipality, giver, to, allowed, starts_on, by)
    _refuse_days(why, starts_on, until, message)
    handover = Handover(
        municipality=municipality,
        giver=giver,
        why=why,
        starts_on=starts_on,
        until=until,
        message=message.strip(),
        by=by,
        recorded_at=timezone.now(),
    )
    handover.full_clean()
    handover.save()
    HandoverItem.objects.bulk_create(
        [HandoverItem(handover=handover, row_id=row, receiver=receiver) for row, receiver in to.items()],
        batch_size=2000,
    )
    _tell(handover, by, {"rows": str(len(to)), "effective_on": starts_on.isoformat()} | _end(until))
    letters.tell(handover, to)
    if starts_on <= timezone.localdate():
        carry_out(handover)
    return handover


def _end(until: date | None) -> dict[str, str]:
    return {"until": until.isoformat()} if until else {}


def _refuse_unless_possible(
    municipality: Municipality, giver: User, to: Mapping[int, User], allowed: set[int], day: date, by: User
) -> None:
    if not to:
        raise ValidationError(_("Bitte wählen Sie, wer etwas übernimmt."), code="nothing")
    if missing := to.keys() - allowed:
        sentence = ngettext(
            "Eine Leistung hält die Person nicht mehr. Bitte laden Sie die Seite neu.",
            "%(number)d Leistungen hält die Person nicht mehr. Bitte laden Sie die Seite neu.",
            len(missing),
        )
        raise ValidationError(sentence % {"number": len(missing)}, code="not_held")
    able = {each.pk for each in receivers(municipality, giver, by, day)}
    unable = sorted({str(each) for each in to.values() if each.pk not in able})
    if unable:
        sentence = _("An diesem Tag kann nicht übernehmen: %(people)s.")
        raise ValidationError(sentence % {"people": ", ".join(unable)}, code="cannot_act")


def _refuse_days(why: str, starts_on: date, until: date | None, message: str) -> None:
    today = timezone.localdate()
    if (why == Why.AWAY) != (until is not None):
        sentence = _("Einen letzten Tag braucht, wer eine Zeit lang abwesend ist, und sonst niemand.")
        raise ValidationError({"until": ValidationError(sentence, "days")})
    if until is not None and until < max(today, starts_on):
        raise ValidationError(
            {"until": ValidationError(_("Der letzte Tag liegt vor dem ersten oder vor heute."), "days")}
        )
    if not today <= starts_on <= today + AHEAD:
        sentence = _("Eine Übergabe beginnt frühestens heute und spätestens in zwei Jahren.")
        raise ValidationError({"starts_on": ValidationError(sentence, "days")})
    if len(message.strip()) > LONGEST_MESSAGE:
        sentence = _("Die Nachricht ist zu lang: höchstens %(most)d Zeichen.") % {"most": LONGEST_MESSAGE}
        raise ValidationError({"message": ValidationError(sentence, "message_too_long")})


@transaction.atomic
def carry_out(handover: Handover) -> HandoverStep:
    """Let what the giver still holds pass to whoever can act; what cannot stays, and is counted as `left`."""
    able = set(may_be_responsible(handover.municipality).values_list("pk", flat=True))
    items = handover.items.select_related("row")
    wanted = {each.row_id: each.receiver_id for each in items if each.row.owner_id == handover.giver_id}
    moving = {row: receiver for row, receiver in wanted.items() if receiver in able}
    reason = _("Übergabe: %(giver)s %(why)s.") % {"giver": handover.giver, "why": handover.get_why_display()}
    moved = _give(handover, moving, reason, handover.by)
    return _step(handover, StepKind.DONE, moved, len(items) - moved, None)


@transaction.atomic
def give_back(handover: Handover) -> HandoverStep:
    """The time is over: what the receivers still hold goes back, where the giver can act again."""
    able = may_be_responsible(handover.municipality).filter(pk=handover.giver_id).exists()
    items = handover.items.select_related("row")
    back = {each.row_id: handover.giver_id for each in items if able and each.row.owner_id == each.receiver_id}
    reason = _("Übergabe beendet: %(giver)s ist wieder da.") % {"giver": handover.giver}
    moved = _give(handover, back, reason, handover.by)
    return _step(handover, StepKind.RETURNED, moved, len(items) - moved, None)


@transaction.atomic
def take_back(handover: Handover, *, by: User) -> HandoverStep:
    """Call a planned handover off, or let all of a handover go back as one.

    PermissionDenied for whom may not; ValidationError: `over` where it is no more, `changed_since` where somebody else
    has become responsible for a part of it, `cannot_act` where the giver cannot hold it any more.
    """
    Handover.objects.select_for_update().get(pk=handover.pk)
    _refuse_unless_decides(handover, by)
    kinds = set(handover.steps.values_list("kind", flat=True))
    if kinds - {StepKind.DONE}:
        raise ValidationError(_("Diese Übergabe ist schon beendet."), code="over")
    if not kinds:
        _tell(handover, by, {"rows": "0"})
        return _step(handover, StepKind.CALLED_OFF, 0, 0, by)
    items = list(handover.items.select_related("row"))
    if changed := sum(each.row.owner_id != each.receiver_id for each in items):
        sentence = ngettext(
            "Für eine Leistung ist inzwischen jemand anderes zuständig; deshalb geht die Übergabe nicht als Ganzes "
            "zurück.",
            "Für %(number)d Leistungen ist inzwischen jemand anderes zuständig; deshalb geht die Übergabe nicht als "
            "Ganzes zurück.",
            changed,
        )
        raise ValidationError(sentence % {"number": changed}, code="changed_since")
    if not may_be_responsible(handover.municipality).filter(pk=handover.giver_id).exists():
        sentence = _("%(giver)s kann hier nicht mehr handeln; deshalb geht die Übergabe nicht zurück.")
        raise ValidationError(sentence % {"giver": handover.giver}, code="cannot_act")
    reason = _("Übergabe zurückgenommen.")
    back = {each.row_id: handover.giver_id for each in items}
    moved = _give(handover, back, reason, by)
    _tell(handover, by, {"rows": "0"})
    return _step(handover, StepKind.UNDONE, moved, 0, by)


def _refuse_unless_decides(handover: Handover, by: User) -> None:
    held = membership(by, handover.municipality)
    reach = reach_of(held.role if held else None, Deed.HAND_OVER)
    if reach != Reach.ALL and by.pk not in (handover.by_id, handover.giver_id):
        raise PermissionDenied(_("Diese Übergabe nimmt zurück, wer sie eingetragen hat, oder die Koordination."))


def come_due(municipality: Municipality, day: date) -> int:
    """Carry out the handovers whose day has come, and let those for a time go back; says how many."""
    waiting = list(Handover.objects.filter(municipality=municipality).waiting(day).order_by("starts_on", "pk"))
    for handover in waiting:
        carry_out(handover)
    over = list(Handover.objects.filter(municipality=municipality).over(day).order_by("until", "pk"))
    for handover in over:
        give_back(handover)
    return len(waiting) + len(over)


def _give(handover: Handover, owners: Mapping[int, int], reason: str, by: User | None) -> int:
    """From today on, also where the job comes late: an earlier day would not show where a row has changed since."""
    changes = [Change(row, {"owner": owner}, timezone.localdate(), reason) for row, owner in owners.items()]
    change_rows(handover.municipality, changes, by=by, source=Source.PAGE)
    return len(changes)


def _step(handover: Handover, kind: str, moved: int, left: int, by: User | None) -> HandoverStep:
    return HandoverStep.objects.create(
        handover=handover, kind=kind, moved=moved, left=left, by=by, recorded_at=timezone.now()
    )


def _tell(handover: Handover, by: User, after: dict[str, str]) -> None:
    journal.write(
        journal.Kind.HANDOVER,
        municipality=handover.municipality,
        by=by,
        person=handover.giver,
        about=str(handover.giver),
        after=dict(after),
        reason=handover.message,
    )
