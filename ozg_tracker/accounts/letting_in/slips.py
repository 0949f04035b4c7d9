"""A slip of paper with the way to a password, for people without a mail address: one address, once, for some days.

Nobody takes over a colleague's account by it: who has a password gets one only where no mail could do it, who
coordinates only from the operator, and not soon after somebody else took the mail address away, which was told there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.reasons import refuse_long_reason
from ozg_tracker.accounts import access, journal
from ozg_tracker.accounts.models import JournalEntry, Membership, Municipality, Role, User
from ozg_tracker.accounts.models.membership_events import LONGEST_REASON
from ozg_tracker.accounts.people import belongs_elsewhere, out_of_reach, refuse_oneself, refuse_unless_manages
from ozg_tracker.accounts.signing_in.passwords import signs_on_elsewhere, way_to_password

QUIET = timedelta(days=7)  # in which who had a mail address can object


@dataclass(frozen=True)
class Slip:
    """What is printed; `until` is UTC."""

    user: User
    municipality: Municipality
    address: str
    until: datetime


@transaction.atomic
def give_slip(member: Membership, *, reason: str = "", by: User) -> Slip:
    """The way to a first password or, where it is forgotten and there is no mail address, to another one.

    PermissionDenied for whom may not; ValidationError `yourself`, `elsewhere`, `left`, `signs_on`, and of who has a
    password: `has_mail`, `mail_gone`, or `reason` missing.
    """
    refuse_unless_manages(by, member.municipality, member.role)
    refuse_oneself(member, by)
    if belongs_elsewhere(member):
        raise out_of_reach()
    user = User.objects.select_for_update().get(pk=member.user_id)
    if not user.is_active:
        raise ValidationError(_("„%(person)s“ ist stillgelegt.") % {"person": user}, "left")
    if signs_on_elsewhere(user):
        sentence = _("„%(person)s“ meldet sich über die zentrale Anmeldung an und braucht hier kein Passwort.")
        raise ValidationError(sentence % {"person": user}, "signs_on")
    reason = " ".join(reason.split())
    refuse_long_reason(reason, LONGEST_REASON)
    if user.has_usable_password():
        _refuse_taking_over(member, user, reason, by)
    journal.write(
        journal.Kind.ADDRESS,
        municipality=member.municipality,
        by=by,
        person=user,
        after={"access": "slip"},
        reason=reason,
    )
    until = timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    return Slip(user, member.municipality, way_to_password(user), until)


def may_need_slip(user: User) -> bool:
    """Whether a slip is a way for this person at all."""
    return user.is_active and not signs_on_elsewhere(user) and not (user.email and user.has_usable_password())


def _refuse_taking_over(member: Membership, user: User, reason: str, by: User) -> None:
    if user.email:
        sentence = _(
            "„%(person)s“ hat eine Mailadresse und setzt ein neues Passwort selbst: „Passwort vergessen“ auf der "
            "Anmeldeseite. Einen Zettel gibt es nur ohne Mailadresse."
        )
        raise ValidationError(sentence % {"person": user}, "has_mail")
    held = access.membership(by, member.municipality)
    if member.role == Role.COORDINATOR and (held is None or held.role != Role.OPERATOR):
        raise PermissionDenied(_("Wer zur OZG-Koordination gehört, bekommt einen Zettel vom Betrieb."))
    taken = JournalEntry.objects.filter(
        kind=journal.Kind.ADDRESS, person=user, after__email="", recorded_at__gt=timezone.now() - QUIET
    )
    if taken.exclude(by=user).exists():
        sentence = _(
            "Die Mailadresse von „%(person)s“ wurde erst in den letzten sieben Tagen herausgenommen. Ein Zettel geht "
            "danach, damit niemand einen Zugang übernimmt."
        )
        raise ValidationError(sentence % {"person": user}, "mail_gone")
    if not reason:
        sentence = _("Bitte nennen Sie den Grund, etwa „Passwort vergessen, persönlich vorgesprochen“.")
        raise ValidationError({"reason": ValidationError(sentence, "required")})
