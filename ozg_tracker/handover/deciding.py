"""Who may hand over what to whom from which day on, and why not."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.access import membership, tree_ids
from ozg_tracker.accounts.holdings import Thing
from ozg_tracker.accounts.models import Deed, Municipality, Reach, User, reach_of
from ozg_tracker.handover import things
from ozg_tracker.handover.holding import who_can_act
from ozg_tracker.handover.models import LONGEST_MESSAGE, Handover, Why
from ozg_tracker.tracking.models import MunicipalService

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


def things_to_hand_over(municipality: Municipality, giver: User, by: User) -> list[Thing]:
    """What `giver` holds besides services and `by` may hand over: all, that of people of the own department tree, or
    what is one's own.
    """
    held = membership(by, municipality)
    reach = reach_of(held.role if held else None, Deed.HAND_OVER)
    if reach is None:
        return []
    if giver.pk != by.pk and reach != Reach.ALL:
        tree = tree_ids(held.department) if held and held.department and reach == Reach.TREE else []
        if not giver.memberships.filter(municipality=municipality, department__in=tree).exists():
            return []
    return things.held(municipality, [giver.pk])


def refuse_unless_possible(
    municipality: Municipality,
    giver: User,
    to: Mapping[int, User],
    others: Mapping[things.Key, User],
    day: date,
    by: User,
) -> dict[things.Key, Thing]:
    """What of `others` the giver holds, by its key. Errors as `hand_over`."""
    allowed = {row.pk for row in rows_to_hand_over(municipality, giver, by)}
    found = things_to_hand_over(municipality, giver, by) if others else []
    theirs = {thing.key: thing for thing in found}
    held = membership(by, municipality)
    nothing = not allowed and not theirs and giver.pk != by.pk
    all_of_it = reach_of(held.role if held else None, Deed.HAND_OVER) == Reach.ALL
    if held is None or (nothing and not all_of_it and (to or others)):
        raise PermissionDenied(_("Das übergeben andere: die Koordination oder die Leitung."))
    if not to and not others:
        raise ValidationError(_("Bitte wählen Sie, wer etwas übernimmt."), code="nothing")
    if missing := to.keys() - allowed:
        sentence = ngettext(
            "Eine Leistung hält die Person nicht mehr. Bitte laden Sie die Seite neu.",
            "%(number)d Leistungen hält die Person nicht mehr. Bitte laden Sie die Seite neu.",
            len(missing),
        )
        raise ValidationError(sentence % {"number": len(missing)}, code="not_held")
    if gone := others.keys() - theirs.keys():
        sentence = ngettext(
            "Einen Posten hält die Person nicht mehr. Bitte laden Sie die Seite neu.",
            "%(number)d Posten hält die Person nicht mehr. Bitte laden Sie die Seite neu.",
            len(gone),
        )
        raise ValidationError(sentence % {"number": len(gone)}, code="not_held")
    able = {each.pk for each in receivers(municipality, giver, by, day)}
    unable = sorted({str(each) for each in (*to.values(), *others.values()) if each.pk not in able})
    if unable:
        sentence = _("An diesem Tag kann nicht übernehmen: %(people)s.")
        raise ValidationError(sentence % {"people": ", ".join(unable)}, code="cannot_act")
    roles = things.roles_on(municipality, day) if others else {}
    for key, receiver in others.items():
        if not things.may_hold(theirs[key].kind, roles.get(receiver.pk)):
            sentence = _("„%(thing)s“ kann %(person)s nicht übernehmen: Dazu reicht die Rolle nicht.")
            raise ValidationError(sentence % {"thing": theirs[key].name, "person": receiver}, code="cannot_act")
    return theirs


def refuse_days(why: str, starts_on: date, until: date | None, message: str) -> None:
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


def refuse_unless_decides(handover: Handover, by: User) -> None:
    held = membership(by, handover.municipality)
    reach = reach_of(held.role if held else None, Deed.HAND_OVER)
    if reach != Reach.ALL and by.pk not in (handover.by_id, handover.giver_id):
        raise PermissionDenied(_("Diese Übergabe nimmt zurück, wer sie eingetragen hat, oder die Koordination."))
