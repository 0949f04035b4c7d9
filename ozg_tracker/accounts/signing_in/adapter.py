"""What we change in allauth: nobody signs up alone; the municipality adds its people. Sentences say what to do next."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import User
from ozg_tracker.accounts.signing_in.attempts import device_of, remember_device


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("Name oder Passwort stimmt nicht. Bitte prüfen Sie beides."),
        "too_many_login_attempts": _("Zu viele Versuche in kurzer Zeit. Bitte warten Sie ein paar Minuten."),
        "enter_current_password": _("Das bisherige Passwort stimmt nicht."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: User, **told: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **told)
        remember_device(request, response, user)
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """allauth has no public name for it; tests hold that known devices count apart."""
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{device_of(request, credentials.get('username', ''))}"
