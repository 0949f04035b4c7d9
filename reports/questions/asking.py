"""ask_question, withdraw_question: the one thing that a member of the council writes."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.reasons import fitting, given
from ozg_tracker.accounts.access import may
from ozg_tracker.accounts.models import Deed, User
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.locks import hold
from reports.models import LONGEST_QUESTION, CouncilQuestion, CouncilQuestionStep, Edition
from reports.telling.services import called
from reports.telling.text import clean, cleaned
from reports.telling.voices import SECTIONS


def service_of(edition: Edition, wanted: str) -> dict[str, Any] | None:
    """The service of the edition that an address calls `wanted`; None where it has none."""
    listed = cleaned(edition.figures).get("services", [])
    return next((each for each in listed if called(each) == wanted), None)


@transaction.atomic
def ask_question(edition: Edition, by: User, text: str, *, section: str = "", service: str = "") -> CouncilQuestion:
    """Ask about a section of a published edition, or about one of its services (its key, or its name without one).

    The same question asked twice is one, as long as nobody has answered it. A ValidationError for who is no member of
    the council (`not_allowed`), an edition the council cannot read (`not_published`), a place the edition does not have
    (`unknown`), and a text that is missing (`reason_required`) or too long (`too_long`).
    """
    if not may(by, edition.municipality, Deed.ASK_QUESTIONS):
        raise ValidationError(_("Fragen an den Bericht stellen die Mitglieder des Rates."), code="not_allowed")
    hold(edition.municipality_id, exclusive=True)
    if not Edition.objects.filter(Edition.published(), pk=edition.pk).exists():
        sentence = _("Fragen stellen können Sie zu einem veröffentlichten Bericht. Bitte laden Sie neu.")
        raise ValidationError(sentence, code="not_published")
    sentence = _("Bitte schreiben Sie Ihre Frage. Es wurde nichts gespeichert.")
    asked = fitting(given(clean(text), sentence), LONGEST_QUESTION)
    place = _place(edition, section, service)
    same = CouncilQuestion.objects.open().filter(edition=edition, asked_by=by, text=asked, **place)
    found = same.first()
    return found or CouncilQuestion.objects.create(
        municipality_id=edition.municipality_id,
        edition=edition,
        text=asked,
        asked_by=by,
        recorded_at=timezone.now(),
        **place,
    )


def withdraw_question(question: CouncilQuestion, by: User) -> CouncilQuestionStep:
    """Take back what one has asked, before it is answered; it is then shown nowhere.

    A ValidationError for anybody else (`not_allowed`), and for a question that is closed (`closed`).
    """
    if question.asked_by_id != by.pk:
        raise ValidationError(_("Zurückziehen kann eine Frage nur, wer sie gestellt hat."), code="not_allowed")
    return close(question, kind=CouncilQuestionStep.Kind.WITHDRAWN, by=by)


def close(question: CouncilQuestion, **fields: Any) -> CouncilQuestionStep:
    """Say once what became of the question; of two at the same time one is refused by the database (`closed`)."""
    try:
        with transaction.atomic():
            hold(question.municipality_id, exclusive=True)
            return CouncilQuestionStep.objects.create(question=question, recorded_at=timezone.now(), **fields)
    except IntegrityError as error:
        sentence = _("Diese Frage ist schon beantwortet oder zurückgezogen. Es wurde nichts geändert.")
        raise ValidationError(sentence, code="closed") from error


def _place(edition: Edition, section: str, service: str) -> Mapping[str, Any]:
    """What the question is about, as the row keeps it."""
    if section in SECTIONS and not service:
        return {"section": section}
    found = service_of(edition, service) if service and not section else None
    if found is None:
        sentence = _("Diesen Abschnitt oder diese Leistung gibt es in der Ausgabe nicht. Bitte laden Sie neu.")
        raise ValidationError(sentence, code="unknown")
    key, name = found["key"] or "", found["name"]
    rows = MunicipalService.objects.filter(municipality=edition.municipality_id)
    rows = rows.filter(service__key=key) if key else rows.filter(service__name=name)
    return {
        "service_key": key,
        "service_ozg_id": found["ozg_id"] or "",
        "service_name": name,
        "row": rows.order_by("pk").first(),
    }
