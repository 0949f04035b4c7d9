"""What `check --deploy` refuses besides Django's own: an installation that would start and then fail people."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from ozg_tracker import database_errors

MINIMUM_KEY = 50
_SENDS_NOTHING = ("MailsOnScreen", "console.EmailBackend", "dummy.EmailBackend", "locmem.EmailBackend")
_OURSELVES = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 (refused here, bound nowhere)


def fit_for_people(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """One error for each thing that is not ready, with what to do."""
    return [*_debug(), *_key(), *_database(), *_mail(), *_address()]


def _debug() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield Error(_("DEBUG ist an."), hint=_("Setzen Sie DEBUG=False."), id="ozg.E001")


def _key() -> Iterator[CheckMessage]:
    key = settings.SECRET_KEY
    if len(key) < MINIMUM_KEY or len(set(key)) < 5:
        words = {"least": MINIMUM_KEY, "length": len(key)}
        yield Error(
            _("SECRET_KEY ist zu kurz oder zu einfach: %(length)d Zeichen.") % words,
            hint=_("Nehmen Sie mindestens %(least)d zufällige Zeichen, etwa von „openssl rand -base64 48“.") % words,
            id="ozg.E002",
        )


def _database() -> Iterator[CheckMessage]:
    try:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        yield Error(database_errors.sentence(error), id="ozg.E003")
        return
    if missing:
        yield Error(
            _("Die Datenbank ist nicht eingerichtet oder nicht auf dem Stand des Programms: %d Schritte fehlen.")
            % missing,
            hint=_("Führen Sie „manage.py migrate“ aus."),
            id="ozg.E003",
        )


def _mail() -> Iterator[CheckMessage]:
    if settings.EMAIL_BACKEND.endswith(_SENDS_NOTHING):
        yield Error(
            _(
                "Mails verlassen diesen Rechner nicht: Erinnerungen und Links zum Setzen eines Passworts gehen "
                "verloren."
            ),
            hint=_("Setzen Sie EMAIL_URL, etwa smtp+tls://nutzer:passwort@rechner:587."),
            id="ozg.E004",
        )


def _address() -> Iterator[CheckMessage]:
    if (urlsplit(settings.BASE_URL).hostname or "localhost") in _OURSELVES:
        yield Error(
            _("BASE_URL ist %s: Links in Mails und Kalendern führen damit niemanden zu den Seiten.")
            % settings.BASE_URL,
            hint=_("Setzen Sie BASE_URL auf die Adresse der Seiten, wie https://ozg.example.de."),
            id="ozg.E005",
        )
