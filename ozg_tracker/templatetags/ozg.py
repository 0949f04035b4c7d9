"""How every page writes icons, states, levels and numbers. Knows no domain: it is given words and numbers."""

from collections.abc import Iterable

from django import template
from django.conf import settings
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

register = template.Library()

ICONS = {
    "ok": "M9.5 17.6 4 12.1l1.8-1.8 3.7 3.7 8.7-8.7L20 7.1z",
    "stop": "M8 2h8l6 6v8l-6 6H8l-6-6V8zm-1 9v2h10v-2z",
    "warn": "M12 2 1 21h22zm-1 7h2v6h-2zm0 8h2v2h-2z",
    "info": "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1 5h2v2h-2zm0 4h2v6h-2z",
    "open": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 2.2a6.8 6.8 0 1 1 0 13.6 6.8 6.8 0 0 1 0-13.6z",
    "half": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 2.2v13.6a6.8 6.8 0 0 1 0-13.6z",
    "calendar": "M7 2v2H5a2 2 0 0 0-2 2v14h18V6a2 2 0 0 0-2-2h-2V2h-2v2H9V2zm-2 8h14v8H5z",
    "paste": "M9 2h6v2h4v18H5V4h4zm1 6v2h8V8zm0 4v2h8v-2zm0 4v2h5v-2z",
    "download": "M11 3h2v9l3-3 1.4 1.4L12 16l-5.4-5.6L8 9l3 3zM4 18h16v2H4z",
    "back": "M9 5 3 11l6 6v-4h6a3 3 0 0 1 0 6h-3v2h3a5 5 0 0 0 0-10H9z",
    "lock": "M8 10V7a4 4 0 0 1 8 0v3h2v11H6V10zm2 0h4V7a2 2 0 0 0-4 0z",
}
STATE_ICONS = {"open": "open", "planned": "calendar", "in_progress": "half", "done": "ok", "blocked": "stop"}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture beside a word; it says nothing alone, so screen readers skip it."""
    return format_html(
        '<svg class="ozg-i" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '<path fill-rule="evenodd" d="{}"/></svg>',
        ICONS[name],
    )


@register.simple_tag
def german() -> SafeString:
    """For an element whose text is German whatever the page speaks (names, what people wrote): <th{% german %}>."""
    if get_language() == settings.LANGUAGE_CODE:
        return SafeString("")
    return format_html(' lang="{}"', settings.LANGUAGE_CODE)


@register.simple_tag
def state(value: str, label: str) -> SafeString:
    """Umsetzungsstand with its icon, e.g. {% state row.state row.get_state_display %}; one that is not known any more,
    as a frozen month may hold it, has none."""
    kind = {"done": " ozg-state--done", "blocked": " ozg-state--blocked"}.get(value, "")
    return format_html(
        '<span class="ozg-state{}">{}{}</span>', kind, icon(STATE_ICONS[value]) if value in STATE_ICONS else "", label
    )


@register.simple_tag
def level(number: int | str | None, name: str = "") -> SafeString:
    """Reifegrad as a swatch with its number and name; none is "nicht bewertet" and hatched."""
    if number in (None, ""):  # "" is what a template makes of row.level.number where there is no level
        return format_html(
            '<span class="ozg-level"><b class="ln" aria-hidden="true">–</b>{}</span>', _("nicht bewertet")
        )
    if not name:
        words = _("Reifegrad")
        return format_html(
            '<span class="ozg-level"><span class="kern-sr-only">{} </span><b class="l{}">{}</b></span>',
            words,
            number,
            number,
        )
    return format_html('<span class="ozg-level"><b class="l{}">{}</b>{}</span>', number, number, name)


@register.filter
def level_class(number: int | str | None) -> str:
    """The class that colours a level's swatch."""
    return "ln" if number in (None, "") else f"l{number}"


@register.filter
def number(value: int | None) -> str:
    """A whole number in German groups, "1.240"; none is a dash."""
    return "–" if value is None else number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def webcal(address: str) -> str:
    """An address that a calendar program opens to subscribe to it."""
    return f"webcal://{address.split('://', 1)[-1]}"


@register.filter
def raw(value: object) -> str:
    """A value for a machine (an id, a version), without German dots."""
    return "" if value is None else str(value)


@register.simple_tag
def level_bar(counts: Iterable[tuple[int | None, int]]) -> SafeString:
    """A stacked bar of `counts` (level number or none, how many); all values stand in its label.

    A segment is never thinner than 1 % of the bar, so that it can be seen; the label has the true figures.
    """
    shown = [(number, count) for number, count in counts if count]
    total = sum(count for _number, count in shown)
    shares = [max(count / total, 0.01) for _number, count in shown]
    scale = 100 / sum(shares) if shares else 0
    words = ", ".join(
        f"{count} {_('nicht bewertet') if number is None else _('Reifegrad') + f' {number}'}" for number, count in shown
    )
    label = ngettext("%(total)s Leistung: %(words)s", "%(total)s Leistungen: %(words)s", total) % {
        "total": total,
        "words": words or "–",
    }
    at = 0.0
    segments = []
    for (number, _count), share in zip(shown, shares, strict=True):
        segments.append(_segment(number, at, share * scale))
        at += share * scale
    return format_html(
        '<svg class="ozg-bar" role="img" aria-label="{}">{}</svg>',
        label,
        format_html_join("", "{}", ((segment,) for segment in segments)),
    )


def _segment(number: int | None, at: float, width: float) -> SafeString:
    place = format_html('x="{}%" width="{}%"', f"{at:.3f}", f"{width:.3f}")
    if number is None:
        drawn = mark_safe('<rect class="lu"/><rect fill="url(#ozg-hatch)"/>')
    else:
        drawn = format_html('<rect class="l{}"/>', number)
    return format_html('<svg {} height="100%">{}</svg>', place, drawn)
