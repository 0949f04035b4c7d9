"""answer_question: what the administration says to a question of the council, once and for all to read."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.reasons import fitting, given
from ozg_tracker.accounts.access import may
from ozg_tracker.accounts.models import Deed, User
from reports.models import LONGEST_ANSWER, CouncilQuestion, CouncilQuestionStep
from reports.questions.asking import close
from reports.telling.text import clean


def answer_question(question: CouncilQuestion, by: User, text: str) -> CouncilQuestionStep:
    """Answer `question`; both stand in the edition of the month in which the answer is given.

    A ValidationError for who does not coordinate the municipality (`not_allowed`), a text that is missing
    (`reason_required`) or too long (`too_long`), and a question that was answered or withdrawn (`closed`).
    """
    if not may(by, question.municipality, Deed.ANSWER_QUESTIONS):
        raise ValidationError(_("Fragen aus dem Rat beantwortet die OZG-Koordination."), code="not_allowed")
    sentence = _("Bitte schreiben Sie die Antwort. Es wurde nichts gespeichert.")
    answer = fitting(given(clean(text), sentence), LONGEST_ANSWER)
    return close(question, kind=CouncilQuestionStep.Kind.ANSWERED, by=by, text=answer)
