"""What signing in writes by itself: sign-ins that were refused, and passwords that were set."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_login_failed

from ozg_tracker.accounts.journal.writing import Kind, write
from ozg_tracker.accounts.models import Municipality, User


def listen() -> None:
    """From now on they are written."""
    user_login_failed.connect(_refused, dispatch_uid="journal_of_refused")
    for signal in (password_changed, password_reset, password_set):
        signal.connect(_password_set, dispatch_uid="journal_of_passwords")


def home_of(user: User) -> Municipality | None:
    """The one municipality in which the person has a role; None for several or none: then it is theirs alone."""
    homes = Municipality.objects.filter(memberships__user=user)[:2]
    return homes[0] if len(homes) == 1 else None


def _refused(credentials: dict[str, Any], **kwargs: Any) -> None:
    """A name that nobody has is not kept: people type their password there."""
    person = User.objects.filter(username__iexact=str(credentials.get("username", ""))).first()
    write(Kind.SIGN_IN_FAILED, municipality=home_of(person) if person else None, by=None, person=person)


def _password_set(user: User, **kwargs: Any) -> None:
    write(Kind.ADDRESS, municipality=home_of(user), by=user, person=user, after={"access": "set"})
