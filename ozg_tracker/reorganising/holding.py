"""Drafts of reorganisations that people hold: who else manages departments finds and decides them at any time."""

from collections.abc import Collection

from django.db.models import Count
from django.utils.translation import ngettext

from ozg_tracker.accounts.holdings import Holding
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.reorganising.planning import drafts


def listed(municipality: Municipality, people: Collection[int]) -> dict[int, Holding]:
    """How many drafts each of the people has, in words; one query."""
    found = drafts(municipality).filter(by__in=people).order_by().values_list("by").annotate(number=Count("pk"))
    return {person: Holding(_words(number)) for person, number in found}


def told(municipality: Municipality, person: int) -> str:
    return listed(municipality, [person]).get(person, Holding()).words


def _words(number: int) -> str:
    return ngettext("%(number)d Entwurf eines Umbaus", "%(number)d Entwürfe eines Umbaus", number) % {"number": number}
