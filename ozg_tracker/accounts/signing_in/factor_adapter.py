"""What we change in allauth's second factor: how its secrets are kept, what it says, and which one stays."""

import base64

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.models import User
from ozg_tracker.accounts.signing_in.second_factors import is_last_needed


class Unreadable(ValidationError):
    """A secret was kept under another SECRET_KEY; said where a code is asked for, and never taken for a right one."""

    def __init__(self) -> None:
        sentence = _(
            "Was für App und Notfallcodes hinterlegt ist, lässt sich nicht mehr lesen: Der geheime Schlüssel dieser "
            "Installation wurde geändert. Ein Passkey gilt weiter; sonst hilft Ihnen die OZG-Koordination oder der "
            "Betrieb."
        )
        super().__init__(sentence, "unreadable")


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "Das passt nicht. Bitte nehmen Sie den Code, den die App jetzt zeigt, einen Notfallcode, der noch nicht "
            "benutzt ist, oder den Passkey dieses Kontos."
        ),
        "cannot_delete_authenticator": gettext_lazy(
            "Ihre Rolle braucht einen zweiten Faktor, und dies ist der letzte. Richten Sie erst einen anderen ein."
        ),
        "cannot_generate_recovery_codes": gettext_lazy("Notfallcodes gibt es zu einer App oder einem Passkey."),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise Unreadable from error

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not is_last_needed(authenticator)

    def generate_authenticator_name(self, user: User, type: str) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": count}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": "OZG-Tracker"}

    def _get_user_identifier(self, user: User) -> str:
        """What the app and the browser call the account: the name for signing in, never the mail address."""
        return user.username


def _cipher() -> Fernet:
    """From SECRET_KEY alone, so that a stolen copy of the database opens no second factor."""
    derived = HKDF(SHA256(), 32, salt=None, info=b"ozg-tracker: second factor").derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
