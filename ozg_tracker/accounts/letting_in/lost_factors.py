"""Taking a lost second factor away, so that its person can set up a new one. The password stays theirs alone."""

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from catalog.reasons import refuse_long_reason
from ozg_tracker.accounts import access, journal, letters
from ozg_tracker.accounts.journal.sign_ins import home_of
from ozg_tracker.accounts.models import Membership, Role, User
from ozg_tracker.accounts.models.membership_events import LONGEST_REASON
from ozg_tracker.accounts.people import belongs_elsewhere, out_of_reach, refuse_oneself, refuse_unless_manages
from ozg_tracker.accounts.signing_in.second_factors import factors_of
from ozg_tracker.accounts.signing_in.sessions import end_others


@transaction.atomic
def take_second_factor(member: Membership, *, reason: str, by: User) -> None:
    """Take app, passkeys and recovery codes from a person whose people `by` manages, and end the person's sessions.

    A person of several municipalities is out of reach of each coordination; the operator may. The person is told by
    mail. PermissionDenied for whom may not; ValidationError `yourself`, `elsewhere`, `no_factor`, `reason` missing.
    """
    refuse_unless_manages(by, member.municipality, *member.user.memberships.values_list("role", flat=True))
    refuse_oneself(member, by)
    held = access.membership(by, member.municipality)
    if belongs_elsewhere(member) and (held is None or held.role != Role.OPERATOR):
        raise out_of_reach()
    end_second_factor(member.user, reason=reason, by=by)


@transaction.atomic
def end_second_factor(user: User, *, reason: str, by: User | None = None) -> None:
    """The same for whoever may: the command line (`by` is None), whose machine it is."""
    reason = " ".join(reason.split())
    if not reason:
        sentence = _("Bitte nennen Sie den Grund, etwa „Telefon verloren, persönlich vorgesprochen“.")
        raise ValidationError({"reason": ValidationError(sentence, "required")})
    refuse_long_reason(reason, LONGEST_REASON)
    locked = User.objects.select_for_update().get(pk=user.pk)
    types = " ".join(dict.fromkeys(str(each.type) for each in factors_of(locked)))
    if not types:
        raise ValidationError(_("„%(person)s“ hat keinen zweiten Faktor."), code="no_factor", params={"person": locked})
    Authenticator.objects.filter(user=locked).delete()
    end_others(locked, None)
    journal.write(
        journal.Kind.ADDRESS,
        municipality=home_of(locked),
        by=by,
        person=locked,
        before={"second_factor": types},
        after={"second_factor": ""},
        reason=reason,
    )
    _tell(locked, by, reason)


def _tell(user: User, by: User | None, reason: str) -> None:
    text = _(
        "Guten Tag %(name)s,\n\n%(by)s hat den zweiten Faktor Ihres Kontos im OZG-Tracker entfernt: App, Passkeys und "
        "Notfallcodes gelten nicht mehr, und Sie sind überall abgemeldet. Grund: %(reason)s\n\nHaben Sie darum nicht "
        "gebeten? Dann ändern Sie bitte gleich Ihr Passwort und melden sich beim Betrieb."
    )
    words = {"name": user, "by": by or _("Der Betrieb"), "reason": reason}
    letters.send(user.email, _("Der zweite Faktor Ihres Kontos wurde entfernt"), text % words)
