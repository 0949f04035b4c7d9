"""When two texts are one: spreadsheets and hands change dashes, quotes, blanks and case, and mean the same by it."""

import re

from catalog.importing.records import cleaned

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d"
_QUOTES = '"`´\u02bc\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2032\u2033\u2039\u203a\uff02\uff07«»'
_PLAIN = str.maketrans(dict.fromkeys(_DASHES, "-") | dict.fromkeys(_QUOTES, "'") | {"…": "..."})

IDENTITY = 600  # characters that are kept of it


def folded(text: str) -> str:
    """`text` without case ("ß" is "SS"), with one kind of dash, quote and blank: equal for what is read as the same."""
    return " ".join(text.casefold().translate(_PLAIN).split())


def keyless_identity(ozg_id: str, name: str) -> str:
    """What finds a service without key again: its bundle, and its name however it is spelled."""
    return f"{ozg_id}:{folded(name)}"[:IDENTITY]


def same(one: str, other: str) -> bool:
    """Whether the two differ in nothing but dashes, quotes, blanks and case."""
    return one == other or folded(one) == folded(other)


_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def plain_word(text: str) -> str:
    """A header word without case, umlauts, hyphens and spaces: "LeiKa-Schlüssel" is "leikaschluessel"."""
    return re.sub(r"[\W_]", "", cleaned(text).casefold().translate(_GERMAN))
