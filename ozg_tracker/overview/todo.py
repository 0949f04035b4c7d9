"""What waits for a person, as the overview shows it: a number with its meaning, and the first of its rows."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Shortcut(NamedTuple):
    label: str
    address: str


@dataclass(frozen=True)
class TodoRow:
    """A service or training: how it stands, and what can be done at once, the likeliest first."""

    name: str
    address: str
    words: str
    late: str = ""
    shortcuts: tuple[Shortcut, ...] = ()


@dataclass(frozen=True)
class Todo:
    """A number with what it means, where its list is, and the first of its rows."""

    number: int
    title: str
    words: str
    address: str
    button: str
    rows: list[TodoRow] = field(default_factory=list)
