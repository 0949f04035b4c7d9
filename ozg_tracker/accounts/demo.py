"""The demo municipality's sign-ins, which work for everybody who reads the README, and so only while DEBUG is on."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError
from django.utils.translation import gettext as _

from ozg_tracker.accounts.demo_keys import DEMO_ARS, DEMO_PASSWORD


def demo_sign_ins() -> list[str]:
    """The usernames of active people of the demo municipality who can still sign in with the published password."""
    from ozg_tracker.accounts.models import User  # noqa: PLC0415 (checks are registered before the models are ready)

    people = User.objects.filter(memberships__municipality__ars=DEMO_ARS, is_active=True).order_by("username")
    return [person.username for person in people if check_password(DEMO_PASSWORD, person.password)]


def no_demo_sign_ins(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a deployment in which the published demo sign-ins work."""
    if settings.DEBUG:
        return []
    try:
        names = demo_sign_ins()
    except DatabaseError:
        return []  # no tables yet, so nobody can sign in
    if not names:
        return []
    return [
        Error(
            _("Die Musterstadt hat Zugänge mit veröffentlichtem Passwort: %s.") % ", ".join(names),
            hint=_("Setzen Sie diese Personen inaktiv oder geben Sie ihnen ein neues Passwort."),
            id="accounts.E001",
        )
    ]
