"""The report as PDF: tagged, PDF/UA-1, German, the same bytes for the same edition.

typst reads the content as data (`sys.inputs`), so no text of ours is ever markup. Its root is a fresh folder that holds
the template alone: nothing else can be read.
"""

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import fontpkg_fira_sans
import typst
from django.utils.translation import gettext as _

from reports import wording
from reports.content import Part, Report, report
from reports.exporting.text import printable
from reports.models import Edition

TEMPLATE = Path(__file__).parent.parent / "typst" / "report.typ"
FONTS = fontpkg_fira_sans.ROOT / "files"
FONT = FONTS / "FiraSans-Regular.ttf"
MOST_PARTS, MOST_TOPICS, MOST_DEADLINES, MOST_TRAININGS = 14, 14, 8, 10  # lines that keep it within four pages
MOST_LETTERS = 160  # of a reason or a name


def pdf(edition: Edition) -> bytes:
    """`edition` as PDF/UA-1."""
    data = json.dumps(_printable(_data(edition)), ensure_ascii=False)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(TEMPLATE, folder)
        made: bytes = typst.compile(
            str(Path(folder) / TEMPLATE.name),
            root=folder,
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs={"data": data},
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=int(edition.known_at.timestamp()),
        )
    return made


def _data(edition: Edition) -> dict[str, Any]:
    """What the template prints: texts, lists of texts and pictures with their alternative texts."""
    content = report(edition)
    return {
        "title": content.title,
        "description": wording.plain("".join(span["text"] for span in content.lead)),
        "footer": f"{content.town} · {content.title} · {_edition_words(edition)}",
        "meta": content.meta,
        "draft": content.draft,
        "correction": asdict(content.correction) if content.correction else None,
        "lead": content.lead,
        "figures": [asdict(each) for each in content.key_figures],
        "answers": content.answers,
        "bar": _picture(content.bar.drawn(720, 52, bracket=True), content.bar.label),
        "legend": [
            {"swatch": str(each.swatch()), "words": each.words, "count": each.count} for each in content.legend
        ],
        "rates": [asdict(each) for each in content.rates],
        "departments": _parts(content.departments, MOST_PARTS),
        "topics": _parts(content.topics, MOST_TOPICS),
        "whole": _part(content.whole),
        "states": content.states,
        "moves": _moves(content),
        "growth": _growth(content),
        "deadlines": _cut([asdict(each) for each in content.deadlines], MOST_DEADLINES),
        "passed": content.passed,
        "forecast": _forecast(content),
        "lists": [f"{each.title}: {wording.number(len(each.services))}" for each in content.lists.values()],
        "trainings": _cut(content.trainings, MOST_TRAININGS),
        "definitions": content.definitions,
        "quality": content.quality,
        "proof": content.proof,
        "words": _words(),
    }


def _edition_words(edition: Edition) -> str:
    draft = _(" (Entwurf)") if edition.state == Edition.State.DRAFT else ""
    return _("Ausgabe %(n)s") % {"n": edition.number} + draft


def _words() -> dict[str, str]:
    """Headings and heads of columns."""
    return {
        "draft": _("Entwurf."),
        "corrected": _("Berichtigt."),
        "differs": _("Was sich geändert hat:"),
        "online": _("Was ist online?"),
        "moved": _("Was hat sich bewegt und warum?"),
        "late": _("Was ist zu spät?"),
        "done": _("Wann sind wir fertig?"),
        "views": _("Drei weitere Sichten"),
        "figure": _("Kennzahl"),
        "share": _("Anteil"),
        "counted": _("gezählt"),
        "meaning": _("Bedeutung"),
        "by_department": _("Nach Fachbereich"),
        "department": _("Fachbereich"),
        "by_topic": _("Nach Themenfeld"),
        "topic": _("Themenfeld"),
        "levels": _("Reifegrade, nicht bewertet"),
        "ready": _("fertig"),
        "rate": _("Quote"),
        "not_rated": _("nicht bewertet"),
        "states": _("Stand der Arbeit:"),
        "service": _("Leistung"),
        "level": _("Reifegrad"),
        "reason": _("Warum"),
        "growth": _("Zuwachs je Monat"),
        "deadline": _("Frist"),
        "day": _("Tag"),
        "standing": _("Stand"),
        "open": _("noch offen"),
        "probability": _("Wahrscheinlichkeit"),
        "until": _("alle Leistungen fertig bis"),
        "lists": _("Leistungen einzeln: siehe Arbeitsmappe."),
        "trainings": _("Schulungen"),
        "proof": _("Zählweise und Prüfung"),
        "quality": _("Was an den Daten noch fehlt:"),
        "page": _("Seite"),
        "of": _("von"),
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


def _moves(content: Report) -> dict[str, Any]:
    rest = len(content.moves) - len(content.moves_short)
    return {
        "title": content.moves_title,
        "lines": [asdict(each) for each in content.moves_short],
        "more": wording.more(rest) if rest > 0 else "",
    }


def _growth(content: Report) -> dict[str, str] | None:
    growth = content.growth
    return {**_picture(growth.drawn(), growth.label), "caption": growth.caption} if growth else None


def _forecast(content: Report) -> dict[str, Any]:
    forecast = content.forecast
    return {
        **_picture(forecast.drawn(), forecast.label),
        "caption": forecast.caption,
        "how": forecast.how,
        "lines": forecast.lines,
    }


def _printable(value: Any) -> Any:
    """`value` with every text in characters our font has, and none so long that it takes over a page."""
    if isinstance(value, str):
        return printable(value, FONT)
    if isinstance(value, dict):
        return {key: each if key in ("svg", "swatch") else _shortened(key, each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(each) for each in value]
    return value


def _shortened(key: str, value: Any) -> Any:
    if key in ("name", "reason") and isinstance(value, str) and len(value) > MOST_LETTERS:
        value = value[: MOST_LETTERS - 1].rstrip() + "…"
    return _printable(value)
