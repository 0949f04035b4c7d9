"""What we change in allauth: nobody signs up alone; the municipality adds its people. Sentences say what to do next."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("Name oder Passwort stimmt nicht. Bitte prüfen Sie beides."),
        "too_many_login_attempts": _("Zu viele Versuche in kurzer Zeit. Bitte warten Sie ein paar Minuten."),
        "enter_current_password": _("Das bisherige Passwort stimmt nicht."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
