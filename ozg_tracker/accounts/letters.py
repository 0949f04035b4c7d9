"""Letters to people about their own account: sent once what they tell has happened; one that fails is logged."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Department, Membership, Municipality, Role, User

log = logging.getLogger(__name__)


def send(to: str, subject: str, body: str) -> None:
    """Send a letter when the transaction is through; nothing to do without an address."""
    send_all([EmailMessage(subject, body, to=[to])] if to else [])


def send_all(letters: Sequence[EmailMessage]) -> None:
    """The same for many, by one connection; one that cannot be sent keeps none of the others."""
    if letters:
        transaction.on_commit(lambda: _send(letters))


def tell_role(membership: Membership, role: str, department: Department | None, effective_on: date | None) -> None:
    """Tell the person by mail what the person is from then on, so that nobody's rights change in silence."""
    name = department.name if department else ""
    send_all(about_role(membership.user, membership.municipality, role, name, effective_on or timezone.localdate()))


def about_role(user: User, municipality: Municipality, role: str, department: str, day: date) -> list[EmailMessage]:
    """The letter that tells it; none without an address."""
    text = _(
        "Guten Tag %(name)s,\n\nab %(day)s gilt für Sie in %(municipality)s: %(role)s.\n\nStimmt das nicht? Dann melden"
        " Sie sich bitte bei Ihrer OZG-Koordination."
    )
    parts = [str(Role(role).label) if role else _("keine Rolle mehr"), department]
    words = {
        "name": user,
        "day": date_format(day, "d.m.Y"),
        "municipality": municipality,
        "role": ", ".join(filter(None, parts)),
    }
    return [EmailMessage(_("Ihre Rolle im OZG-Tracker"), text % words, to=[user.email])] if user.email else []


def invitation(user: User, municipality: Municipality, link: str) -> EmailMessage:
    """The way to a first password, for who was taken in."""
    text = _(
        "Guten Tag %(name)s,\n\nSie können sich jetzt im OZG-Tracker von %(municipality)s anmelden. Ihr Benutzername"
        " ist %(username)s. Unter diesem Link setzen Sie Ihr Passwort; er gilt drei Tage und einmal:\n\n%(link)s\n\n"
        "Haben Sie damit nichts zu tun? Dann müssen Sie nichts tun."
    )
    words = {"name": user, "municipality": municipality, "username": user.username, "link": link}
    return EmailMessage(_("Ihr Zugang zum OZG-Tracker"), text % words, to=[user.email])


def _send(letters: Sequence[EmailMessage]) -> None:
    try:
        connection = get_connection()
        connection.open()
    except Exception:  # whatever a mail server does, what was decided holds
        log.exception("Letters about accounts were not sent: %d", len(letters))
        return
    for letter in letters:
        letter.connection = connection
        try:
            letter.send()
        except Exception:  # the same for one of them
            log.exception("A letter about an account was not sent")
    with suppress(Exception):
        connection.close()
