"""What a paper for the council is made of, before it is a file: headings, paragraphs, tables, places to fill."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from reports.telling.text import clean

# They turn the words around them; letters written from right to left need none.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


class ToFill(NamedTuple):
    """A place that the clerk fills: what belongs there, shown in brackets and marked."""

    text: str


Words = str | ToFill


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """Its words one after the other. `small`: definitions and where things come from."""

    words: tuple[Words, ...]
    small: bool = False


@dataclass(frozen=True)
class Grid:
    """A table: its name for who does not see it, the head for each page, widths in centimetres (17 in all)."""

    name: str
    head: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[Words, ...], ...]


Part = Heading | Paragraph | Grid


@dataclass(frozen=True)
class Paper:
    title: str
    about: str
    municipality: str
    footer: str
    parts: tuple[Part, ...]


def shown(words: Words) -> str:
    """The text of `words` as it stands in the file."""
    if isinstance(words, ToFill):
        return f"[{words.text}]"
    return _TURNING.sub("", clean(words))
