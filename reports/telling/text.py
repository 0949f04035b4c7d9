"""Text that leaves us: without control characters, harmless in a spreadsheet, printable in our font."""

import re
import struct
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from reports import canonical

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# What a spreadsheet takes for the start of a formula, also in full width, and what it skips before one.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_INSTEAD = "?"
_ELSEWHERE = "\n\t\u202f"  # no picture needed; the narrow space is in the fonts that the typesetter brings


def clean(text: str) -> str:
    """`text` without the control characters that XML and workbooks refuse; a tab or line end stays."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_all(value: Any) -> Any:
    """`value` (texts, numbers, lists, objects) with every text cleaned."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_all(each) for each in value]
    if isinstance(value, dict):
        return {key: clean_all(each) for key, each in value.items()}
    return value


def cleaned(frozen: str) -> dict[str, Any]:
    """The figures of an edition's text with every text in them cleaned.

    Canonical JSON writes a control character as an escape, so a text without any has nothing to be cleaned of.
    """
    figures = canonical.loads(frozen)
    if not any(escape in frozen for escape in ("\\u", "\\r", "\\b", "\\f")) and not _CONTROL.search(frozen):
        return figures
    whole: dict[str, Any] = clean_all(figures)
    return whole


def guard(text: str) -> str:
    """`text` so that no spreadsheet runs it when it opens a CSV; our own import takes the mark off again."""
    harmless = clean(text)
    return f"'{harmless}" if harmless.startswith(_FORMULA) else harmless


def printable(text: str, font: Path) -> str:
    """`text` in characters that `font` has: composed, without invisible ones, each other one replaced by "?"."""
    covered = characters(font)
    whole = unicodedata.normalize("NFC", clean(text))
    return "".join(_shown(each, covered) for each in whole)


def _shown(character: str, covered: frozenset[int]) -> str:
    if character in _ELSEWHERE or ord(character) in covered:
        return character
    plain = unicodedata.normalize("NFKC", character)
    if plain != character and all(ord(each) in covered for each in plain):
        return plain
    # Marks and format characters (variation selectors, joiners, direction marks) have no picture of their own.
    return "" if unicodedata.category(character) in ("Cf", "Mn", "Me", "Cn", "Co") else _INSTEAD


@cache
def characters(font: Path) -> frozenset[int]:
    """The code points for which the TrueType `font` has a picture, read from its table "cmap"."""
    data = font.read_bytes()
    tables = struct.unpack(">H", data[4:6])[0]
    records = (struct.unpack(">4sLLL", data[12 + 16 * i : 28 + 16 * i]) for i in range(tables))
    start = next(offset for tag, _sum, offset, _length in records if tag == b"cmap")
    count = struct.unpack(">H", data[start + 2 : start + 4])[0]
    found: set[int] = set()
    for index in range(count):
        _platform, _encoding, offset = struct.unpack(">HHL", data[start + 4 + 8 * index : start + 12 + 8 * index])
        found |= _segments(data[start + offset :])
    return frozenset(found)


def _segments(table: bytes) -> set[int]:
    """Code points of a cmap subtable in format 4; the others tell nothing more of our font."""
    if struct.unpack(">H", table[:2])[0] != 4:
        return set()
    twice = struct.unpack(">H", table[6:8])[0]
    ends = struct.unpack(f">{twice // 2}H", table[14 : 14 + twice])
    starts = struct.unpack(f">{twice // 2}H", table[16 + twice : 16 + 2 * twice])
    return {code for first, last in zip(starts, ends, strict=True) for code in range(first, last + 1)} - {0xFFFF}
