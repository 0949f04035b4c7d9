"""sign_edition: the municipality's signature under what it approved, and the keys by which anybody checks it."""

from datetime import datetime

from django.db.models import Min
from django.utils import timezone

from ozg_tracker.accounts.models import Municipality
from reports import signing
from reports.models import Edition, EditionSignature


def sign_edition(edition: Edition) -> EditionSignature | None:
    """Sign the figures of an approved edition once; None where the municipality has no key."""
    key = signing.private_key(edition.municipality.ars)
    if key is None:
        return None
    made, _new = EditionSignature.objects.get_or_create(
        edition=edition,
        defaults={
            "public_key": signing.public_hex(key),
            "signature": key.sign(edition.figures.encode()).hex(),
            "recorded_at": timezone.now(),
        },
    )
    return made


def public_keys(municipality: Municipality) -> list[tuple[str, datetime | None]]:
    """Each key with which it signs or has signed, and since when; one that signed nothing yet is last. One query."""
    used = EditionSignature.objects.filter(edition__municipality=municipality)
    found = list(used.values_list("public_key").annotate(since=Min("recorded_at")).order_by("since", "public_key"))
    held = signing.private_key(municipality.ars)
    if held is not None and signing.public_hex(held) not in dict(found):
        found.append((signing.public_hex(held), None))
    return found
