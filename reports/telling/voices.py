"""What the administration itself says in a report: comments on sections, marked as such, and why findings stay."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.telling import wording

# the sections that can have a comment, as the figures name them, in the order of the report
SECTIONS = {
    "online": gettext_lazy("Was ist online?"),
    "moved": gettext_lazy("Was hat sich bewegt und warum?"),
    "late": gettext_lazy("Was ist zu spät?"),
    "done": gettext_lazy("Als Nächstes"),
    "training": gettext_lazy("Schulungen"),
}


class Voice(NamedTuple):
    """Whose words these are and of which day, and the words."""

    label: str
    text: str


def voices(figures: Mapping[str, Any]) -> dict[str, Voice]:
    """The comments by section."""
    return {each["section"]: Voice(_label(each["on"]), each["text"]) for each in figures.get("comments", [])}


def staying(figures: Mapping[str, Any]) -> dict[str, str]:
    """Why a finding stays, by its code; only where somebody said so."""
    return {each["code"]: each["because"] for each in figures.get("checklist", []) if each["because"]}


def also_seen(figures: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What was looked at when the edition was submitted, beside what the month itself counts."""
    counted = {each["code"] for each in figures["quality"]}
    return [each for each in figures.get("checklist", []) if each["code"] not in counted]


def _label(on: str) -> str:
    return _("Anmerkung der Verwaltung, %(day)s") % {"day": wording.day(on)}
