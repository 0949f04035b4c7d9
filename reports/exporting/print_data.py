"""What the PDF's template prints: texts, whole lists of texts, pictures with their alternative texts."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from ozg_tracker.typesetting import FONTS
from reports.exporting.print_words import print_words
from reports.models import Edition
from reports.telling import labels, wording
from reports.telling.content import Report
from reports.telling.levels import Part
from reports.telling.lists import moves
from reports.telling.text import cleaned, printable

Led = Callable[[str, str], dict[str, str]]  # a number, and the query of the list that it was counted from
FONT = FONTS / "FiraSans-Regular.ttf"
_LONG_WORD = re.compile(r"\w{28}(?=\w{8})")  # longer than a column is wide
_HASH = re.compile("[0-9a-f]{64}( [0-9a-f]{64})?")  # or a signature, in its two halves
_LEFT_OFF = re.compile(r"(?<=\s-)(?=\w)")  # "Führung & -entwicklung": the hyphen stays with its word
_AS_IT_IS = ("svg", "swatch", "address")  # pictures, and where a link leads
MOST_DIFFERENCES, MOST_CORRECTION = 4, 400


def print_data(edition: Edition, content: Report) -> dict[str, Any]:
    """The template's data, every list whole, every text in characters that our font has."""
    led = _led(edition, content)
    told = {**_head(edition, content, led), **_answers(content, led), "moves": _moves(cleaned(edition.figures))}
    data: dict[str, Any] = _printable(told)
    return data


def _led(edition: Edition, content: Report) -> Led:
    """How a number is printed: with the address of the page that lists what it counts, where there is one."""
    page = reverse("edition_services", args=[edition.month.year, edition.month.month, edition.number])

    def led(number: str, query: str) -> dict[str, str]:
        leads = content.promises is not None and query and number != "0"
        return {"n": number, "address": f"{_base()}{page}?{query}" if leads else ""}

    return led


def _base() -> str:
    return settings.BASE_URL.rstrip("/")


def _head(edition: Edition, content: Report, led: Led) -> dict[str, Any]:
    return {
        "words": print_words(),
        "title": content.title,
        "description": wording.plain("".join(span["text"] for span in content.lead)),
        "footer": f"{content.municipality} · {content.title} · {_edition_words(edition)}",
        "meta": content.meta,
        "draft": content.draft,
        "correction": _correction(content),
        "lead": [led(each["text"], each.get("query", "") if each["strong"] else "") | each for each in content.lead],
        "figures": [
            asdict(each) | {"figure": led(each.figure, each.query), "rest": each.rest} for each in content.key_figures
        ],
        "answers": {code: content.answers.paragraph(code) for code in ("online", "moved", "late", "done")},
        "check": {"address": f"{_base()}{reverse('check_report')}"},
    }


def _answers(content: Report, led: Led) -> dict[str, Any]:
    return {
        "bar": _picture(content.bar.drawn(720, 52, bracket=True), content.bar.label),
        "legend": [
            {"swatch": str(each.swatch()), "words": each.words, "count": led(each.count, each.query)}
            for each in content.legend
        ],
        "certainty": _certainty(content),
        "rates": [asdict(each) for each in content.rates],
        "departments": [_part(each, led) for each in content.departments],
        "topics": [_part(each, led) for each in content.topics],
        "whole": _part(content.whole, led),
        "states": [led(each.count, each.query) | {"words": each.words} for each in content.states],
        "moved": [led(each.count, each.query) | {"words": each.words} for each in content.moved],
        "growth": _growth(content),
        "promises": _promises(content, led),
        "deadlines": [asdict(each) for each in content.deadlines],
        "passed": content.passed,
        "forecast": _forecast(content),
        "lists": [f"{each.title}: {each.count()}" for each in content.lists.values()],
        "trainings": content.trainings,
        "asked": [each._asdict() for each in content.asked],
        "voices": {section: voice._asdict() for section, voice in content.voices.items()},
        "definitions": content.definitions,
        "quality": content.quality,
        "proof": content.proof,
    }


def _edition_words(edition: Edition) -> str:
    draft = "" if edition.state == Edition.State.APPROVED else _(" (Entwurf)")
    return _("Ausgabe %(n)s") % {"n": edition.number} + draft


def _correction(content: Report) -> dict[str, Any] | None:
    if content.correction is None:
        return None
    correction = content.correction
    cut = _cut(correction.change.rest, MOST_DIFFERENCES)
    differences = "; ".join(cut["lines"]) + (f" {cut['more']}" if cut["more"] else "")
    figures = "; ".join(f"{each.question} {each.sentence()}" for each in correction.change.figures)
    return {
        "sentence": correction.sentence,
        "because": _shortened(correction.reason, MOST_CORRECTION),
        "cause": _shortened(correction.change.cause, MOST_CORRECTION),
        "figures": figures,
        "differences": _shortened(differences, MOST_CORRECTION),
    }


def _picture(svg: str, alt: str) -> dict[str, str]:
    return {"svg": str(svg), "alt": alt}


def _part(part: Part, led: Led) -> dict[str, Any]:
    return {
        "name": part.name,
        "bar": _picture(part.bar.drawn(260, 18), part.bar.label),
        "counted": led(part.counted, part.query),
        "percent": part.percent,
        "proven": led(part.proven, part.proven_query),
        "not_rated": led(part.not_rated, part.not_rated_query),
    }


def _cut(lines: Sequence[Any], most: int) -> dict[str, Any]:
    """The first of `lines`, and a sentence that counts the rest."""
    rest = len(lines) - most
    return {"lines": list(lines[:most]), "more": wording.more(rest) if rest > 0 else ""}


def _moves(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What moved, a table for each kind that has any; first ratings are no movement."""
    told = [(labels.MOVEMENT[kind], moves(figures, kind)) for kind in ("newly_ready", "improved", "regressed")]
    return [
        {"title": f"{kind} ({wording.number(len(found))})", "lines": [asdict(each) for each in found]}
        for kind, found in told
        if found
    ]


def _promises(content: Report, led: Led) -> dict[str, Any]:
    """What was promised and not kept, by department, and what is promised next; empty for the first schema."""
    told = content.promises
    if told is None:
        return {"late": [], "kept": [], "months": [], "next": []}
    return {
        "late": [
            {
                "name": group.name,
                "count": led(group.count, group.query),
                "lines": [
                    (each.name, each.decides, each.day, each.state, each.reason or wording.NO_VALUE)
                    for each in group.lines
                ],
            }
            for group in told.groups
        ],
        "kept": [
            (
                each.department,
                *(led(getattr(each, kind), f"list={kind}{each.query}") for kind in ("kept", "moved", "open")),
            )
            for each in told.kept
        ],
        "months": told.months,
        "next": [
            (
                each.department,
                *(led(count, query) for _month, count, query in each.counts),
                led(each.total, each.query),
            )
            for each in told.next
        ],
    }


def _certainty(content: Report) -> dict[str, str] | None:
    sure = content.certainty
    return {**_picture(sure.drawn(), sure.label), "caption": sure.caption} if sure else None


def _growth(content: Report) -> dict[str, str] | None:
    growth = content.growth
    return {**_picture(growth.drawn(), growth.label), "caption": growth.caption} if growth else None


def _forecast(content: Report) -> dict[str, Any]:
    forecast = content.forecast
    paces = [
        (f"{each.name} ({each.under})" if each.under else each.name, each.p50, each.p85) for each in forecast.paces
    ]
    return {
        **_picture(forecast.drawn(), forecast.label),
        "caption": forecast.caption,
        "how": " ".join(forecast.how),
        "lines": paces,
        "said": [(each.said_in, each.for_now, each.came, _truth(each.true), each.done_by) for each in forecast.said],
    }


def _truth(true: bool | None) -> str:
    return wording.NO_VALUE if true is None else _("ja") if true else _("nein")


def _printable(value: Any) -> Any:
    """`value` in characters our font has, no word wider than a column."""
    if isinstance(value, str):
        if _HASH.fullmatch(value):  # copied and searched for: no sign is put into it
            return value
        return _LEFT_OFF.sub("\u2060", _LONG_WORD.sub("\\g<0>\u200b", printable(value, FONT)))
    if isinstance(value, dict):
        return {key: each if key in _AS_IT_IS else _printable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(each) for each in value]
    return value


def _shortened(text: str, most: int) -> str:
    """`text`, or as many of its whole words as fit, with an ellipsis."""
    if len(text) <= most:
        return text
    start = text[: most - 1]
    words = start.rpartition(" ")[0]
    return (words if len(words) > most // 2 else start).rstrip(" ,;") + " …"
