"""What a sheet in OpenDocument asks of the reader behind, counted before it is opened, and its merged cells.

A cell, a row and a blank may say that they are repeated, a million times in ten letters. What is empty at the end of a
row or of a sheet is not kept by the reader, so it is not counted.
"""

from dataclasses import dataclass, field

from catalog.importing.formats.merged import Range
from catalog.importing.formats.workbook_measure import Malformed, parse

_CELLS = {"table-cell", "covered-table-cell"}


@dataclass
class Content:
    """`rows`, `columns`: the last ones with a cell, of the largest sheet; `widest`: the row of the last column of all.

    `area`, `text`: cells and characters of all sheets together. `merged`: the ranges of each sheet that go over several
    rows, by the sheet's name.
    """

    rows: int = 0
    columns: int = 0
    widest: int = 0
    area: int = 0
    text: int = 0
    merged: dict[str, list[Range]] = field(default_factory=dict)


def measure(content: bytes) -> Content:
    """Count what `content.xml` unfolds to. Malformed: no well-formed XML, or one with a DOCTYPE."""
    counted = _Counted()
    parse(content, counted.start, counted.data, counted.end)
    return counted.found


class _Counted:
    """What has been walked through: `found`, and where in a sheet, a row and a cell one stands."""

    def __init__(self) -> None:
        self.found = Content()
        self._ranges: list[Range] = []  # those of the sheet
        self._row = self._rows = self._columns = 0  # so many there are; the last row and column with something in them
        self._column = self._width = self._repeated = 0  # of a row; `width`: its last column with something in it
        self._beside = self._text = 0  # of a cell: how often it stands there, and its characters
        self._inside = self._filled = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "table":
            self._start_sheet(attributes.get("table:name", ""))
        elif name == "table-row":
            self._column, self._width = 0, 0
            self._repeated = _number(attributes, "table:number-rows-repeated")
        elif name in _CELLS:
            self._start_cell(name, attributes)
        elif name == "s" and self._inside:  # so many blanks
            self._text += _number(attributes, "text:c")

    def data(self, piece: str) -> None:
        if self._inside:
            self._text += len(piece)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in _CELLS:
            self._end_cell()
        elif name == "table-row":
            self._end_row()
        elif name == "table":
            self._end_sheet()

    def _start_sheet(self, name: str) -> None:
        self._ranges, self._row, self._columns, self._rows = [], 0, 0, 0
        self.found.merged.setdefault(name, self._ranges)

    def _start_cell(self, name: str, attributes: dict[str, str]) -> None:
        self._inside, self._text, self._filled = True, 0, "office:value-type" in attributes
        span = _number(attributes, "table:number-rows-spanned")
        if span > 1 and name == "table-cell":
            self._ranges.append(((self._row, self._column), (self._row + span - 1, self._column)))
        self._beside = _number(attributes, "table:number-columns-repeated")
        self._column += self._beside

    def _end_cell(self) -> None:
        self._inside = False
        if self._filled or self._text:
            self._width = self._column
            self.found.text += self._text * self._repeated * self._beside

    def _end_row(self) -> None:
        self._row += self._repeated
        if self._width:
            self._rows = self._row
            if self._width > self._columns:
                self._columns, self.found.widest = self._width, self._row

    def _end_sheet(self) -> None:
        self.found.area += self._rows * self._columns
        if self._rows * self._columns >= self.found.rows * self.found.columns:
            self.found.rows, self.found.columns = self._rows, self._columns


def _number(attributes: dict[str, str], name: str) -> int:
    """How often the element stands there; what cannot be read is more than we take."""
    text = attributes.get(name, "1")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Malformed
    return int(text)
