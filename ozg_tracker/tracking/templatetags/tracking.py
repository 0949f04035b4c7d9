"""How tracked rows are written for people."""

from typing import NamedTuple

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.templatetags.ozg import icon, number
from ozg_tracker.tracking.findings.looking import Findings, findings
from ozg_tracker.tracking.findings.rules import Rule, Severity
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.pages.lines import Line
from ozg_tracker.tracking.pages.row_forms import ChangeForm, Choices, text_of
from ozg_tracker.tracking.rounds.standing import Progress, Standing, Unit

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
def round_bar(told: Unit | Standing, large: bool = False) -> SafeString:
    """How much was answered, as one line; dark is the same, light is changed, empty is open."""
    words = _("%(same)s stimmt noch, %(changed)s geändert, %(open)s offen, von %(total)s")
    label = words % {name: number(getattr(told, name)) for name in ("same", "changed", "open", "total")}
    same, changed = (f"{100 * part / (told.total or 1):.1f}%" for part in (told.same, told.changed))
    return format_html(
        '<svg class="ozg-prog{}" role="img" aria-label="{}"><rect class="same" width="{}" height="100%"/>'
        '<rect class="diff" x="{}" width="{}" height="100%"/></svg>',
        " ozg-prog--l" if large else "",
        label,
        same,
        same,
        changed,
    )


_PROGRESS = {
    Progress.SILENT: ("warn", " ozg-state--blocked"),
    Progress.WORKING: ("half", ""),
    Progress.HANDED_IN: ("ok", " ozg-state--done"),
    Progress.RETURNED: ("back", " ozg-state--warn"),
    Progress.ACCEPTED: ("ok", " ozg-state--done"),
}


@register.simple_tag
def unit_state(told: Standing, unit: Unit) -> SafeString:
    """How far a department is, as a picture and words; silence is named, with its days."""
    picture, look = _PROGRESS[unit.progress]
    ended = timezone.localdate(told.end.recorded_at) if told.end else timezone.localdate()
    days = (ended - timezone.localdate(told.round.recorded_at)).days
    at = unit.step.recorded_at if unit.step else unit.last
    silent = ngettext("keine Antwort seit einem Tag", "keine Antwort seit %(days)d Tagen", days)
    sentence = {
        Progress.SILENT: silent if days else _("noch keine Antwort"),
        Progress.WORKING: _("nicht abgegeben, zuletzt %(day)s") if told.end else _("in Arbeit, zuletzt %(day)s"),
        Progress.HANDED_IN: _("abgegeben %(day)s"),
        Progress.RETURNED: _("zurückgegeben %(day)s"),
        Progress.ACCEPTED: _("angenommen %(day)s"),
    }[unit.progress]
    words = {"days": days, "day": date_format(timezone.localtime(at), "d.m.Y") if at else ""}
    return format_html('<span class="ozg-state{}">{}{}</span>', look, icon(picture), sentence % words)


_NAMES = {field.name: field.verbose_name for field in MunicipalService._meta.fields}


@register.filter
def field_names(names: tuple[str, ...]) -> str:
    """The fields of a row in words: "Reifegrad, geplant bis"."""
    return ", ".join(str(_NAMES[name]) for name in names)


@register.simple_tag
def found_in(municipality: Municipality) -> Findings:
    """All findings of a municipality today, for pages of rooms where something is decided with them."""
    return findings(MunicipalService.objects.filter(municipality=municipality), timezone.localdate())
