"""What is asked for as a second factor: a code opens once, also while it is still shown; a passkey that somebody made
up is refused, where the library would stumble over it.
"""

from collections.abc import Callable
from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import normalize_user_code
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError

from ozg_tracker.accounts.signing_in.factor_adapter import FactorAdapter


class _Once:
    """A code counts for three steps of the app (`MFA_TOTP_TOLERANCE`), and allauth remembers a used one for one."""

    user: object
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            steps = 2 * settings.MFA_TOTP_TOLERANCE + 1
            used = f"second-factor:{self.authenticator.pk}:{normalize_user_code(code)}"
            if not cache.add(used, True, timeout=steps * settings.MFA_TOTP_PERIOD):
                raise FactorAdapter().validation_error("incorrect_code")
        return code


class SignInCode(_Once, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    pass


class ConfirmingCode(_Once, ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    pass


class _Refuses:
    """What a browser sends of a passkey is nested and binary, and libraries raise many things at what is not."""

    def clean_credential(self) -> Any:
        return _or_refuse(super().clean_credential)  # type: ignore[misc]


class SignInPasskey(_Refuses, LoginWebAuthnForm):  # type: ignore[misc]
    pass


class SecondPasskey(_Refuses, AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class ConfirmingPasskey(_Refuses, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class NewPasskey(AddWebAuthnForm):  # type: ignore[misc]
    def clean(self) -> Any:
        return _or_refuse(super().clean)


def _or_refuse(look: Callable[[], Any]) -> Any:
    try:
        return look()
    except ValidationError:
        raise
    except Exception as error:
        raise FactorAdapter().validation_error("incorrect_code") from error
