"""Reads a list of departments, workbook or text, into names with what each belongs to."""

import csv
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.formats.csv_text import encoding_of
from catalog.importing.formats.sheets import sheets
from catalog.importing.problems import Refused
from ozg_tracker.tracking.tables import Row, content_of

_TAB = 4  # columns of a tab that indents
_BULLETS = "-–—*•◦▪·"
_NAMES = frozenset({"name", "fachbereich", "bezeichnung", "organisationseinheit", "amt", "einheit", "department"})
_ABOVE = frozenset(
    {"gehört zu", "gehoert zu", "übergeordnet", "übergeordnete einheit", "übergeordneter fachbereich", "oberbereich"}
    | {"parent", "über", "dezernat"}
)


class Listed(NamedTuple):
    """A department as a list names it: where it stands in the file, and the name of what it belongs to."""

    name: str
    parent: str | None
    row: int
    sheet: str | None = None


def read_list(path: Path) -> list[Listed]:
    """The departments in the order of the list. Refused: `unreadable_file`, `too_large`, `unsafe_file`."""
    content = content_of(path, limits.MEGABYTE * 4)
    sheet: str | None = None
    if content.startswith(b"PK"):
        sheet, rows = _workbook(content)
    elif content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"<", b"{", b"[{")):
        sentence = _("„%(name)s“ ist keine Arbeitsmappe (.xlsx, .ods) und kein Text.")
        raise Refused("unreadable_file", sentence % {"name": path.name})
    else:
        rows = _text(content.decode(encoding_of(content)))
    found = [each._replace(sheet=sheet) for each in _listed(rows)]
    if not found:
        raise Refused("unreadable_file", _("In „%(name)s“ steht kein Fachbereich.") % {"name": path.name})
    return found


def _workbook(content: bytes) -> tuple[str | None, list[Row]]:
    """The rows of the first sheet that can be seen and has any."""
    for sheet in sheets(BytesIO(content)):
        if sheet.visible:
            rows = [(number, [str(cell) for cell in cells]) for number, cells in enumerate(sheet.rows, 1)]
            filled = [(number, cells) for number, cells in rows if any(cell.strip() for cell in cells)]
            if filled:
                return sheet.name, _short(filled)
    return None, []


def _text(text: str) -> list[Row]:
    """Lines as they are where nothing but blanks parts them, else cells."""
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    head = next((line for line in text.split("\n") if line.strip()), "")
    inner = [line for line in text.split("\n") if "\t" in line.strip()]
    delimiter = ";" if ";" in head or "\n;" in text else "\t" if inner else "," if _header(head.split(",")) else ""
    if not delimiter:
        rows = [(number, [line]) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    else:
        read = csv.reader(StringIO(text), delimiter=delimiter)
        try:
            rows = [(read.line_num, cells) for cells in read if any(cell.strip() for cell in cells)]
        except csv.Error as error:
            raise Refused(
                "unreadable_file", _("Zeile %(row)d lässt sich nicht lesen.") % {"row": read.line_num}
            ) from error
    return _short(rows)


def _short(rows: list[Row]) -> list[Row]:
    if len(rows) > limits.ROWS:
        raise Refused("too_large", _("Die Datei hat mehr als %(limit)d Zeilen.") % {"limit": limits.ROWS})
    return rows


def _listed(rows: Sequence[Row]) -> Iterator[Listed]:
    if not rows:
        return
    head = _header(rows[0][1])
    if head is not None:
        yield from _pairs(rows[1:], *head)
    elif any(cell.strip() for _number, cells in rows for cell in cells[1:]):
        yield from _levels(rows)
    else:
        yield from _indented(rows)


def _header(cells: Sequence[str]) -> tuple[int, int] | None:
    """The places of the columns with names and with what each belongs to; None: the first row is no such head."""
    titles = [cell.strip().strip('"').casefold() for cell in cells]
    above = next((at for at, title in enumerate(titles) if title in _ABOVE), None)
    named = next((at for at, title in enumerate(titles) if title in _NAMES and at != above), None)
    return None if named is None or above is None else (named, above)


def _pairs(rows: Sequence[Row], named: int, above: int) -> Iterator[Listed]:
    for number, cells in rows:
        name = _clean(cells[named]) if named < len(cells) else ""
        if name:
            yield Listed(name, (_clean(cells[above]) if above < len(cells) else "") or None, number)


def _levels(rows: Sequence[Row]) -> Iterator[Listed]:
    """A column is a level. A path may be written whole in each row: what it repeats is no new department."""
    way: list[str] = []
    for number, cells in rows:
        for level, cell in enumerate(cells):
            name = _clean(cell)
            if not name or (
                level < len(way) and way[level] == name and any(_clean(each) for each in cells[level + 1 :])
            ):
                continue
            way = [*way[:level], name]
            yield Listed(name, way[-2] if len(way) > 1 else None, number)


def _indented(rows: Sequence[Row]) -> Iterator[Listed]:
    """Below the nearest line above that is indented less."""
    way: list[tuple[int, str]] = []
    for number, cells in rows:
        line = cells[0].expandtabs(_TAB)
        text = line.strip()
        width = len(line) - len(line.lstrip())
        bare = text.lstrip(_BULLETS)
        if bare != text and bare.startswith(" "):  # a bullet, several of which may say the level
            width, text = width + len(text) - len(bare), bare
        name = _clean(text)
        while way and way[-1][0] >= width:
            way.pop()
        if name:
            yield Listed(name, way[-1][1] if way else None, number)
            way.append((width, name))


def _clean(text: str) -> str:
    return " ".join(text.split())
