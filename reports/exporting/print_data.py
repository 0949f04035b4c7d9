"""What the PDF's template prints: texts, lists of texts, pictures with their alternative texts, cut to the room."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from ozg_tracker.typesetting import FONTS
from reports.exporting.print_words import print_words
from reports.models import Edition
from reports.telling import wording
from reports.telling.content import Report
from reports.telling.levels import Part
from reports.telling.lists import short
from reports.telling.text import printable

FONT = FONTS / "FiraSans-Regular.ttf"
_LONG_WORD = re.compile(r"\w{28}(?=\w{8})")  # longer than a column is wide
_HASH = re.compile("[0-9a-f]{64}( [0-9a-f]{64})?")  # or a signature, in its two halves
_LEFT_OFF = re.compile(r"(?<=\s-)(?=\w)")  # "Führung & -entwicklung": the hyphen stays with its word
_AS_IT_IS = ("svg", "swatch", "address")  # pictures, and where a link leads


@dataclass(frozen=True)
class Room:
    """How many lines and letters there is room for; what is cut stands in the workbook."""

    parts: int
    topics: int
    moves: int
    deadlines: int
    trainings: int
    name: int
    reason: int
    definitions: int
    asked: int  # questions of the council
    said: int  # letters of a question, and of an answer


# The first that fits is taken.
ROOMS = (
    Room(
        parts=14,
        topics=14,
        moves=10,
        deadlines=8,
        trainings=12,
        name=110,
        reason=160,
        definitions=99,
        asked=12,
        said=1000,
    ),
    Room(parts=10, topics=14, moves=6, deadlines=5, trainings=6, name=60, reason=90, definitions=7, asked=8, said=500),
    Room(parts=8, topics=8, moves=6, deadlines=4, trainings=4, name=60, reason=60, definitions=7, asked=5, said=300),
    Room(parts=6, topics=5, moves=4, deadlines=3, trainings=3, name=40, reason=60, definitions=5, asked=3, said=240),
    Room(parts=5, topics=4, moves=3, deadlines=2, trainings=2, name=40, reason=40, definitions=3, asked=2, said=120),
    Room(parts=5, topics=4, moves=3, deadlines=2, trainings=2, name=40, reason=40, definitions=3, asked=1, said=120),
    Room(parts=4, topics=3, moves=3, deadlines=2, trainings=2, name=30, reason=30, definitions=2, asked=1, said=120),
)
MOST_DIFFERENCES, MOST_CORRECTION = 4, 400


def print_data(edition: Edition, content: Report, room: Room) -> dict[str, Any]:
    """The template's data, every text in characters that our font has."""
    data: dict[str, Any] = _printable({**_head(edition, content), **_answers(content, room)}, room)
    return data


def _head(edition: Edition, content: Report) -> dict[str, Any]:
    return {
        "words": print_words(),
        "title": content.title,
        "description": wording.plain("".join(span["text"] for span in content.lead)),
        "footer": f"{content.municipality} · {content.title} · {_edition_words(edition)}",
        "meta": content.meta,
        "draft": content.draft,
        "correction": _correction(content),
        "lead": content.lead,
        "figures": [asdict(each) for each in content.key_figures],
        "answers": {code: content.answers.paragraph(code) for code in ("online", "moved", "late", "done")},
        "check": {"address": f"{settings.BASE_URL.rstrip('/')}{reverse('check_report')}"},
    }


def _answers(content: Report, room: Room) -> dict[str, Any]:
    return {
        "bar": _picture(content.bar.drawn(720, 52, bracket=True), content.bar.label),
        "legend": [{"swatch": str(each.swatch()), "words": each.words, "count": each.count} for each in content.legend],
        "rates": [asdict(each) for each in content.rates],
        "departments": _parts(content.departments, room.parts),
        "topics": _parts(content.topics, room.topics),
        "whole": _part(content.whole),
        "states": ", ".join(f"{each.count} {each.words}" for each in content.states),
        "moves": _moves(content, room),
        "growth": _growth(content),
        "promises": _promises(content, room),
        "deadlines": _cut([asdict(each) for each in content.deadlines], room.deadlines),
        "passed": content.passed,
        "forecast": _forecast(content, room),
        "lists": [f"{each.title}: {each.count()}" for each in content.lists.values()],
        "trainings": _cut(content.trainings, room.trainings),
        "asked": _asked(content, room),
        "voices": {section: voice._asdict() for section, voice in content.voices.items()},
        "definitions": _cut(content.definitions, room.definitions),
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


def _part(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "bar": _picture(part.bar.drawn(260, 18), part.bar.label),
        "counted": part.counted,
        "percent": part.percent,
        "not_rated": part.not_rated,
    }


def _parts(parts: Sequence[Part], most: int) -> dict[str, Any]:
    cut = _cut(parts, most)
    return {"lines": [_part(each) for each in cut["lines"]], "more": cut["more"]}


def _cut(lines: Sequence[Any], most: int) -> dict[str, Any]:
    """The first of `lines`, and a sentence that counts the rest."""
    rest = len(lines) - most
    return {"lines": list(lines[:most]), "more": wording.more(rest) if rest > 0 else ""}


def _moves(content: Report, room: Room) -> dict[str, Any]:
    back = room.moves // 3
    shown, title = short(content.moves, room.moves - back, back)
    rest = len(content.moves) - len(shown)
    return {
        "title": title,
        "lines": [asdict(each) for each in shown],
        "more": wording.more(rest) if rest else "",
    }


def _promises(content: Report, room: Room) -> dict[str, Any]:
    """What was promised and not kept, by department, and what is promised next; empty for the first schema."""
    told = content.promises
    if told is None:
        return {"late": _cut([], 0), "kept": _cut([], 0), "months": [], "next": _cut([], 0)}
    late = [
        (each.name, each.decides, each.day, each.state, _shortened(each.reason, room.reason) or wording.NO_VALUE)
        for group in told.groups
        for each in group.lines
    ]
    kept = [(each.department, each.kept, each.moved, each.open) for each in told.kept]
    ahead = [(each.department, *(count for _month, count, _query in each.counts), each.total) for each in told.next]
    return {
        "late": _cut([(_shortened(name, room.name), *rest) for name, *rest in late], room.deadlines),
        "kept": _cut(kept, room.topics),
        "months": told.months,
        "next": _cut(ahead, room.topics),
    }


def _growth(content: Report) -> dict[str, str] | None:
    growth = content.growth
    return {**_picture(growth.drawn(), growth.label), "caption": growth.caption} if growth else None


def _forecast(content: Report, room: Room) -> dict[str, Any]:
    forecast = content.forecast
    paces = [
        (f"{each.name} ({each.under})" if each.under else each.name, each.p50, each.p85) for each in forecast.paces
    ]
    return {
        **_picture(forecast.drawn(), forecast.label),
        "caption": forecast.caption,
        "how": " ".join(forecast.how),
        "lines": _cut(paces, room.parts),
        "said": [
            (each.said_in, each.for_now, each.came, _truth(each.true), each.done_by)
            for each in forecast.said[: room.deadlines]
        ],
    }


def _asked(content: Report, room: Room) -> dict[str, Any]:
    """Questions of the council with their answers; a long one is cut at a word."""
    return _cut(
        [
            each._asdict() | {"text": _shortened(each.text, room.said), "answer": _shortened(each.answer, room.said)}
            for each in content.asked
        ],
        room.asked,
    )


def _truth(true: bool | None) -> str:
    return wording.NO_VALUE if true is None else _("ja") if true else _("nein")


def _printable(value: Any, room: Room) -> Any:
    """`value` in characters our font has, no word wider than a column, no name or reason longer than its room."""
    if isinstance(value, str):
        if _HASH.fullmatch(value):  # copied and searched for: no sign is put into it
            return value
        return _LEFT_OFF.sub("\u2060", _LONG_WORD.sub("\\g<0>\u200b", printable(value, FONT)))
    if isinstance(value, dict):
        return {
            key: each if key in _AS_IT_IS else _printable(_fitted(key, each, room), room) for key, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [_printable(each, room) for each in value]
    return value


def _fitted(key: str, value: Any, room: Room) -> Any:
    most = {"name": room.name, "reason": room.reason}.get(key)
    return _shortened(value, most) if most and isinstance(value, str) else value


def _shortened(text: str, most: int) -> str:
    """`text`, or as many of its whole words as fit, with an ellipsis."""
    if len(text) <= most:
        return text
    start = text[: most - 1]
    words = start.rpartition(" ")[0]
    return (words if len(words) > most // 2 else start).rstrip(" ,;") + " …"
