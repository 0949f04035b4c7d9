"""How a person who was just taken in gets to a password: by a link that works once and for three days."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from ozg_tracker.accounts.models import User


def password_link(user: User) -> str | None:
    """The address under which `user` sets a first password; None when there is one already or the person has left."""
    if user.has_usable_password() or not user.is_active:
        return None
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return settings.BASE_URL.rstrip("/") + reverse("account_reset_password_from_key", kwargs=key)
