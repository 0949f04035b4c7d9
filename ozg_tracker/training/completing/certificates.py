"""The certificate of a training that is done and confirmed, and anybody's check of its number.

A number has 80 random bits: at a thousand guesses a second against a million certificates one is hit in about forty
thousand years, so that whoever has a number has the paper, and guessing needs no further bound. A check is one
look-up by an index.
"""

import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ozg_tracker.training.models import Certificate, TrainingTask
from ozg_tracker.typesetting import typeset

TEMPLATE = Path(__file__).parent.parent / "typst" / "certificate.typ"
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: none that is taken for another
_LENGTH = 16
LONGEST = 60  # characters that are read of a number; with blanks and hyphens it has half as many
_READ_AS = str.maketrans("OIL", "011")


@dataclass(frozen=True)
class CheckedCertificate:
    """What anybody who has the number may know of it. `valid_until` None: for good, or it holds no more."""

    course: str
    completed_on: date
    municipality: str
    name: str
    holds: bool
    valid_until: date | None

    @property
    def validity(self) -> str:
        return _validity(self.valid_until)


@transaction.atomic
def issue_certificate(task: TrainingTask) -> Certificate:
    """The certificate of what the task says now; the same one again while nothing has changed. The door has checked who
    may. ValidationError: `not_done`, `not_confirmed`.
    """
    held = TrainingTask.objects.select_for_update().get(pk=task.pk)
    if held.completed_on is None:
        raise ValidationError(_("Diese Schulung ist nicht als erledigt gemeldet."), code="not_done")
    if not _is_confirmed(held):
        sentence = _("Eine Bescheinigung gibt es, sobald die OZG-Koordination den Nachweis bestätigt hat.")
        raise ValidationError(sentence, code="not_confirmed")
    found, _made = Certificate.objects.get_or_create(
        task=held,
        name=str(held.person),
        course=held.course.title,
        completed_on=held.completed_on,
        defaults={"number": _number(), "issued_at": timezone.now()},
    )
    return found


def certificate_pdf(certificate: Certificate) -> bytes:
    """The paper, German, on one page."""
    with translation.override(settings.LANGUAGE_CODE):
        return typeset(TEMPLATE, _print_data(certificate), int(certificate.issued_at.timestamp()))


def check_certificate(number: str) -> CheckedCertificate | None:
    """What stands behind the number as it was typed; None where there is none. One query."""
    typed = "".join(each for each in number.upper().translate(_READ_AS) if each.isalnum())
    if len(typed) != _LENGTH:
        return None
    shown = Certificate.objects.select_related("task__municipality", "task__completion")
    found = shown.filter(number=typed).first()
    if found is None:
        return None
    holds = found.task.completed_on == found.completed_on and _is_confirmed(found.task)
    municipality, until = found.task.municipality.name, found.task.renews_on if holds else None
    return CheckedCertificate(found.course, found.completed_on, municipality, found.name, holds, until)


def in_groups(number: str) -> str:
    """As it is printed: "7K3M-…"."""
    return "-".join(number[at : at + 4] for at in range(0, len(number), 4))


def _number() -> str:
    return "".join(secrets.choice(_LETTERS) for _each in range(_LENGTH))


def _is_confirmed(task: TrainingTask) -> bool:
    """Whether what was reported stands and was looked at, or seen by who led the date."""
    completion = getattr(task, "completion", None)
    return completion is not None and completion.confirmed_on is not None


def _validity(until: date | None) -> str:
    """As the paper says it."""
    if until is None:
        return _("Gilt unbefristet.")
    return _("Wieder zu erledigen bis %(day)s.") % {"day": f"{until:%d.%m.%Y}"}


def _print_data(certificate: Certificate) -> dict[str, Any]:
    task = certificate.task
    course = task.course
    words = {"course": certificate.course, "day": f"{certificate.completed_on:%d.%m.%Y}"}
    address = f"{settings.BASE_URL.rstrip('/')}{reverse('check_certificate')}"
    return {
        "title": _("Teilnahmebescheinigung"),
        "description": _("Bescheinigung über die Schulung „%(course)s“ vom %(day)s") % words,
        "municipality": task.municipality.name,
        "name": certificate.name,
        "did": _("hat die Schulung"),
        "course": certificate.course,
        "when": _("am %(day)s abgeschlossen.") % words,
        "content_heading": _("Inhalt"),
        "content": [line for line in course.description.splitlines() if line.strip()],
        "length_heading": _("Umfang und Gültigkeit"),
        "length": course.length,
        "until": _validity(task.renews_on),
        "place": f"{task.municipality.name}, {timezone.localdate(certificate.issued_at):%d.%m.%Y}",
        "number_heading": _("Nummer"),
        "number": in_groups(certificate.number),
        "check_heading": _("Prüfen unter"),
        "address": address,
        "link": f"{address}?number={certificate.number}",
        "footer": _("Maschinell erstellt, ohne Unterschrift gültig. Die Prüfseite sagt, ob die Bescheinigung gilt."),
    }
