"""A table that people bring, a workbook or CSV: its rows as texts, and its columns known by their words."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.formats.csv_text import encoding_of
from catalog.importing.formats.sheets import sheets
from catalog.importing.problems import Problem, Refused, Severity

Row = tuple[int, list[str]]


class Table(NamedTuple):
    """A sheet in which something stands (None: a text), whether it can be seen, and its rows, blanks folded."""

    sheet: str | None
    visible: bool
    rows: list[Row]


_NO_TEXT = (b"\xd0\xcf\x11\xe0", b"%PDF", b"<", b"{", b"[{")


def read_table(path: Path, most_bytes: int) -> tuple[Table, list[Problem]]:
    """The first sheet that can be seen, and a warning for each other one that can be and in which something stands.

    Refused: `unreadable_file`, `too_large`, `unsafe_file`.
    """
    seen = [table for table in tables_in(content_of(path, most_bytes), path.name) if table.visible]
    first, *others = seen or [Table(None, True, [])]
    return first, [_left_out(table, first) for table in others]


def _left_out(table: Table, first: Table) -> Problem:
    sentence = _(
        "Gelesen ist nur das Blatt „%(first)s“; auch im Blatt „%(sheet)s“ steht etwas. Gehört es dazu, so "
        "bringen Sie es als eigene Datei."
    )
    words = {"first": first.sheet or "–", "sheet": table.sheet}
    return Problem("sheet_left_out", sentence % words, Severity.WARNING, table.sheet)


def table_in(content: bytes, name: str) -> tuple[str | None, list[Row]]:
    """The name (None: a text) and the rows of the first sheet of a file that is held in memory that can be seen."""
    seen = (table for table in tables_in(content, name) if table.visible)
    first = next(seen, Table(None, True, []))
    return first.sheet, first.rows


def tables_in(content: bytes, name: str) -> Iterator[Table]:
    """Every sheet in which something stands, in their order. Refused as `read_table`."""
    if content.startswith(b"PK"):
        yield from _workbook(content)
        return
    if content.startswith(_NO_TEXT):
        sentence = _("„%(name)s“ ist keine Arbeitsmappe (.xlsx, .ods) und keine CSV-Datei.")
        raise Refused("unreadable_file", sentence % {"name": name})
    yield Table(None, True, list(_text(content.decode(encoding_of(content)))))


def content_of(path: Path, most_bytes: int) -> bytes:
    """What is in the file. Refused: `unreadable_file`, `too_large`."""
    try:
        with path.open("rb") as file:
            content = file.read(most_bytes + 1)
    except (OSError, ValueError) as error:
        sentence = _("Die Datei „%(name)s“ gibt es nicht, oder sie lässt sich nicht öffnen.")
        raise Refused("unreadable_file", sentence % {"name": path.name}) from error
    if len(content) > most_bytes:
        limit = most_bytes // limits.MEGABYTE
        raise Refused("too_large", _("Die Datei ist größer als %(limit)d MB.") % {"limit": limit})
    return content


def columns_of(cells: Sequence[str], field_of: Mapping[str, str]) -> dict[str, int]:
    """The place of each field that a row of headers names, by its words; the first column of a word counts."""
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        if name := field_of.get(cell.casefold().strip(" :*")):
            places.setdefault(name, place)
    return places


def _workbook(content: bytes) -> Iterator[Table]:
    for sheet in sheets(BytesIO(content)):
        rows = [(number, [_cell(cell) for cell in cells]) for number, cells in enumerate(sheet.rows, 1)]
        if any(any(cells) for _number, cells in rows):
            yield Table(sheet.name, sheet.visible, rows)


def _cell(value: object) -> str:
    """A whole number without its decimals, a day as ISO; nobody has a staff number of 40118.0."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return " ".join(text.split())


def _text(text: str) -> Iterator[Row]:
    text = text.lstrip("\ufeff")
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";\t,", key=head.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, [_cell(cell) for cell in cells]
    except csv.Error as error:
        raise Refused("unreadable_file", _("Die Datei lässt sich nicht als CSV lesen.")) from error
