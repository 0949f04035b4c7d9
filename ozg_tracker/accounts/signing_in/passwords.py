"""How a person who was just taken in gets to a password: by a link that works once and for three days."""

from secrets import token_urlsafe

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, UNUSABLE_PASSWORD_SUFFIX_LENGTH
from django.urls import reverse

from ozg_tracker.accounts.models import User


def unusable_password() -> str:
    """What `set_unusable_password` keeps: nothing opens it, and it is another for everybody. One call of the system's
    chance instead of forty: a list has 20,000 people.
    """
    return UNUSABLE_PASSWORD_PREFIX + token_urlsafe()[:UNUSABLE_PASSWORD_SUFFIX_LENGTH]


def password_link(user: User) -> str | None:
    """The address under which `user` sets a first password; None when there is one already, the person has left, signs
    in by the provider or is a service account.
    """
    if user.has_usable_password() or not user.is_active or user.is_service or signs_on_elsewhere(user):
        return None
    return way_to_password(user)


def way_to_password(user: User) -> str:
    """The address under which `user` sets a password, until it is set, somebody signs in, or three days are over. Who
    asks for it has made sure that it is nobody's to take.
    """
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return settings.BASE_URL.rstrip("/") + reverse("account_reset_password_from_key", kwargs=key)


def signs_on_elsewhere(user: User) -> bool:
    """Whether the person signs in by the provider of single sign-on, and so has no password here."""
    return bool(settings.OIDC) and bool(SocialAccount.objects.filter(user=user).exists())
