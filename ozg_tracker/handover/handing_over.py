"""Handing over what a person holds: decided once, and taken back as one. On its day: `carrying_out`."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.holdings import Thing
from ozg_tracker.accounts.models import Deed, Municipality, User, who_may
from ozg_tracker.handover import letters, things
from ozg_tracker.handover.carrying_out import carry_out, give, step, things_of
from ozg_tracker.handover.deciding import refuse_days, refuse_unless_decides, refuse_unless_possible
from ozg_tracker.handover.models import LONGEST_NAME, Handover, HandoverItem, HandoverStep, OtherItem, StepKind


@transaction.atomic
def hand_over(
    municipality: Municipality,
    giver: User,
    to: Mapping[int, User],
    others: Mapping[things.Key, User] | None = None,
    *,
    why: str,
    starts_on: date,
    until: date | None = None,
    message: str = "",
    by: User,
) -> Handover:
    """Decide that each service of `to` (ids of rows that `giver` holds), and each of `others` (keys of things), passes
    to its receiver on `starts_on`.

    Carried out at once where the day has come, else on its day; with `until`, the last day, for a time.
    PermissionDenied for whom may not; ValidationError: `nothing`, `not_held`, `cannot_act`, `days`, `message_too_long`.
    """
    others = others or {}
    theirs = refuse_unless_possible(municipality, giver, to, others, starts_on, by)
    refuse_days(why, starts_on, until, message)
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
    OtherItem.objects.bulk_create(_other(handover, theirs[key], receiver) for key, receiver in others.items())
    number = {"rows": str(len(to))} | ({"others": str(len(others))} if others else {})
    _tell(handover, by, number | {"effective_on": starts_on.isoformat()} | _end(until))
    letters.tell(handover, to, others)
    if starts_on <= timezone.localdate():
        carry_out(handover)
    return handover


def _other(handover: Handover, thing: Thing, receiver: User) -> OtherItem:
    name = thing.name[:LONGEST_NAME]
    return OtherItem(
        handover=handover, kind=thing.kind, thing=thing.pk, name=name, department_id=thing.part, receiver=receiver
    )


def _end(until: date | None) -> dict[str, str]:
    return {"until": until.isoformat()} if until else {}


@transaction.atomic
def take_back(handover: Handover, *, by: User) -> HandoverStep:
    """Call a planned handover off, or let all of a handover go back as one.

    PermissionDenied for whom may not; ValidationError: `over` where it is no more, `changed_since` where somebody else
    has become responsible for a part of it, `cannot_act` where the giver cannot hold it any more.
    """
    Handover.objects.select_for_update().get(pk=handover.pk)
    refuse_unless_decides(handover, by)
    kinds = set(handover.steps.values_list("kind", flat=True))
    if kinds - {StepKind.DONE}:
        raise ValidationError(_("Diese Übergabe ist schon beendet."), code="over")
    if not kinds:
        _tell(handover, by, {"rows": "0"})
        return step(handover, StepKind.CALLED_OFF, 0, 0, by)
    moved = _let_back(handover, by)
    _tell(handover, by, {"rows": "0"})
    return step(handover, StepKind.UNDONE, moved, 0, by)


def _let_back(handover: Handover, by: User) -> int:
    """All that the receivers still hold goes to the giver again; says how much. Errors as `take_back`."""
    items, there = list(handover.items.select_related("row")), things_of(handover)
    held_by = [(each.row.owner_id, each.receiver_id) for each in items]
    held_by += [(thing.holder, item.receiver_id) for item, thing in there]
    if changed := sum(holder not in (handover.giver_id, receiver) for holder, receiver in held_by):
        sentence = ngettext(
            "Einen Posten hält inzwischen jemand anderes; deshalb geht die Übergabe nicht als Ganzes zurück.",
            "%(number)d Posten hält inzwischen jemand anderes; deshalb geht die Übergabe nicht als Ganzes zurück.",
            changed,
        )
        raise ValidationError(sentence % {"number": changed}, code="changed_since")
    back = {each.row_id: handover.giver_id for each in items if each.row.owner_id == each.receiver_id}
    theirs = {thing: handover.giver_id for item, thing in there if thing.holder == item.receiver_id}
    role = things.roles_today(handover.municipality).get(handover.giver_id)
    if (back and role not in who_may(Deed.READ_ROWS)) or not all(things.may_hold(thing.kind, role) for thing in theirs):
        sentence = _("%(giver)s kann hier nicht mehr handeln; deshalb geht die Übergabe nicht zurück.")
        raise ValidationError(sentence % {"giver": handover.giver}, code="cannot_act")
    moved = give(handover, back, _("Übergabe zurückgenommen."), by)
    return moved + things.give(handover.municipality, theirs, by)


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
