"""The pages of one's own second factor, and of confirming who it is before it is changed. allauth does the deeds."""

from typing import Any

from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import ReauthenticateView
from allauth.core.internal.httpkit import authenticated_user
from allauth.mfa.base.views import IndexView
from allauth.mfa.base.views import ReauthenticateView as CodeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import (
    DownloadRecoveryCodesView,
    GenerateRecoveryCodesView,
    ViewRecoveryCodesView,
)
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from ozg_tracker.accounts.signing_in.factor_adapter import FactorAdapter, Unreadable
from ozg_tracker.accounts.signing_in.second_factors import factors_of, has_one, is_last_needed, needs_one, passkeys_work
from ozg_tracker.accounts.signing_in.typed import carried_on

Answer = HttpResponseBase


class _Says:
    """What every one of these pages knows; what cannot be read any more leads back with a sentence."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Answer:
        try:
            answer: Answer = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except Unreadable as error:
            messages.error(request, error.message)
            return redirect("mfa_index")
        return answer

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**more)  # type: ignore[misc]
        return found | {"passkeys": passkeys_work(self.request)}


class SecondFactor(_Says, IndexView):  # type: ignore[misc]  # allauth has no types
    """What is set up, and the ways to more."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        found = super().get_context_data(**more)
        mine: dict[str, list[Authenticator]] = {}
        user = authenticated_user(self.request)
        for each in factors_of(user):
            mine.setdefault(each.type, []).append(each)
        codes = mine.get(Authenticator.Type.RECOVERY_CODES)
        told = {"mine": mine, "needed": needs_one(user), "there": has_one(user)}
        try:
            left = len(codes[0].wrap().get_unused_codes()) if codes else None
        except Unreadable as error:
            return found | told | {"unreadable": error.message}
        return found | told | {"left": left}


class ConfirmByPassword(_Says, ReauthenticateView):  # type: ignore[misc]
    pass


class ConfirmByCode(_Says, CodeView):  # type: ignore[misc]
    pass


class ConfirmByPasskey(_Says, ReauthenticateWebAuthnView):  # type: ignore[misc]
    def form_invalid(self, form: Form) -> HttpResponse:
        """Back to where it can be tried again; stock leads to the sign-in page."""
        super().form_invalid(form)
        return redirect(self.request.get_full_path())


class SetUpApp(_Says, ActivateTOTPView):  # type: ignore[misc]
    pass


class EndApp(_Says, DeactivateTOTPView):  # type: ignore[misc]
    pass


class AddPasskey(_Says, AddWebAuthnView):  # type: ignore[misc]
    pass


class RenamePasskey(_Says, EditWebAuthnView):  # type: ignore[misc]
    success_url = reverse_lazy("mfa_index")


class RemovePasskey(_Says, RemoveWebAuthnView):  # type: ignore[misc]
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Form) -> HttpResponse:
        if is_last_needed(self.object):
            messages.error(self.request, str(FactorAdapter.error_messages["cannot_delete_authenticator"]))
            return redirect("mfa_index")
        answer: HttpResponse = super().form_valid(form)
        return answer


class RecoveryCodes(_Says, ViewRecoveryCodesView):  # type: ignore[misc]
    pass


class RecoveryCodesFile(_Says, DownloadRecoveryCodesView):  # type: ignore[misc]
    pass


class NewRecoveryCodes(_Says, GenerateRecoveryCodesView):  # type: ignore[misc]
    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Without how many are left: where they cannot be read any more, new ones are what helps."""
        found: dict[str, Any] = super(GenerateRecoveryCodesView, self).get_context_data(**more)
        return found


@method_decorator(never_cache, name="dispatch")
class SignInByPasskey(LoginWebAuthnView):  # type: ignore[misc]
    """Signing in by a passkey alone: it is the device and the finger or the number that opens it."""

    def form_valid(self, form: Form) -> Answer:
        passkey = form.cleaned_data["credential"]
        login = Login(user=passkey.user, redirect_url=get_next_redirect_url(self.request))
        return carried_on(self.request, perform_passwordless_login(self.request, passkey, login))
