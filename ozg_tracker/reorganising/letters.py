"""Letters to those whom a reorganisation gave another department, once it is through; one that fails is logged."""

import logging
from functools import partial

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import MembershipEvent, Reorganisation

log = logging.getLogger(__name__)
MOST = 1_000  # letters at once; where more people move, everybody knows


def tell_moved(deed: Reorganisation) -> int:
    """Write to everybody whom `deed` moved and who has an address; says to how many. One query."""
    if not deed.people or deed.people > MOST:
        return 0
    moved = MembershipEvent.objects.filter(municipality=deed.municipality_id, recorded_at=deed.recorded_at)
    moved = moved.filter(effective_on=deed.effective_on).exclude(user__email="").exclude(department=None)
    text = _(
        "Guten Tag %(name)s,\n\nab %(day)s gehören Sie zu: %(department)s. Ihre Rolle: %(role)s. Ihre Leistungen "
        "bleiben.\n\nGrund: %(reason)s\n\nStimmt das nicht? Dann melden Sie sich bitte bei Ihrer OZG-Koordination."
    )
    day = date_format(deed.effective_on, "d.m.Y")
    letters = []
    for each in moved.select_related("user", "department"):
        words = {
            "name": each.user,
            "day": day,
            "department": each.department,
            "role": each.get_role_display(),
            "reason": deed.reason or "–",
        }
        letters.append(EmailMessage(_("Ihr Fachbereich im OZG-Tracker"), text % words, to=[each.user.email]))
    transaction.on_commit(partial(_send, letters))
    return len(letters)


def _send(letters: list[EmailMessage]) -> None:
    try:
        get_connection().send_messages(letters)
    except Exception:  # whatever a mail server does, what was decided holds
        log.exception("Letters about a reorganisation were not sent")
