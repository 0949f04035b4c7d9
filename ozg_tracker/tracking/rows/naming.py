"""What a text names: rows of a municipality by key or name, one a line or parted by a semicolon; bundles by OZG id."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from catalog.importing.keys import BadKey, key_of
from catalog.importing.spelling import folded
from catalog.models import Bundle
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import MunicipalService

MOST = 2_000  # services that one text names


class Named(NamedTuple):
    """`rows`: ids, ascending. `unknown`: what names none, or more than one."""

    rows: tuple[int, ...]
    unknown: list[str]


def rows_named(municipality: Municipality, text: str) -> Named:
    """The rows that `text` names; one query. A line of keys parted by commas names each of them."""
    by_word: dict[str, set[int]] = {}
    rows = MunicipalService.objects.filter(municipality=municipality, service__retired_on=None)
    for pk, key, name, own_key in rows.values_list("pk", "service__key", "service__name", "service__own__file_key"):
        for word in (key, own_key, folded(name)):
            if word:
                by_word.setdefault(word, set()).add(pk)
    found: set[int] = set()
    unknown = []
    for word in _words(text, by_word):
        fitting = by_word.get(_key(word) or folded(word), set())
        if len(fitting) == 1:
            found |= fitting
        else:
            unknown.append(word)
    return Named(tuple(sorted(found)), unknown)


def bundles_named(text: str) -> tuple[tuple[Bundle, ...], list[str]]:
    """The bundles whose OZG ids `text` names, by their own ids, and what names none."""
    ids = [each for each in re.split(r"[\s,;]+", text) if each]
    found = tuple(Bundle.objects.filter(ozg_id__in=ids).order_by("pk"))
    known = {bundle.ozg_id for bundle in found}
    return found, [each for each in dict.fromkeys(ids) if each not in known]


def _words(text: str, known: dict[str, set[int]]) -> Iterator[str]:
    for line in re.split(r"[\n;]+", text):
        whole = " ".join(line.split())
        if not whole:
            continue
        parts = [part.strip() for part in whole.split(",") if part.strip()]
        yield from [whole] if folded(whole) in known or len(parts) < 2 else parts


def _key(word: str) -> str | None:
    try:
        return key_of(word)
    except BadKey:
        return None
