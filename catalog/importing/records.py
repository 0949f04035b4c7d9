"""The row every reader yields, and the cleaning of its cells."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from catalog.importing import limits
from catalog.importing.problems import Problem

TYPE_THAT_LOOKS_LIKE_A_DAY = {(2, 3), (3, 2)}


class Record(NamedTuple):
    """One data row: its number as a spreadsheet shows it, and its cleaned cells; None where there is no such column.

    `key` is as written. Names of the fields are those of the models; `sdg` joins the columns that speak of the SDG.
    `successors` are the keys of services that take this one's place, `replaces` of those whose place this one takes.
    """

    number: int
    key: str | None = None
    name: str | None = None
    name2: str | None = None
    types: str | None = None
    legal_basis: str | None = None
    law: str | None = None
    synonyms: str | None = None
    sdg: str | None = None
    ozg_id: str | None = None
    bundle: str | None = None
    topic: str | None = None
    situation: str | None = None
    successors: str | None = None
    replaces: str | None = None

    @property
    def place(self) -> tuple[str | None, ...]:
        """What the row says of its bundle."""
        return self.ozg_id, self.bundle, self.topic, self.situation

    @property
    def facts(self) -> tuple[str | None, ...]:
        """What the row says of the service itself, in the order of FACTS."""
        return self.name, self.name2, self.types, self.legal_basis, self.law, self.synonyms, self.sdg


CELLS = tuple(field for field in Record._fields if field != "number")
FACTS = ("name", "name2", "types", "legal_basis", "law", "synonyms", "sdg")


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with a header: `columns` maps a field to the file's own header word. The rows can be read once.

    `all_bundles` is false where rows name bundles, but not every bundle there is. `announced` is the number that the
    last record of the source's tables together would reach, where the source says it.
    """

    sheet: str | None
    columns: dict[str, str]
    records: Iterator[Record]
    all_bundles: bool = True
    announced: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What a reader found: the tables, and the release and its source where the file itself names them.

    `problems` tell what of the file is not read; complete once the tables have been.
    """

    tables: Iterator[Table]
    release: str | None = None
    origin: str = ""
    problems: list[Problem] = field(default_factory=list)


class Cleaner(dict[object, str | None]):
    """Cell → cleaned text, remembering what it has seen: most cells of a catalogue repeat."""

    def __init__(self) -> None:
        super().__init__({None: None, "": ""})

    def column(self, cells: Sequence[object]) -> Sequence[str | None]:
        """All cells of a column, cleaned."""
        return cells if is_clean({*cells}) else [*map(self.__getitem__, cells)]  # type: ignore[return-value]  # texts

    def __missing__(self, cell: object) -> str:
        text = cleaned(cell if isinstance(cell, str) else as_text(cell))
        if len(text) <= limits.REMEMBERED:
            self[cell] = text
        return text


def as_text(cell: object) -> str:
    """A cell that is no text, as a person would type it: 99102013104000.0 is "99102013104000", 02.03.2019 a day."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date) and (cell.day, cell.month) in TYPE_THAT_LOOKS_LIKE_A_DAY:
        return f"{cell.day:02d}.{cell.month:02d}.{cell.year}"
    return str(cell)


def cleaned(text: str) -> str:
    """`text` on one line, without characters that cannot be seen: control, direction and zero-width characters go.

    Letters come composed (NFC), so that "ü" is "ü" however it was typed.
    """
    if not text.isprintable():
        text = "".join(map(_visible, text))
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"}:
        text = text[1:]  # the guard that our exports put before what a spreadsheet would take for a formula
    return " ".join(text.split()) if "  " in text or text[:1] == " " or text[-1:] == " " else text


def is_clean(cells: Iterable[object]) -> bool:
    """Whether all cells are texts that `cleaned` would leave as they are: seen at once for a whole column."""
    try:
        text = "¦".join(("", *cells, ""))  # type: ignore[arg-type]  # another type is the answer no
    except TypeError:
        return False
    return (
        text.isprintable()
        and not ("  " in text or "¦ " in text or " ¦" in text or "¦'" in text)
        and (text.isascii() or unicodedata.is_normalized("NFC", text))
    )


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    return " " if char.isspace() or unicodedata.category(char) == "Cc" else ""
