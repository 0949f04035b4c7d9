"""How large a workbook becomes in the reader's memory: its cells up to the last one, and its shared strings."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat
from zipfile import ZipFile

# Only these are read alike by everybody: of longer ones the reader behind keeps what is left of an overflow.
_PLACE = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_ROW = re.compile(r"[1-9][0-9]{0,6}", re.ASCII)
_FILLED = {"v", "is", "f"}  # what a cell holds; one that only has a colour holds nothing


class Malformed(Exception):
    """The part is no well-formed XML, brings a DOCTYPE, or a cell in it says a place that is none."""


@dataclass
class Strings:
    """The part with shared strings: which it is, and the length of its longest string in bytes of XML."""

    names: list[str] = field(default_factory=list)
    longest: int = 0

    def see(self, name: str, content: bytes) -> None:
        if "sharedstrings" in name.lower():  # the reader finds them by this name
            self.names.append(name)
            self.longest = max(self.longest, *map(len, content.split(b"</si>")))

    def lengths(self, workbook: ZipFile) -> list[int]:
        """The length of every shared string; of several such parts the longest string at each place."""
        found: list[int] = []
        for name in self.names:
            each = _lengths(workbook.read(name))
            longer, shorter = sorted((found, each), key=len, reverse=True)
            found = [max(pair) for pair in zip(longer, shorter + [0] * (len(longer) - len(shorter)), strict=True)]
        return found


@dataclass
class Measured:
    """The last row and column with a cell, the last column with a filled one and the row it stands in, and the length
    of all shared strings the cells show.
    """

    rows: int = 0
    columns: int = 0
    filled: int = 0
    widest: int = 0
    text: int = 0

    @property
    def area(self) -> int:
        return self.rows * self.columns


def measure(content: bytes, lengths: list[int]) -> Measured:
    """Count as the reader does: a cell or row that does not say its place stands behind the one before.

    Malformed: a place is none that every reader understands alike.
    """
    found, row, column, number = Measured(), 0, 0, ""
    shared = inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, shared, inside, number
        name = tag.rpartition(":")[2]
        if name == "row":
            row, column = _row(attributes.get("r"), row + 1), 0
        elif name == "c":
            column, row = _place(attributes.get("r"), column + 1, row)
            shared, number = attributes.get("t") == "s", ""
            found.rows, found.columns = max(found.rows, row), max(found.columns, column)
        elif name in _FILLED and column > found.filled:
            found.filled, found.widest = column, row
        inside = name == "v"

    def data(text: str) -> None:
        nonlocal number
        if inside and shared:
            number += text[:12]

    def end(tag: str) -> None:
        nonlocal inside
        inside = False
        if tag.rpartition(":")[2] == "c" and shared:
            index = _number(number.strip(), len(lengths))
            found.text += lengths[index] if index < len(lengths) else 0

    parse(content, start, data, end)
    return found


def _lengths(content: bytes) -> list[int]:
    found: list[int] = []

    def start(tag: str, _attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "si":
            found.append(0)

    def data(text: str) -> None:
        if found:
            found[-1] += len(text)

    parse(content, start, data, lambda _tag: None)
    return found


Start = Callable[[str, dict[str, str]], object]
Text = Callable[[str], object]


def parse(content: bytes, start: Start, data: Text, end: Text) -> None:
    """Walk through `content`. Malformed: it is no well-formed XML, or brings a DOCTYPE."""

    def refuse(*_arguments: object) -> None:
        raise Malformed

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.CharacterDataHandler = data
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        raise Malformed from error


def _row(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not _ROW.fullmatch(text):
        raise Malformed
    return int(text)


def _place(text: str | None, column: int, row: int) -> tuple[int, int]:
    if text is None:
        return column, row
    if not (said := _PLACE.fullmatch(text)):
        raise Malformed
    column = 0
    for letter in said[1].upper():
        column = column * 26 + ord(letter) - 64
    return column, int(said[2])


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else otherwise
