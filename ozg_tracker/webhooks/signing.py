"""Standard Webhooks (standardwebhooks.com, specification 1.0): the secret, and the headers that go with a message.

A secret is kept nowhere. It follows from a salt and the installation's own key, so that who reads the database, or a
backup without the key, cannot sign.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from django.utils.crypto import salted_hmac

_PREFIX = "whsec_"


def new_salt() -> str:
    return secrets.token_hex(16)


def new_message() -> str:
    """An id as `webhook-id` wants it: unique, without a full stop."""
    return f"msg_{secrets.token_hex(12)}"


def secret_of(salt: str) -> str:
    """The secret as its receiver is told it: "whsec_" and 32 bytes in base64."""
    return _PREFIX + base64.b64encode(_key(salt)).decode()


def fingerprint_of(salt: str) -> str:
    """By which a secret is told from another without saying it: the first eight digits of its SHA-256."""
    return hashlib.sha256(secret_of(salt).encode()).hexdigest()[:8]


def headers(message: str, timestamp: int, body: bytes, salts: Iterable[str]) -> dict[str, str]:
    """With a signature for each salt; `timestamp`: of this attempt, in seconds since 1970."""
    signed = f"{message}.{timestamp}.".encode() + body
    found = (base64.b64encode(hmac.digest(_key(salt), signed, "sha256")).decode() for salt in salts)
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{each}" for each in found),
    }


def _key(salt: str) -> bytes:
    return salted_hmac("ozg_tracker.webhooks", salt, algorithm="sha256").digest()
