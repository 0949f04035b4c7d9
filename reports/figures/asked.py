"""What the council asked and the administration answered in a month, without the name of anybody."""

from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from reports import months
from reports.models import CouncilQuestionStep


def asked_in(municipality_id: int, month: date, known_at: datetime) -> list[dict[str, Any]]:
    """The questions whose answer was recorded on a day of `month` (Europe/Berlin) and known at `known_at`, in the order
    of their answers; one query.

    `about` is the section or "service", `month` that of the edition at which it was asked.
    """
    begin, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in (month, months.step(month, 1)))
    answered = CouncilQuestionStep.objects.filter(
        kind=CouncilQuestionStep.Kind.ANSWERED,
        question__municipality=municipality_id,
        recorded_at__gte=begin,
        recorded_at__lt=end,
        recorded_at__lte=known_at,
    )
    related = answered.select_related("question__edition").defer(
        "question__edition__figures", "question__edition__differences"
    )
    return [_told(each) for each in related.order_by("recorded_at", "pk")]


def _told(step: CouncilQuestionStep) -> dict[str, Any]:
    question = step.question
    return {
        "about": question.section or "service",
        "service": question.service,
        "month": months.name(question.edition.month),
        "text": question.text,
        "answer": step.text,
        "asked_on": timezone.localdate(question.recorded_at).isoformat(),
        "answered_on": timezone.localdate(step.recorded_at).isoformat(),
    }
