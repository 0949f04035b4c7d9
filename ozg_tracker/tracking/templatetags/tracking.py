"""How tracked rows are written for people."""

from typing import NamedTuple

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.templatetags.ozg import icon
from ozg_tracker.tracking.findings.looking import Findings, findings
from ozg_tracker.tracking.findings.rules import Rule, Severity
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.pages.lines import Line
from ozg_tracker.tracking.pages.row_forms import ChangeForm, Choices, text_of

register = template.Library()


class ShownClash(NamedTuple):
    field: str
    label: str
    mine_raw: str
    mine: str
    stored: str


@register.filter
def clashes(line: Line, choices: Choices) -> list[ShownClash]:
    """The fields of `line` that two people changed, both values in words."""
    return [
        ShownClash(
            field,
            str(ChangeForm.base_fields[field].label),
            text_of(clash.mine),
            choices.words(field, clash.mine),
            choices.words(field, clash.stored),
        )
        for field, clash in line.clashes.items()
    ]


_SHOWN = {
    Severity.ERROR: ("stop", "ozg-sev--3"),
    Severity.WARNING: ("warn", "ozg-sev--2"),
    Severity.HINT: ("info", "ozg-sev--1"),
}


@register.simple_tag
def severity(value: Severity) -> SafeString:
    """How grave a finding is, as a picture and a word."""
    picture, look = _SHOWN[value]
    return format_html('<span class="ozg-sev {}">{}{}</span>', look, icon(picture), value.label)


@register.simple_tag
def hint(rule: Rule) -> str:
    """What a finding means, in a sentence."""
    return str(rule.hint) % {"months": settings.CONFIRM_AFTER_MONTHS} if "%(" in str(rule.hint) else str(rule.hint)


@register.simple_tag
def found_in(municipality: Municipality) -> Findings:
    """All findings of a municipality today, for pages of rooms where something is decided with them."""
    return findings(MunicipalService.objects.filter(municipality=municipality), timezone.localdate())
