"""Letters on an edition's way: to leads who may object, to who is to approve, to who submitted it, to the council."""

import logging
import smtplib
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ozg_tracker.accounts import letters
from ozg_tracker.accounts.mailing import one_connection
from ozg_tracker.accounts.models import Department, Membership, Municipality, Role, User
from ozg_tracker.tracking.rows.locks import hold
from reports.models import Edition, EditionStep

log = logging.getLogger(__name__)
_AGAIN = timedelta(hours=1)  # a letter that was begun and not sent is free again


def tell_opened(edition: Edition) -> None:
    text = _(
        "Guten Tag %(name)s,\n\nder Sachstandsbericht %(month)s von %(municipality)s liegt als Entwurf vor. Stimmt"
        " etwas für Ihren Fachbereich nicht? Einwände sind bis %(day)s möglich:\n\n%(link)s"
    )
    day = date_format(edition.object_until, "d.m.Y") if edition.object_until else ""
    _send(_people(edition.municipality, Role.MANAGER), _("Bitte prüfen Sie den Bericht"), text, edition, day=day)


def tell_again(edition: Edition, departments: Collection[Department]) -> None:
    text = _(
        "Guten Tag %(name)s,\n\nzum Sachstandsbericht %(month)s von %(municipality)s fehlt noch die Antwort Ihres"
        " Fachbereichs. Einwände sind bis %(day)s möglich; stimmt alles, dann sagen Sie auch das:\n\n%(link)s"
    )
    day = date_format(edition.object_until, "d.m.Y") if edition.object_until else ""
    leads = _people(edition.municipality, Role.MANAGER, departments)
    _send(leads, _("Ihre Antwort zum Bericht fehlt"), text, edition, page="objections", day=day)


def tell_submitted(edition: Edition) -> None:
    text = _(
        "Guten Tag %(name)s,\n\nder Sachstandsbericht %(month)s von %(municipality)s liegt Ihnen zur Genehmigung"
        " vor:\n\n%(link)s"
    )
    if edition.approver and edition.approver_id != edition.submitted_by_id:
        _send([edition.approver], _("Bericht zur Genehmigung"), text, edition, page="approval")


def tell_returned(edition: Edition, comment: str) -> None:
    text = _(
        "Guten Tag %(name)s,\n\nder Sachstandsbericht %(month)s von %(municipality)s ist zurückgegeben worden:"
        "\n\n%(comment)s\n\n%(link)s"
    )
    last = EditionStep.objects.filter(
        edition__municipality=edition.municipality_id, edition__month=edition.month, kind=EditionStep.Kind.SUBMITTED
    ).last()
    if last and last.by:
        _send([last.by], _("Bericht zurückgegeben"), text, edition, page="review_edition", comment=comment)


def tell_council(municipality: Municipality, now: datetime | None = None) -> int:
    """Write to the council's members of every edition that has become readable and whose letter was asked for; how many
    letters went out. Claimed before it is sent: a second run sends nothing, one that died in between is taken up after
    an hour. Raises NoMailServer where the server does not answer.
    """
    sent = 0
    for edition in _untold(municipality, now or timezone.now()):
        if not _claimed(edition):
            continue
        text = _(
            "Guten Tag %(name)s,\n\nder Sachstandsbericht %(month)s von %(municipality)s ist da:\n\n%(link)s\n\nSie"
            " sehen ihn nach der Anmeldung, auch als PDF."
        )
        written = _written(_people(municipality, Role.COUNCIL), _("Neuer Sachstandsbericht"), text, edition)
        with one_connection() as mailing:
            for letter in written:
                try:
                    mailing.send(letter)
                except smtplib.SMTPException:  # of one address; the others get theirs
                    log.exception("A letter about edition %s was not sent", edition.pk)
                else:
                    sent += 1
        EditionStep.objects.create(edition=edition, kind=EditionStep.Kind.TOLD, recorded_at=timezone.now())
    return sent


@transaction.atomic
def _claimed(edition: Edition) -> bool:
    """Whether this run may write of the edition; of two, one."""
    hold(edition.municipality_id, exclusive=True)
    begun = edition.steps.filter(kind=EditionStep.Kind.TELLING, recorded_at__gt=timezone.now() - _AGAIN)
    if begun.exists():
        return False
    EditionStep.objects.create(edition=edition, kind=EditionStep.Kind.TELLING, recorded_at=timezone.now())
    return True


def _untold(municipality: Municipality, now: datetime) -> QuerySet[Edition]:
    told = EditionStep.objects.filter(edition=OuterRef("pk"), kind=EditionStep.Kind.TOLD)
    return (
        Edition.objects.filter(Edition.published(now), municipality=municipality, tells_council=True)
        .exclude(Exists(told))
        .order_by("month", "number")
        .defer("figures", "differences")
    )


def _people(
    municipality: Municipality, role: Role, departments: Collection[Department] | None = None
) -> QuerySet[User]:
    held = Membership.objects.filter(municipality=municipality, role=role)
    if departments is not None:
        held = held.filter(department__in=departments)
    return User.objects.filter(is_active=True, pk__in=held.values("user"))


def _send(
    people: Iterable[User], subject: str, text: str, edition: Edition, page: str = "edition", **words: str
) -> None:
    letters.send_all(_written(people, subject, text, edition, page, **words))


def _written(
    people: Iterable[User], subject: str, text: str, edition: Edition, page: str = "edition", **words: str
) -> list[EmailMessage]:
    month = date_format(edition.month, "F Y")
    address = reverse(page, args=[edition.month.year, edition.month.month, edition.number])
    link = settings.BASE_URL.rstrip("/") + address
    known = {"month": month, "municipality": edition.municipality.name, "link": link, **words}
    return [
        EmailMessage(f"{subject}: {month}", text % {"name": each, **known}, to=[each.email])
        for each in people
        if each.email
    ]
