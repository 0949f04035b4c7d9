"""Handovers on their day: carried out, given back by itself when their time is over."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.holdings import Thing
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.handover import things
from ozg_tracker.handover.models import Handover, HandoverStep, OtherItem, StepKind
from ozg_tracker.tracking.models import Source
from ozg_tracker.tracking.rows.rights import may_be_responsible
from ozg_tracker.tracking.rows.status import Change
from ozg_tracker.tracking.rows.status import write_changes as change_rows


@transaction.atomic
def carry_out(handover: Handover) -> HandoverStep:
    """Let what the giver still holds pass to whoever can act; what cannot stays, and is counted as `left`."""
    able = set(may_be_responsible(handover.municipality).values_list("pk", flat=True))
    items = handover.items.select_related("row")
    wanted = {each.row_id: each.receiver_id for each in items if each.row.owner_id == handover.giver_id}
    moving = {row: receiver for row, receiver in wanted.items() if receiver in able}
    there = things_of(handover)
    theirs = {thing: item.receiver_id for item, thing in there if thing.holder == handover.giver_id}
    reason = _("Übergabe: %(giver)s %(why)s.") % {"giver": handover.giver, "why": handover.get_why_display()}
    moved = give(handover, moving, reason, handover.by) + _pass_on(handover, theirs)
    return step(handover, StepKind.DONE, moved, len(items) + len(there) - moved, None)


@transaction.atomic
def give_back(handover: Handover) -> HandoverStep:
    """The time is over: what the receivers still hold goes back, where the giver can act again."""
    able = may_be_responsible(handover.municipality).filter(pk=handover.giver_id).exists()
    items = handover.items.select_related("row")
    back = {each.row_id: handover.giver_id for each in items if able and each.row.owner_id == each.receiver_id}
    there = things_of(handover)
    theirs = {thing: handover.giver_id for item, thing in there if thing.holder == item.receiver_id}
    reason = _("Übergabe beendet: %(giver)s ist wieder da.") % {"giver": handover.giver}
    moved = give(handover, back, reason, handover.by) + _pass_on(handover, theirs)
    return step(handover, StepKind.RETURNED, moved, len(items) + len(there) - moved, None)


def things_of(handover: Handover) -> list[tuple[OtherItem, Thing]]:
    """What of the handover is no service, with who holds it now; without what is over meanwhile."""
    items = list(handover.others.all())
    if not items:
        return []
    there = {thing.key: thing for thing in things.held(handover.municipality)}
    return [(item, there[item.key]) for item in items if item.key in there]


def _pass_on(handover: Handover, wanted: Mapping[Thing, int]) -> int:
    """Those of the things that their receiver can act for; says how many."""
    if not wanted:
        return 0
    roles = things.roles_today(handover.municipality)
    moving = {thing: to for thing, to in wanted.items() if things.may_hold(thing.kind, roles.get(to))}
    return things.give(handover.municipality, moving, handover.by)


def come_due(municipality: Municipality, day: date) -> int:
    """Carry out the handovers whose day has come, and let those for a time go back; says how many."""
    waiting = list(Handover.objects.filter(municipality=municipality).waiting(day).order_by("starts_on", "pk"))
    for handover in waiting:
        carry_out(handover)
    over = list(Handover.objects.filter(municipality=municipality).over(day).order_by("until", "pk"))
    for handover in over:
        give_back(handover)
    return len(waiting) + len(over)


def give(handover: Handover, owners: Mapping[int, int], reason: str, by: User | None) -> int:
    """From today on, also where the job comes late: an earlier day would not show where a row has changed since."""
    changes = [Change(row, {"owner": owner}, timezone.localdate(), reason) for row, owner in owners.items()]
    change_rows(handover.municipality, changes, by=by, source=Source.PAGE)
    return len(changes)


def step(handover: Handover, kind: str, moved: int, left: int, by: User | None) -> HandoverStep:
    return HandoverStep.objects.create(
        handover=handover, kind=kind, moved=moved, left=left, by=by, recorded_at=timezone.now()
    )
