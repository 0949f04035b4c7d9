"""Reads a list of completions, workbook or CSV, as platforms for learning export it: its columns by their words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.problems import Problem, Refused, Severity
from ozg_tracker.api.days import day_in
from ozg_tracker.tracking.tables import Row, columns_of, read_table

# Words of our own choosing: what people and platforms are likely to write above such columns.
WORDS = {
    "email": ("e-mail", "email", "mail", "e-mail-adresse", "email-adresse", "mailadresse", "email address"),
    "staff_number": ("personalnummer", "personalnr", "personalnr.", "personal-nr.", "pnr", "id-nummer", "id number"),
    "username": ("benutzername", "login", "anmeldename", "kennung", "username"),
    "course": ("schulung", "kurs", "kursname", "kurstitel", "titel", "course", "course name", "vollständiger kursname"),
    "completed_on": (
        *("erledigt am", "abgeschlossen am", "abschlussdatum", "bestanden am", "teilgenommen am", "datum", "tag"),
        *("status geändert", "statusänderung", "abgeschlossen", "completed", "completion date", "completed on"),
    ),
    "status": ("status", "ergebnis", "stand", "lernfortschritt", "result", "completion status", "course complete"),
}
_FIELD_OF = {word: name for name, words in WORDS.items() for word in words}
DONE = frozenset(
    {
        *("bestanden", "abgeschlossen", "erledigt", "teilgenommen", "ja", "x", "100", "100%", "100 %"),
        *("completed", "complete", "passed", "done", "yes", "1", "true"),
    }
)
# As Moodle writes a moment: "Monday, 30 November 2026, 10:15 AM", "28. November 2026, 10:15", "28/11/26, 10:15". A day
# with slashes is read only in this form, whose first number is the day; elsewhere it may be the month.
_LONG = re.compile(r"(?:[^\W\d_]+, )?([0-9]{1,2})\.? ([^\W\d_]+)\.? ([0-9]{4})(?:,? .*)?")
_SHORT = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{2}), [0-9]{1,2}:[0-9]{2}")
_MONTHS = (
    *(("januar", "january"), ("februar", "february"), ("märz", "march"), ("april",), ("mai", "may"), ("juni", "june")),
    *(("juli", "july"), ("august",), ("september",), ("oktober", "october"), ("november",)),
    ("dezember", "december"),
)
_MONTH_OF = {word: number for number, words in enumerate(_MONTHS, 1) for word in words}
MOST = 5_000  # lines
MOST_BYTES = 8 * limits.MEGABYTE


@dataclass
class Line:
    """One completion as the list has it: texts by field, and where it stands."""

    row: int
    values: dict[str, str]


@dataclass
class List:
    """What a file says: lines of what was done, how many say it was not, the word of each column, and what is odd."""

    lines: list[Line] = field(default_factory=list)
    not_done: int = 0
    sheet: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_completions(path: Path, *, with_course: bool) -> List:
    """The lines of the list; `with_course`: each must say of which course it is.

    Refused: `unreadable_file`, `too_large`, `unsafe_file`, `missing_column`.
    """
    (sheet, _visible, rows), left_out = read_table(path, MOST_BYTES)
    at = next((place for place, (_number, cells) in enumerate(rows) if len(columns_of(cells, _FIELD_OF)) > 1), None)
    columns = columns_of(rows[at][1], _FIELD_OF) if at is not None else {}
    _refuse_missing(columns, sheet, with_course=with_course)
    found = _read(rows, at or 0, columns, sheet)
    found.problems += left_out
    return found


def completion_day(text: str) -> date:
    """The day of a moment as people, workbooks and platforms write it; ValueError, with the sentence: it is none."""
    said = " ".join(text.split())
    if (found := _SHORT.fullmatch(said)) is not None:
        day, month, year = found.groups()
        return day_in(f"{day}.{month}.{year}")
    if (found := _LONG.fullmatch(said)) is not None and found[2].casefold() in _MONTH_OF:
        return day_in(f"{found[1]}.{_MONTH_OF[found[2].casefold()]}.{found[3]}")
    try:
        return day_in(said.split(" ")[0].split("T")[0].rstrip(","))
    except ValueError:
        return day_in(said)


def _refuse_missing(columns: dict[str, int], sheet: str | None, *, with_course: bool) -> None:
    if not {"email", "staff_number", "username"} & columns.keys():
        sentence = _(
            "Keine Spalte heißt „E-Mail“, „Personalnummer“ oder „Benutzername“; daran werden Personen erkannt."
        )
    elif "completed_on" not in columns:
        sentence = _("Keine Spalte heißt „erledigt am“; so hieße der Tag, an dem die Schulung erledigt wurde.")
    elif with_course and "course" not in columns:
        sentence = _("Keine Spalte heißt „Schulung“. Gibt die Liste nur eine an, wählen Sie diese bitte oben aus.")
    else:
        return
    raise Refused("missing_column", sentence, sheet)


def _read(rows: Sequence[Row], at: int, columns: dict[str, int], sheet: str | None) -> List:
    head = rows[at][1]
    found = List(sheet=sheet, columns={name: head[place] for name, place in columns.items()})
    for place, word in enumerate(head):
        if word and place not in columns.values():
            message = _("Die Spalte „%(word)s“ wird nicht gelesen.") % {"word": word[:60]}
            found.problems.append(Problem("unread_column", message, Severity.WARNING, sheet, column=word[:60]))
    for number, cells in rows[at + 1 :]:
        values = {name: cells[place] if place < len(cells) else "" for name, place in columns.items()}
        if not any(values.values()):
            continue
        if "status" in columns and values["status"].casefold() not in DONE:
            found.not_done += 1
            continue
        found.lines.append(Line(number, values))
    if len(found.lines) > MOST:
        raise Refused("too_large", _("Das sind mehr als %(most)d Zeilen.") % {"most": MOST}, sheet)
    return found
