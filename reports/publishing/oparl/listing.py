"""A list's page: what was asked for, and the links that keep asking for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from ozg_tracker.api.query import BadQuery
from reports.publishing.oparl.thing import Said, Thing

FILTERS = ("created_since", "created_until", "modified_since", "modified_until")
KEYS = (*FILTERS, "omit_internal", "limit", "page")
MOST = 100  # on a page
_YEARS = range(1900, 2200)


@dataclass(frozen=True)
class Asked:
    """`words`: the filters as they were sent, for the links."""

    words: dict[str, str]
    filters: dict[str, datetime]
    limit: int
    page: int

    @property
    def omit_internal(self) -> bool:
        return self.words.get("omit_internal") == "true"


def read(sent: Mapping[str, str]) -> Asked:
    """BadQuery for an instant that is none, and for a page that is none."""
    words = {name: sent[name] for name in KEYS if name in sent and name != "page"}
    filters = {name: _instant(name, words[name]) for name in FILTERS if name in words}
    return Asked(words, filters, min(_number(sent, "limit", MOST), MOST), _number(sent, "page", 1))


def page(things: Iterable[Thing], asked: Asked, address: str) -> Said | None:
    """The page of the list at `address`; None where there is no such page. What is deleted is told to who asks what was
    modified since.
    """
    found = [each for each in things if _holds(each, asked)]
    pages = max(1, -(-len(found) // asked.limit))
    if asked.page > pages:
        return None

    def link(number: int) -> str:
        words = asked.words | ({"page": str(number)} if number > 1 else {})
        return f"{address}?{urlencode(words)}" if words else address

    links = {"first": link(1), "self": link(asked.page), "last": link(pages)}
    if asked.page > 1:
        links["prev"] = link(asked.page - 1)
    if asked.page < pages:
        links["next"] = link(asked.page + 1)
    shown = found[(asked.page - 1) * asked.limit : asked.page * asked.limit]
    return {
        "data": [each.told(omit_internal=asked.omit_internal) for each in shown],
        "pagination": {
            "totalElements": len(found),
            "elementsPerPage": asked.limit,
            "currentPage": asked.page,
            "totalPages": pages,
        },
        "links": links,
    }


def _holds(thing: Thing, asked: Asked) -> bool:
    """Compared to the second, as the instants are told."""
    if thing.deleted and "modified_since" not in asked.filters:
        return False
    for name, bound in asked.filters.items():
        of, _of, end = name.partition("_")
        said: datetime = getattr(thing, of).replace(microsecond=0)
        if said < bound if end == "since" else said > bound:
            return False
    return True


def _instant(name: str, text: str) -> datetime:
    # an offset's plus that was not encoded comes as a space
    try:
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or timezone.is_naive(found) or found.year not in _YEARS:
        sentence = _("„%(name)s“ braucht Tag, Uhrzeit und Zeitzone, etwa 2026-01-31T12:00:00+01:00.")
        raise BadQuery(sentence % {"name": name})
    return found


def _number(sent: Mapping[str, str], name: str, default: int) -> int:
    text = sent.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):
        raise BadQuery(_("„%(name)s“ ist eine Zahl von 1 an.") % {"name": name})
    return int(text)
