"""What the council asked and what the administration answered, as the edition of the answers' month tells it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from reports.telling import wording
from reports.telling.voices import SECTIONS


class Question(NamedTuple):
    """What it was about, the month of the report it was asked at, whose words are whose and of which day."""

    about: str
    month: str
    asked: str
    text: str
    answered: str
    answer: str


def asked(figures: Mapping[str, Any]) -> list[Question]:
    """The questions answered in the month, in the order of their answers; none in editions of before."""
    return [_question(each) for each in figures.get("asked", [])]


def about(section: str, service: Mapping[str, Any] | None) -> str:
    """The service by its name, or the section by its heading."""
    return str(service["name"]) if service else str(SECTIONS.get(section, section))


def _question(each: Mapping[str, Any]) -> Question:
    month = wording.month(each["month"])
    return Question(
        about=about(each["about"], each["service"]),
        month=month,
        asked=_("Frage aus dem Rat zum Bericht %(month)s, %(day)s")
        % {"month": month, "day": wording.day(each["asked_on"])},
        text=each["text"],
        answered=_("Antwort der Verwaltung, %(day)s") % {"day": wording.day(each["answered_on"])},
        answer=each["answer"],
    )
