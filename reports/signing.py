"""Ed25519 (RFC 8032): who has a municipality's key signs the frozen figures, and anybody with the public one can check.

The private key of a municipality is a file of the folder that the setting SIGNING_KEYS_DIR names: `<ARS>.pem`, PKCS 8
in PEM without a password. It is read when something is signed and never stored. Keys and signatures are told in hex.
"""

import re
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

KEY = re.compile(r"[0-9a-f]{64}")
SIGNATURE = re.compile(r"[0-9a-f]{128}")


def private_key(ars: str) -> Ed25519PrivateKey | None:
    """The key with which the municipality signs; None where none is set. A ValidationError (`bad_key`) where the file
    cannot be read or holds another kind of key: nothing is approved unsigned by mistake.
    """
    if not settings.SIGNING_KEYS_DIR:
        return None
    path = Path(settings.SIGNING_KEYS_DIR, f"{ars}.pem")
    try:
        found = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise _bad_key(path) from error
    if not isinstance(found, Ed25519PrivateKey):
        raise _bad_key(path)
    return found


def public_hex(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def holds(public_key: str, signature: str, text: str) -> bool:
    """Whether the signature is that of the key over the UTF-8 bytes of `text`."""
    if not KEY.fullmatch(public_key) or not SIGNATURE.fullmatch(signature):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def as_pem(public_key: str) -> str:
    """The public key as openssl reads it."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_public(pem: bytes) -> list[str]:
    """The public keys of a file of one or several in PEM, in hex; what is no Ed25519 key is left out."""
    found = []
    for block in re.findall(rb"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", pem, re.DOTALL):
        try:
            key = load_pem_public_key(block)
        except ValueError:
            continue
        if isinstance(key, Ed25519PublicKey):
            found.append(key.public_bytes_raw().hex())
    return found


def _bad_key(path: Path) -> ValidationError:
    sentence = _(
        "Der Schlüssel „%(name)s“, mit dem die Kommune ihre Berichte unterschreibt, ist kein lesbarer"
        " Ed25519-Schlüssel. Es wurde nichts genehmigt. Bitte fragen Sie den Betrieb."
    )
    return ValidationError(sentence % {"name": path.name}, code="bad_key")
