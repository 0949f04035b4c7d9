"""What the pages of an edition show of the council's questions."""

from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from reports.models import CouncilQuestionQuerySet, Edition
from reports.questions.reading import Asked, told
from reports.telling.voices import SECTIONS


def asked_by_section(request: MunicipalityRequest, found: CouncilQuestionQuerySet) -> dict[str, list[Asked]]:
    """The questions about each section, for the page of an edition."""
    every = told(found.filter(service_name=""), request.user)
    return {section: [each for each in every if each.question.section == section] for section in SECTIONS}


def asks(request: MunicipalityRequest, edition: Edition) -> bool:
    """Whether the person may ask something about the edition."""
    return request.membership is not None and Deed.ASK_QUESTIONS in request.membership.deeds and edition.is_published
