"""What an address asks a list for, and which of its pages: read in one place, for pages, files and the API alike."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import SuspiciousOperation
from django.core.paginator import Page, Paginator
from django.forms import Form
from django.http import QueryDict
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from django.core.paginator import _SupportsPagination

PRINT = "print"
PAGED = ("page", PRINT)  # the keys of an address that `page_of` reads
T = TypeVar("T")

LONGEST_SEARCH = 500  # characters: nothing is called more, and databases take only so many words and letters


class BadQuery(SuspiciousOperation):
    """An address that a list does not understand; its text is a sentence for people. Answered with 400."""


class UnknownKeys(BadQuery):
    """`keys` that the list does not know, beside those that it does."""

    def __init__(self, keys: list[str], known: Iterable[str]) -> None:
        self.keys, self.known = keys, sorted(known)
        named = ", ".join(f"„{key[:50]}“" for key in keys[:5])
        sentence = ngettext(
            "Den Filter %(keys)s gibt es hier nicht.", "Die Filter %(keys)s gibt es hier nicht.", len(keys)
        )
        super().__init__(sentence % {"keys": named})


class WrongValues(BadQuery):
    """A filter's form that refuses what it was given."""

    def __init__(self, form: Form) -> None:
        labels = ", ".join(f"„{form.fields[name].label or name}“" for name in form.errors if name in form.fields)
        sentence = ngettext(
            "Den Wert im Filter %(labels)s gibt es nicht.",
            "Die Werte in den Filtern %(labels)s gibt es nicht.",
            len(form.errors),
        )
        super().__init__(sentence % {"labels": labels})


def read_query(sent: QueryDict, known: Iterable[str]) -> QueryDict:
    """The keys of `sent` with their values, to be changed at will. Empty values are left out: a form sends every field,
    and an empty one asks for nothing.

    UnknownKeys where a key is none of the `known`: to forget it would show more than was asked for.
    """
    known = set(known)
    unknown = [key for key in sent if key not in known]
    if unknown:
        raise UnknownKeys(unknown, known)
    asked = QueryDict(mutable=True)
    for key, values in sent.lists():
        if filled := [value for value in values if value.strip()]:
            asked.setlist(key, filled)
    return asked


def page_of(found: "_SupportsPagination[T]", size: int, asked: Mapping[str, object]) -> "Page[T]":
    """The page of `found` that `asked` names, `size` lines long; in the print view all lines are one page."""
    paginator = Paginator(found, size)
    if asked.get(PRINT):
        paginator.per_page = max(paginator.count, 1)
    return paginator.get_page(asked.get("page"))  # type: ignore[arg-type]
