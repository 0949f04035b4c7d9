"""Personal keys for programs: shown once, stored as SHA-256, revocable. Sent as `Authorization: Bearer …`."""

import hashlib
import secrets

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.journal.sign_ins import home_of
from ozg_tracker.accounts.models import Token, User

_BYTES = 32  # beyond guessing, so that a plain hash without salt is enough


@transaction.atomic
def create_token(user: User, *, by: User | None = None) -> str:
    """A new key of `user`, in plain text for this one time. ValidationError `left` for a person who has left."""
    if not user.is_active:
        raise ValidationError(
            _("„%(user)s“ ist stillgelegt und bekommt deshalb keinen Zugangsschlüssel."),
            code="left",
            params={"user": user.username},
        )
    plain = secrets.token_urlsafe(_BYTES)
    Token.objects.create(user=user, digest=_digest(plain))
    journal.write(journal.Kind.KEY, municipality=home_of(user), by=by, person=user, after={"active": "yes"})
    return plain


def user_of_token(plain: str) -> User | None:
    """Whose key this is; none for an unknown or revoked key, or when the person has left."""
    return User.objects.filter(tokens__digest=_digest(plain), tokens__revoked_at=None, is_active=True).first()


@transaction.atomic
def revoke_token(token: Token, *, by: User | None = None) -> None:
    """From now on the key opens nothing. Revoking twice keeps the first moment."""
    if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        journal.write(
            journal.Kind.KEY,
            municipality=home_of(token.user),
            by=by,
            person=token.user,
            before={"active": "yes"},
            after={"active": "no"},
        )


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
