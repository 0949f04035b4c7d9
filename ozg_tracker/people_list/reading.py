"""Reads a list of people, workbook or CSV: its columns are known by their words, in any order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.problems import Problem, Refused, Severity
from ozg_tracker.tracking.tables import Row, columns_of, read_table

WORDS = {
    "username": ("benutzername", "benutzer", "kennung", "anmeldename", "login"),
    "first_name": ("vorname", "rufname"),
    "last_name": ("nachname", "familienname", "name", "zuname"),
    "email": ("e-mail", "email", "mail", "e-mail-adresse", "mailadresse", "emailadresse"),
    "staff_number": ("personalnummer", "personalnr", "personalnr.", "personal-nr.", "pers.-nr.", "pnr"),
    "role": ("rolle", "funktion"),
    "department": ("fachbereich", "amt", "organisationseinheit", "abteilung", "dienststelle"),
    "effective_on": ("gilt ab", "ab", "von", "seit", "eintritt", "eintrittsdatum"),
    "until": ("bis", "austritt", "austrittsdatum", "ende"),
}
_FIELD_OF = {word: name for name, words in WORDS.items() for word in words}
MOST = 25_000  # people
MOST_BYTES = 8 * limits.MEGABYTE


@dataclass
class Line:
    """One person as the list has it: texts by field, and where it stands."""

    row: int
    values: dict[str, str]


@dataclass
class List:
    """What a file says: its lines, the word of each column that was read, and what was not."""

    lines: list[Line] = field(default_factory=list)
    sheet: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_people(path: Path) -> List:
    """The people of the list. Refused: `unreadable_file`, `too_large`, `unsafe_file`, `missing_column`."""
    table, left_out = read_table(path, MOST_BYTES)
    found = _read(table.rows, table.sheet)
    found.problems += left_out
    return found


def _read(rows: Sequence[Row], sheet: str | None) -> List:
    found = List(sheet=sheet)
    at = next((place for place, (_number, cells) in enumerate(rows) if len(columns_of(cells, _FIELD_OF)) > 1), None)
    columns = columns_of(rows[at][1], _FIELD_OF) if at is not None else {}
    if at is None or not {"email", "staff_number"} & columns.keys():
        sentence = _("Keine Spalte heißt „E-Mail“ oder „Personalnummer“; daran werden Personen wiedererkannt.")
        raise Refused("missing_column", sentence, sheet)
    head = rows[at][1]
    found.columns = {name: head[place] for name, place in columns.items()}
    for place, word in enumerate(head):
        if word and place not in columns.values():
            message = _("Die Spalte „%(word)s“ wird nicht gelesen.") % {"word": word[:60]}
            found.problems.append(Problem("unread_column", message, Severity.WARNING, sheet, column=word[:60]))
    for number, cells in rows[at + 1 :]:
        values = {name: cells[place] if place < len(cells) else "" for name, place in columns.items()}
        if any(values.values()):
            found.lines.append(Line(number, values))
    if len(found.lines) > MOST:
        raise Refused("too_large", _("Das sind mehr als %(most)d Personen.") % {"most": MOST}, sheet)
    return found
