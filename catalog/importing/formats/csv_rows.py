"""The rows of a CSV, for every door that takes one: read piece by piece, none longer, wider or more than we take."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from io import BytesIO, TextIOWrapper
from itertools import chain, islice

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.problems import Refused

DELIMITERS = ";\t,"  # never "|", which parts the synonyms inside a cell
_WIDE = 4  # columns
_KEY = re.compile(r"\d{14}|nicht im leika", re.IGNORECASE)
_END = "\ue000Ende\ue000"  # a line of our own behind the last, to see an unclosed quote swallow it


def rows_of(content: bytes, encoding: str, delimiter: str) -> Iterator[list[str]]:
    """Every row of `content`, the empty ones too, so that a row's place is its number.

    Refused with the number of the row: `too_large` for one of more than 1,000 cells or a million characters, a cell of
    more than 128,000, or more than 2.6 million cells in all; `unreadable_file` for a quote that is never closed, or
    only rows later, so that they stand in one cell.
    """
    text = _Lines(content, encoding)
    lines = csv.reader(chain(text, ["\n", _END]), delimiter=delimiter)
    number, last, left, width = 0, None, limits.CELLS, 1
    try:
        for number, cells in enumerate(lines, start=1):
            text.begin_row()
            if _swallowed(cells, delimiter, width):
                raise _open_quote(number)
            width = max(width, len(cells))
            if last is not None:
                yield last
            last = cells
            left -= len(cells)
            if len(cells) > limits.COLUMNS or left < 0:
                raise too_wide(number) if left >= 0 else _too_many(number)
    except csv.Error as error:
        if last is not None:
            yield last
        raise too_wide(number + 1) if text.last.count(delimiter) >= limits.COLUMNS else _too_long(number) from error
    if last != [_END]:
        raise Refused(
            "unreadable_file",
            _(
                "In Zeile %(number)s ist ein Anführungszeichen nicht geschlossen: Die Zelle reicht "
                "bis zum Ende der Datei. Bitte dort nachsehen."
            )
            % {"number": number},
            row=number,
        )


def best_delimiter(content: bytes, encoding: str, known: Callable[[Iterable[list[str]]], int], look_ahead: int) -> str:
    """The delimiter by which `known` counts most in the first rows; ";" where none does."""

    def count(delimiter: str) -> int:
        return known(islice(_readable(rows_of(content, encoding, delimiter)), look_ahead))

    return max(DELIMITERS, key=count)


def _readable(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """The rows up to the first that is refused: with the wrong delimiter that says nothing of the file."""
    with suppress(Refused):
        yield from rows


def too_wide(number: int) -> Refused:
    """What every table is refused with whose row `number` has more than 1,000 cells."""
    return Refused(
        "too_large",
        _(
            "Zeile %(number)s hat mehr als %(most)s Zellen. Gelesen wurde nichts. Bitte die leeren Spalten am Rand "
            "löschen, oder prüfen, ob es die richtige Datei ist."
        )
        % {"number": number, "most": _grouped(limits.COLUMNS)},
        row=number,
    )


def _too_many(number: int) -> Refused:
    return Refused(
        "too_large",
        _(
            "Bis Zeile %(number)s sind es mehr als %(most)s Zellen. Gelesen wurde nichts. Bitte leere Zeilen und "
            "Spalten am Rand löschen."
        )
        % {"number": number, "most": _grouped(limits.CELLS)},
        row=number,
    )


def _grouped(number: int) -> str:
    return number_format(number, force_grouping=True)


def _too_long(number: int) -> Refused:
    return Refused(
        "too_large",
        _(
            "Nach Zeile %(number)s ist eine Zelle länger als 128.000 Zeichen oder die Zeile länger als eine "
            "Million, oder ein Anführungszeichen ist nicht geschlossen. Bitte dort nachsehen."
        )
        % {"number": number},
        row=number,
    )


def _swallowed(cells: list[str], delimiter: str, width: int) -> bool:
    """Whether rows stand in one of the cells: lines with as many cells as the widest row so far. In a narrow table a
    sentence could have them; there a key must stand in the line too.
    """
    if cells and cells[-1].endswith(_END):
        return False  # never closed, which is said otherwise
    for line in (line for cell in cells if "\n" in cell for line in cell.splitlines()[1:]):
        if 1 < width <= line.count(delimiter) + 1 and (width >= _WIDE or _KEY.search(line)):
            return True
    return False


def _open_quote(number: int) -> Refused:
    return Refused(
        "unreadable_file",
        _(
            "In Zeile %(number)s steht ein Anführungszeichen, das erst Zeilen später endet: In einer Zelle "
            "stünden weitere Zeilen der Tabelle. Bitte das Anführungszeichen dort löschen oder schließen."
        )
        % {"number": number},
        row=number,
    )


class _Lines:
    """The lines of a text, decoded piece by piece; those of one row are together no longer than we take."""

    def __init__(self, content: bytes, encoding: str) -> None:
        self.text = TextIOWrapper(BytesIO(content), encoding, newline="")
        self.last = ""
        self.begin_row()

    def begin_row(self) -> None:
        self.left = limits.LINE

    def __iter__(self) -> Iterator[str]:
        while line := self.text.readline(self.left + 1):
            self.left -= len(line)
            self.last = line
            if self.left < 0:
                raise csv.Error
            yield line
