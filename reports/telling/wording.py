"""How a report writes numbers, rates, months and days. German is the source language; sentences are made of these.

A figure that is a whole stays a whole: 100 % and 0 % are printed only when they are exact.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ozg_tracker.tracking.models import Channel
from reports import months

NARROW = "\u202f"  # narrow space that does not break: between a figure and its unit
MINUS = "−"
NO_VALUE = "–"
_STRONG, _LEADS = ("\x02", "\x03"), "\x04"  # never in data: control characters are cleaned before anything is worded


def number(count: int) -> str:
    """12345 → "12.345"."""
    return number_format(count, use_l10n=True, force_grouping=True)


def signed(count: int) -> str:
    """8 → "+8", -3 → "−3", 0 → "±0"."""
    sign = "±" if count == 0 else "+" if count > 0 else MINUS
    return sign + number(abs(count))


def tenths(numerator: int, denominator: int, scale: int = 1000) -> int:
    """`numerator` ÷ `denominator` × `scale`, rounded half up, from whole numbers alone."""
    return (2 * scale * numerator + denominator) // (2 * denominator)


def rate(numerator: int, denominator: int) -> int | None:
    """The rate in tenths of a per cent; never 0 or 1000 unless exact; None where there is nothing to divide by."""
    if denominator <= 0:
        return None
    if numerator in (0, denominator):
        return 0 if numerator == 0 else 1000
    return min(max(tenths(numerator, denominator), 1), 999)


def percent(numerator: int, denominator: int) -> str:
    """179, 612 → "29,2 %"; "–" where there is nothing to divide by."""
    exact = rate(numerator, denominator)
    return NO_VALUE if exact is None else percent_of(exact)


def percent_of(exact: int) -> str:
    """A rate in tenths of a per cent: 292 → "29,2 %"."""
    return f"{percent_figure(exact)}{NARROW}%"


def percent_figure(exact: int) -> str:
    """A rate in tenths of a per cent without its unit: 292 → "29,2", 1000 → "100"."""
    return str(exact // 10) if exact in (0, 1000) else one_decimal(exact)


def one_decimal(in_tenths: int) -> str:
    """19 → "1,9"."""
    whole, tenth = divmod(in_tenths, 10)
    return f"{number(whole)}{_decimal_mark()}{tenth}"


def pace(numerator: int, denominator: int) -> tuple[int, str]:
    """So many a month: in tenths, and in words with a decimal only where it is not whole."""
    found = tenths(numerator, denominator, 10)
    return found, number(found // 10) if found % 10 == 0 else one_decimal(found)


def _decimal_mark() -> str:
    return number_format("0.5", decimal_pos=1)[1]


def of(numerator: int, denominator: int) -> str:
    """ "179 von 612"."""
    return _("%(part)s von %(whole)s") % {"part": number(numerator), "whole": number(denominator)}


def channels(told: Mapping[str, int]) -> str:
    """The cases of a service by channel: „online 120, vor Ort 30, Post 0, Telefon 0, E-Mail 4 (hochgerechnet)“."""
    numbers = ", ".join(f"{label} {number(told[channel])}" for channel, label in Channel.choices)
    return _("%(numbers)s (hochgerechnet)") % {"numbers": numbers} if told["extrapolated"] else numbers


def of_known(numerator: int | None, denominator: int | None) -> str:
    """The same, or that it is unknown: never 0 of 0 for what nobody can count."""
    return _("unbekannt") if numerator is None or denominator is None else of(numerator, denominator)


def services(count: int) -> str:
    """ "1 Leistung", "612 Leistungen"."""
    return ngettext("%(n)s Leistung", "%(n)s Leistungen", count) % {"n": number(count)}


def month(name: str) -> str:
    """ "2026-10" → "Oktober 2026"."""
    return date_format(months.parse(name), "F Y")


def month_alone(name: str) -> str:
    return date_format(months.parse(name), "F")


def month_short(name: str) -> str:
    """ "2026-10" → "Okt"."""
    return date_format(months.parse(name), "b").capitalize()


def month_span(first: str, last: str) -> str:
    """ "April bis Oktober 2031", "November 2031 bis Mai 2032", or one month alone."""
    if first == last:
        return month(first)
    start = month_alone(first) if first[:4] == last[:4] else month(first)
    return _("%(first)s bis %(last)s") % {"first": start, "last": month(last)}


def day(text: str) -> str:
    """ "2022-12-31" → "31.12.2022"."""
    return date_format(date.fromisoformat(text), "d.m.Y")


def instant(moment: datetime | str) -> str:
    """An instant in Berlin's time: "09.11.2026, 08:15 Uhr"."""
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return _("%(day)s, %(time)s Uhr") % {
        "day": date_format(timezone.localtime(when), "d.m.Y"),
        "time": date_format(timezone.localtime(when), "H:i"),
    }


def days_left(days: int) -> str:
    """ "noch 242 Tage", "läuft am Stichtag ab", "seit 1.400 Tagen abgelaufen"."""
    if days == 0:
        return _("läuft am Stichtag ab")
    if days > 0:
        return ngettext("noch %(n)s Tag", "noch %(n)s Tage", days) % {"n": number(days)}
    return ngettext("seit %(n)s Tag abgelaufen", "seit %(n)s Tagen abgelaufen", -days) % {"n": number(-days)}


def level(step: int | None) -> str:
    """A level's number, or the word for none."""
    return _("nicht bewertet") if step is None else str(step)


def step(before: int | None, after: int | None) -> str:
    """ "2 → 3"."""
    return f"{level(before)} → {level(after)}"


def ready_levels(conform_level: int, levels: Mapping[str, Any]) -> str:
    """The levels that are ready, as people say it: "Reifegrad 3 oder 4", "Reifegrad 3 bis 7"."""
    steps = [number for number in sorted(map(int, levels)) if number >= conform_level] or [conform_level]
    words = {1: _("Reifegrad %(low)s"), 2: _("Reifegrad %(low)s oder %(high)s")}
    sentence = words.get(len(steps), _("Reifegrad %(low)s bis %(high)s"))
    return sentence % {"low": steps[0], "high": steps[-1]}


def listed(parts: Sequence[str]) -> str:
    """ "a", "a und b", "a, b und c"."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s und %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def more(count: int) -> str:
    """What stands below a list that was cut."""
    return ngettext("… und %(n)s weitere, siehe Arbeitsmappe", "… und %(n)s weitere, siehe Arbeitsmappe", count) % {
        "n": number(count)
    }


def share(part: int, whole: int) -> str:
    """A rate as people say it, as the start of a sentence: "Knapp drei von zehn Leistungen sind fertig"."""
    if whole == 0:
        return _("Es gibt keine Leistung, die zählt")
    if part in (0, whole):
        return _("Keine Leistung ist fertig") if part == 0 else _("Alle Leistungen sind fertig")
    near = tenths(part, whole, 10)
    if whole < 20 or near in (0, 10):
        return ngettext(
            "%(part)s von %(whole)s Leistungen ist fertig", "%(part)s von %(whole)s Leistungen sind fertig", part
        ) % {"part": number(part), "whole": number(whole)}
    return _about(part * 10 - near * whole) % {"share": _TENTHS[near - 1]()}


def _about(beyond: int) -> str:
    """The word for a share that lies below, at or beyond the tenth it is named by."""
    if beyond == 0:
        return pgettext("Anteil genau", "Genau %(share)s")
    return pgettext("Anteil darunter", "Knapp %(share)s") if beyond < 0 else pgettext("Anteil darüber", "Gut %(share)s")


_TENTHS = (
    lambda: _("eine von zehn Leistungen ist fertig"),
    lambda: _("zwei von zehn Leistungen sind fertig"),
    lambda: _("drei von zehn Leistungen sind fertig"),
    lambda: _("vier von zehn Leistungen sind fertig"),
    lambda: _("die Hälfte der Leistungen ist fertig"),
    lambda: _("sechs von zehn Leistungen sind fertig"),
    lambda: _("sieben von zehn Leistungen sind fertig"),
    lambda: _("acht von zehn Leistungen sind fertig"),
    lambda: _("neun von zehn Leistungen sind fertig"),
)


def strong(text: str, query: str = "") -> str:
    """`text` marked to be printed bold, and to lead to the list of `query`; `spans` reads the marks."""
    return f"{_STRONG[0]}{query}{_LEADS}{text}{_STRONG[1]}"


def spans(text: str) -> list[dict[str, Any]]:
    """A sentence with `strong` parts as pieces in order: {"text", "strong", "query"}."""
    found = []
    for index, part in enumerate(re.split(f"{_STRONG[0]}([^{_STRONG[1]}]*){_STRONG[1]}", text)):
        query, _leads, words = part.rpartition(_LEADS)
        found.append({"text": words, "strong": index % 2 == 1, "query": query})
    return [each for each in found if each["text"]]


def plain(text: str) -> str:
    """A sentence without the marks of `strong`."""
    return "".join(each["text"] for each in spans(text))
