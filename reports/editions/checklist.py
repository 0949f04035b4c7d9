"""What was looked at before an edition was submitted, beside the month's figures: the data of that day, objections."""

from typing import Any

from django.utils import timezone

from ozg_tracker.tracking.findings.looking import findings
from ozg_tracker.tracking.models import MunicipalService
from reports.editions.answers import answers_of
from reports.editions.texts import raw_figures
from reports.models import Edition
from reports.questions.reading import open_questions


def looked_at(edition: Edition) -> list[dict[str, Any]]:
    """`{"code", "count"}` of what there is now: findings of the data that the month does not count itself, the gravest
    first, and what the departments said. Constant queries.
    """
    counted = {each["code"] for each in raw_figures(edition)["quality"]}
    rows = MunicipalService.objects.filter(municipality=edition.municipality_id)
    found = [(each.rule.code, each.count) for each in findings(rows, timezone.localdate()).present]
    seen = [(code, count) for code, count in found if code not in counted]
    if edition.object_until:
        answers = answers_of(edition)
        unanswered = sum(each.unanswered for each in answers)
        raised = sum(len(each.objections) for each in answers)
        silent = sum(1 for each in answers if not each.given)
        said = {"objections_answered": raised - unanswered, "objections_open": unanswered, "departments_silent": silent}
        seen += said.items()
    seen.append(("questions_open", open_questions(edition.municipality).count()))
    return [{"code": code, "count": count} for code, count in seen if count]
