"""Mail addresses that cannot be taken: a new one holds only when it is confirmed where it leads, and the old one is
told. Links for a new password go to confirmed addresses alone (`signing_in.resets`).
"""

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from ozg_tracker.accounts import journal, letters
from ozg_tracker.accounts.journal.sign_ins import home_of
from ozg_tracker.accounts.models import User

LONGEST = 254


def is_confirmed(user: User) -> bool:
    """Whether the person's address is confirmed."""
    return bool(EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists())


def waiting_address(user: User) -> str:
    """The address that waits to be confirmed in place of the person's; "" for none."""
    waiting = EmailAddress.objects.filter(user=user, verified=False).exclude(email__iexact=user.email)
    return str(waiting.values_list("email", flat=True).first() or "")


@transaction.atomic
def change_details(user: User, *, first_name: str, last_name: str, email: str, by: User) -> User:
    """Change the name at once, and the address once it is confirmed. The caller has asked whether `by` may."""
    before = {"first_name": user.first_name, "last_name": user.last_name}
    after = {"first_name": first_name, "last_name": last_name}
    user.first_name, user.last_name = first_name, last_name
    user.full_clean(exclude=["password"])
    user.save(update_fields=["first_name", "last_name"])
    if before != after:
        journal.write(journal.Kind.PERSON, municipality=home_of(user), by=by, person=user, before=before, after=after)
    try:
        ask_for_address(user, email, by=by)
    except ValidationError as error:
        raise ValidationError({"email": error}) from error
    return user


@transaction.atomic
def ask_for_address(user: User, email: str, *, by: User | None) -> bool:
    """Let the person have another address: once it is confirmed there, and with word to the one of before.

    Says whether one waits now. An empty one takes the address away at once. ValidationError for what is no address.
    """
    email, before = email.strip(), user.email
    if email == before:
        EmailAddress.objects.filter(user=user, verified=False).exclude(email=before).delete()
        return False
    if email:
        _refuse_nonsense(email)
        if email.lower() == waiting_address(user).lower():
            return True
    EmailAddress.objects.filter(user=user, verified=False).delete()
    if email:
        _send_link(EmailAddress.objects.create(user=user, email=email))
    else:
        _take_away(user)
    _tell_the_old(before, email)
    journal.write(
        journal.Kind.ADDRESS,
        municipality=home_of(user),
        by=by,
        person=user,
        before={"email": before},
        after={"waiting_email" if email else "email": email},
    )
    return bool(email)


@transaction.atomic
def send_confirmation(user: User) -> None:
    """Send the link that confirms the address which waits, or else the person's own; none where it is confirmed."""
    email = waiting_address(user) or user.email
    if not email or EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists():
        return
    EmailAddress.objects.filter(user=user, verified=False).delete()
    _send_link(EmailAddress.objects.create(user=user, email=email))


def address_of(key: str) -> EmailAddress:
    """The address that the link with `key` confirms. ValidationError `link_over`."""
    found = EmailConfirmationHMAC.from_key(key)
    if found is None:
        raise ValidationError(
            _("Dieser Link gilt nicht oder nicht mehr. Unter „Konto“ können Sie einen neuen anfordern."), "link_over"
        )
    address: EmailAddress = found.email_address
    return address


@transaction.atomic
def confirm_address(key: str) -> User:
    """From now on the address behind the link is the person's. ValidationError `link_over`, `taken`, `left`."""
    address = EmailAddress.objects.select_for_update().get(pk=address_of(key).pk)
    user = User.objects.select_for_update().get(pk=address.user_id)
    if not user.is_active:
        raise ValidationError(_("Dieses Konto ist stillgelegt."), "left")
    if EmailAddress.objects.filter(email__iexact=address.email, verified=True).exclude(user=user).exists():
        raise ValidationError(_("Diese Adresse ist schon für ein anderes Konto bestätigt."), "taken")
    EmailAddress.objects.filter(user=user).exclude(pk=address.pk).delete()
    address.verified = address.primary = True
    address.save(update_fields=["verified", "primary"])
    before, user.email = user.email, address.email
    user.save(update_fields=["email"])
    facts = {"email": user.email, "confirmed": "yes"}
    journal.write(
        journal.Kind.ADDRESS, municipality=home_of(user), by=user, person=user, before={"email": before}, after=facts
    )
    return user


def _refuse_nonsense(email: str) -> None:
    validate_email(email)
    if len(email) > LONGEST:
        raise ValidationError(_("Diese Adresse ist zu lang."), "too_long")


def _take_away(user: User) -> None:
    EmailAddress.objects.filter(user=user).delete()
    user.email = ""
    user.save(update_fields=["email"])


def _send_link(address: EmailAddress) -> None:
    way = reverse("confirm_address", kwargs={"key": EmailConfirmationHMAC(address).key})
    text = _(
        "Guten Tag %(name)s,\n\nbitte bestätigen Sie, dass diese Adresse zu Ihrem Konto im OZG-Tracker gehört:\n\n"
        "%(link)s\n\nDer Link gilt drei Tage. Bis dahin bleibt es bei der bisherigen Adresse. Haben Sie kein Konto im"
        " OZG-Tracker? Dann müssen Sie nichts tun."
    )
    words = {"name": address.user, "link": settings.BASE_URL.rstrip("/") + way}
    letters.send(address.email, _("Bitte bestätigen Sie Ihre Adresse"), text % words)


def _tell_the_old(before: str, email: str) -> None:
    text = _(
        "Guten Tag,\n\nfür Ihr Konto im OZG-Tracker wurde eine andere E-Mail-Adresse eingetragen: %(email)s. Sie gilt"
        " erst, wenn sie dort bestätigt ist.\n\nWar das nicht in Ihrem Sinn? Dann melden Sie sich bitte gleich bei"
        " Ihrer OZG-Koordination oder beim Betrieb."
    )
    gone = _(
        "Guten Tag,\n\ndiese Adresse wurde aus Ihrem Konto im OZG-Tracker genommen. War das nicht in Ihrem Sinn? Dann"
        " melden Sie sich bitte gleich bei Ihrer OZG-Koordination oder beim Betrieb."
    )
    body = text % {"email": email} if email else gone
    letters.send(before, _("Ihre E-Mail-Adresse im OZG-Tracker soll sich ändern"), body)
