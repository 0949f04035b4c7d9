"""The questions about a month as its readers see them, and those that wait for an answer."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Municipality, User
from reports.models import CouncilQuestion, CouncilQuestionQuerySet, Edition
from reports.telling.voices import SECTIONS

_HEAVY = ("edition__figures", "edition__differences")


@dataclass(frozen=True)
class Asked:
    """A question without the name of who asked it; `own`: by whoever reads this."""

    question: CouncilQuestion
    about: str
    own: bool

    @property
    def answer(self) -> str:
        return self.question.step.text if self.answered else ""

    @property
    def answered(self) -> bool:
        return hasattr(self.question, "step")

    @property
    def place(self) -> str:
        """Its section, or how addresses call its service."""
        return self.question.section or self.question.service_key or self.question.service_name


def open_questions(municipality: Municipality) -> CouncilQuestionQuerySet:
    """Neither answered nor withdrawn, the oldest first."""
    return CouncilQuestion.objects.open().filter(municipality=municipality).select_related("edition").defer(*_HEAVY)


def questions_of(edition: Edition) -> CouncilQuestionQuerySet:
    """Those about the month of `edition`, whichever of its editions they were asked at, the oldest first; none that was
    withdrawn.
    """
    found = CouncilQuestion.objects.standing().filter(edition__municipality=edition.municipality_id)
    return found.filter(edition__month=edition.month).select_related("edition", "step").defer(*_HEAVY)


def asked_about(edition: Edition, wanted: str) -> CouncilQuestionQuerySet:
    """Of `questions_of` those about the service that addresses call `wanted`: its key, or its name without one."""
    by_name = Q(service_key="", service_name=wanted) & ~Q(service_name="")
    return questions_of(edition).filter(Q(service_key=wanted) & ~Q(service_key="") | by_name)


def told(questions: Iterable[CouncilQuestion], reader: User) -> list[Asked]:
    return [Asked(each, about(each), each.asked_by_id == reader.pk) for each in questions]


def about(question: CouncilQuestion) -> str:
    """The section in words, or the service."""
    return question.service_name or str(SECTIONS.get(question.section, _("Bericht")))
