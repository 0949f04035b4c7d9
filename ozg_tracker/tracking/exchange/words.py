"""The columns of a status file and the German words in it: a contract, so not translated into any language."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

from django.utils.translation import gettext as _

from catalog.importing.spelling import plain_word
from ozg_tracker.api.days import day_in
from ozg_tracker.tracking.models import Responsibility, State

COLUMNS = {
    "key": "Schlüssel",
    "ozg_id": "OZG-ID",
    "name": "Leistung",
    "department": "Fachbereich",
    "responsibility": "Zuständigkeit",
    "state": "Stand",
    "level": "Reifegrad",
    "planned_on": "Geplant bis",
    "online_url": "Online-Adresse",
    "cases_per_year": "Fälle pro Jahr",
    "note": "Bemerkung",
    "effective_on": "Gilt ab",
    "reason": "Begründung",
    "version": "Version",
    "owner": "Zuständige Person",
    "confirmed": "Zuletzt bestätigt",
}
# The columns that hold fields of the row.
VALUES = (
    "department",
    "responsibility",
    "state",
    "level",
    "planned_on",
    "online_url",
    "cases_per_year",
    "note",
    "owner",
)
_ALIASES = {
    "leikaschluessel": "key",
    "leikakey": "key",
    "ozgnummer": "ozg_id",
    "leistungsname": "name",
    "leikabezeichnung": "name",
    "amt": "department",
    "person": "owner",
    "zustaendig": "owner",
    "ansprechpartner": "owner",
    "umsetzungsstand": "state",
    "status": "state",
    "geplantzum": "planned_on",
    "url": "online_url",
    "onlineadresseurl": "online_url",
    "faellejahr": "cases_per_year",
    "fallzahl": "cases_per_year",
    "gueltigab": "effective_on",
    "grund": "reason",
}
RESPONSIBILITY: dict[str, str] = {
    Responsibility.UNCLEAR: "ungeklärt",
    Responsibility.MUNICIPALITY: "Kommune",
    Responsibility.DISTRICT: "Kreis",
    Responsibility.STATE: "Land",
    Responsibility.FEDERATION: "Bund",
    Responsibility.NOT_OFFERED: "nicht angeboten",
}
STATE: dict[str, str] = {
    State.OPEN: "offen",
    State.PLANNED: "geplant",
    State.IN_PROGRESS: "in Umsetzung",
    State.DONE: "fertig",
    State.BLOCKED: "blockiert",
}
CLEAR = frozenset({"–", "-", "—", "−"})
_BY_WORD = {plain_word(title): column for column, title in COLUMNS.items()} | _ALIASES
_LEVEL = re.compile(r"(?:Reifegrad |Stufe )?([0-9]{1,2})(?:[,.]0+)?(?:\s.*)?$", re.IGNORECASE)
_WHOLE = re.compile(r"([0-9]+|[0-9]{1,3}(?:[.\s][0-9]{3})+)(?:,0{1,2})?|([0-9]+)\.0{1,2}")
_LONGEST = 40  # characters; Python reads no number of thousands of digits
_EITHER = re.compile(r"[0-9]{1,3},[0-9]{3}")  # thousands in English, a fraction in German
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


class BadWord(ValueError):
    """A cell that cannot be read; the text is the German sentence that says why and what to do."""


def column_of(title: object) -> str | None:
    """The column that a header cell names, however it is spaced and spelled; None for a column of somebody else's."""
    return _BY_WORD.get(plain_word(str(title)))


def _by_word(words: Mapping[str, str]) -> dict[str, str]:
    return {plain_word(word): str(code) for code, word in words.items()} | {plain_word(code): code for code in words}


_CHOICES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "responsibility": (_by_word(RESPONSIBILITY), RESPONSIBILITY),
    "state": (_by_word(STATE), STATE),
}


@lru_cache(maxsize=1024)  # a file says the same few words thousands of times
def choice(column: str, text: str) -> str:
    """The code of a word of Zuständigkeit or Stand, in any case and spacing; English codes are understood too."""
    known, words = _CHOICES[column]
    try:
        return known[plain_word(text)]
    except KeyError:
        raise BadWord(
            _("„%(text)s“ gibt es bei %(title)s nicht. Möglich sind: %(words)s.")
            % {"text": text[:40], "title": COLUMNS[column], "words": ", ".join(words.values())}
        ) from None


@lru_cache(maxsize=4096)
def day(text: str) -> date:
    """A day as a form takes it (`day_in`). BadWord: it is none."""
    try:
        return day_in(text)
    except ValueError as error:
        raise BadWord(str(error)) from None


def number(text: str, title: str) -> int:
    """A whole number from 0 as spreadsheets write it: 1200, 1.200, 1.200,00. „1,200“ can mean two things: refused."""
    if _EITHER.fullmatch(text):
        raise BadWord(
            _("„%(text)s“ kann bei %(title)s %(whole)s heißen oder ein Bruch sein. Bitte ohne Komma schreiben.")
            % {"text": text, "title": title, "whole": text.replace(",", "")}
        )
    found = _WHOLE.fullmatch(text)
    if not found or len(text) > _LONGEST:
        raise BadWord(_("„%(text)s“ ist bei %(title)s keine ganze Zahl ab 0.") % {"text": text[:40], "title": title})
    return int(re.sub(r"\D", "", found[1] or found[2]))


def level_number(text: str) -> int:
    """A Reifegrad's number, alone or with its name behind it: "3", "3 Online-Leistung"."""
    found = _LEVEL.match(text)
    if not found:
        raise BadWord(
            _("„%(text)s“ ist kein Reifegrad. Bitte die Nummer schreiben, etwa 3; „–“ heißt nicht bewertet.")
            % {"text": text[:40]}
        )
    return int(found[1])


def cell_text(cell: object) -> str:
    """A cell of a workbook or CSV as a person would type it, without outer spaces and without our formula guard."""
    if isinstance(cell, str):
        text = cell.strip()
        return text[1:] if text[:1] == "'" and _FORMULA.match(text, 1) else text
    if isinstance(cell, datetime) and not any(cell.timetuple()[3:6]):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def guarded(text: str) -> str:
    """`text` for a CSV cell, with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text
