"""The signature as a file that travels with the figures, and the check that needs no database: the key is enough."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ozg_tracker.typesetting import Attachment
from reports import canonical, signing
from reports.exporting.embedded import embedded
from reports.models import Edition


@dataclass(frozen=True)
class Signed:
    """What a file says it is, and whether one of the keys has signed exactly these figures."""

    holds: bool
    sha256: str
    ars: str = ""
    name: str = ""
    month: str = ""


def signed_file(edition: Edition) -> Attachment | None:
    """The file with the signature; None where the edition has none."""
    signature = getattr(edition, "signature", None)
    if signature is None:
        return None
    told = {
        "algorithm": "Ed25519",
        "public_key": signature.public_key,
        "sha256": edition.sha256,
        "signature": signature.signature,
    }
    return Attachment(f"figures-{edition.month:%Y-%m}.sig.json", "application/json", json.dumps(told, indent=1))


def check_signed(content: bytes, keys: Sequence[str], signature: str = "") -> Signed | None:
    """Whether one of the public `keys` signed the figures in `content`, a JSON file or a PDF with both inside.

    `signature` (hex, or the text of a signature file) belongs to a JSON file; in a PDF it is looked for. None where
    `content` holds no figures.
    """
    texts = [*embedded(content)] if content.startswith(b"%PDF") else [content]
    found = [text.decode("utf-8", "replace") for text in texts]
    named = [(text, figures) for text in found if (figures := _figures(text)) is not None]
    if not named:
        return None
    text, figures = named[0]
    signatures = [told for each in (signature, *found) if (told := _signature(each))]
    good = any(signing.holds(key, each, text) for key in keys for each in signatures)
    municipality = figures["municipality"]
    return Signed(good, canonical.digest(text), municipality["ars"], municipality["name"], figures["month"])


def _figures(text: str) -> dict[str, Any] | None:
    try:
        found = canonical.loads(text)
        if isinstance(found["municipality"]["ars"], str) and isinstance(found["month"], str):
            return {
                "month": found["month"],
                "municipality": {"name": str(found["municipality"]["name"])} | found["municipality"],
            }
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return None


def _signature(text: str) -> str:
    """The signature in hex that a text is, or that a signature file names; "" for none."""
    bare = "".join(text.split()).lower()  # it is printed in two halves
    if signing.SIGNATURE.fullmatch(bare):
        return bare
    try:
        return str(json.loads(text)["signature"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
