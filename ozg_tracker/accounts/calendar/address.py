"""The secret address under which a program fetches a person's calendar. Renewed, the one of before opens nothing.

Only a random mark is stored; the address is that mark signed with the installation's key. So the page can show it
again, and whoever has the database alone cannot make it.
"""

import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.access import refuse_unless_person
from ozg_tracker.accounts.calendar.entries import entries_of
from ozg_tracker.accounts.calendar.writing import written_calendar
from ozg_tracker.accounts.journal.sign_ins import home_of
from ozg_tracker.accounts.models import CalendarAddress, User

_BYTES = 16


def calendar_address(user: User) -> str:
    """The whole address of the person's calendar; "" for none."""
    found = CalendarAddress.objects.filter(user=user).first()
    if found is None:
        return ""
    return settings.BASE_URL.rstrip("/") + reverse("calendar", kwargs={"secret": _signer().sign(found.mark)})


@transaction.atomic
def renew_address(user: User) -> str:
    """Give the person an address, in place of the one of before if there was one. ValidationError `left`;
    PermissionDenied for a service account, which has keys alone.
    """
    refuse_unless_person(user)
    if not user.is_active:
        raise ValidationError(_("Dieses Konto ist stillgelegt."), "left")
    fresh = {"mark": secrets.token_urlsafe(_BYTES), "created_at": timezone.now()}
    _address, made = CalendarAddress.objects.update_or_create(user=user, defaults=fresh)
    _note(user, {} if made else {"active": "yes"}, {"active": "yes", "created_on": f"{timezone.localdate()}"})
    return calendar_address(user)


@transaction.atomic
def end_address(user: User) -> bool:
    """From now on no address opens the person's calendar; says whether there was one."""
    gone, _what = CalendarAddress.objects.filter(user=user).delete()
    if gone:
        _note(user, {"active": "yes"}, {"active": "no"})
    return bool(gone)


def calendar_behind(secret: str) -> bytes | None:
    """The calendar under the address that ends in `secret`, in German; None where it opens nothing (any more)."""
    try:
        mark = _signer().unsign(secret)
    except BadSignature:
        return None
    found = CalendarAddress.objects.select_related("user").filter(mark=mark, user__is_active=True).first()
    if found is None:
        return None
    with translation.override(settings.LANGUAGE_CODE):  # a program asks, whatever language it says it speaks
        return written_calendar(entries_of(found.user))


def _signer() -> Signer:
    return Signer(salt="ozg_tracker.accounts.calendar", sep=".")


def _note(user: User, before: dict[str, str], after: dict[str, str]) -> None:
    about = "Kalenderadresse"  # kept, so German
    journal.write(
        journal.Kind.KEY,
        municipality=home_of(user),
        by=user,
        person=user,
        about=about,
        before=before,
        after=after,
    )
