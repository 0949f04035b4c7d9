"""Drafts of people: merges and own lists that wait for who brought them; a handover passes them to another."""

from collections import Counter
from collections.abc import Collection, Mapping

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import ngettext

from ozg_tracker.accounts.holdings import Holding, Thing
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import Merge, OwnList, OwnListRow

MERGE, OWN_LIST = "merge", "own_list"
_MODELS: tuple[tuple[str, type[Merge] | type[OwnList]], ...] = ((MERGE, Merge), (OWN_LIST, OwnList))


def drafts(municipality: Municipality, people: Collection[int] | None = None) -> list[Thing]:
    """What the people (None: anybody) have brought and not taken over; two queries."""
    to_do = OwnListRow.objects.filter(own_list=OuterRef("pk"), number__gt=OuterRef("head_row"), taken=False)
    lists = OwnList.objects.filter(Exists(to_do.exclude(outcome=OwnListRow.Outcome.KEPT)))
    mine = Q(municipality=municipality) if people is None else Q(municipality=municipality, by__in=people)
    found = []
    for kind, rows in ((MERGE, Merge.objects.filter(mine)), (OWN_LIST, lists.filter(mine))):
        told = rows.order_by("pk").values_list("pk", "name", "by")
        found += [Thing(kind, pk, name, by) for pk, name, by in told]
    return found


def pass_on(municipality: Municipality, things: Mapping[Thing, int]) -> None:
    """Each goes to another person (id), as if that person had brought it; a query for each kind and receiver.

    For handovers, which have asked whether both may.
    """
    for kind, model in _MODELS:
        for receiver in set(things.values()):
            mine = [each.pk for each, to in things.items() if to == receiver and each.kind == kind]
            if mine:
                model.objects.filter(municipality=municipality, pk__in=mine).update(by=receiver)


def told(municipality: Municipality, person: int) -> str:
    """How many the person has, in words; "" for none."""
    return _words(len(drafts(municipality, [person])))


def listed(municipality: Municipality, people: Collection[int]) -> dict[int, Holding]:
    """The same for many; who has none is not in it."""
    counted = Counter(each.holder for each in drafts(municipality, people))
    return {person: Holding(_words(number)) for person, number in counted.items()}


def _words(number: int) -> str:
    return ngettext("%(number)d Entwurf", "%(number)d Entwürfe", number) % {"number": number} if number else ""
