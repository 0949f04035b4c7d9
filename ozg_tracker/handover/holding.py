"""What people hold, and what is held by whom nobody can expect to act."""

from collections.abc import Collection
from datetime import date

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from ozg_tracker.accounts.holdings import Holding
from ozg_tracker.accounts.memberships import held_as_of
from ozg_tracker.accounts.models import Deed, Deputyship, Municipality, User, who_may
from ozg_tracker.handover import things
from ozg_tracker.handover.models import Handover, HandoverItem, OtherItem
from ozg_tracker.tracking.findings.rules import At, cannot_act
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.rights import may_be_responsible


def held_by(municipality: Municipality, people: Collection[int]) -> dict[int, int]:
    """How many services each of the people holds in the municipality, by their id; one query."""
    rows = MunicipalService.objects.filter(municipality=municipality, owner__in=people).order_by()
    return dict(rows.values_list("owner").annotate(number=Count("pk")))


def listed(municipality: Municipality, people: Collection[int]) -> dict[int, Holding]:
    """What each of the people holds, and who acts for the person meanwhile; four queries."""
    held, deputies = held_by(municipality, people), _deputies(municipality, people)
    return {
        person: Holding(_services(held.get(person, 0)), ", ".join(sorted(deputies.get(person, ()))))
        for person in {*held, *deputies}
    }


def _deputies(municipality: Municipality, people: Collection[int]) -> dict[int, set[str]]:
    """Who has what the people gave away for a time that is not over, and who stands in for them; three queries."""
    mine = {"handover__in": Handover.objects.under_way(), "handover__municipality": municipality}
    found: dict[int, set[str]] = {}
    for model in (HandoverItem, OtherItem):
        items = model.objects.filter(**mine, handover__giver__in=people).order_by()
        for item in items.select_related("handover", "receiver"):
            found.setdefault(item.handover.giver_id, set()).add(str(item.receiver))
    named = Deputyship.objects.on(timezone.localdate()).filter(municipality=municipality, absent__in=people)
    for each in named.select_related("deputy"):
        found.setdefault(each.absent_id, set()).add(str(each.deputy))
    return found


def told(municipality: Municipality, person: int) -> str:
    """What the person holds there in words; "" for nothing."""
    return _services(held_by(municipality, [person]).get(person, 0))


def _services(number: int) -> str:
    return ngettext("%(number)d Leistung", "%(number)d Leistungen", number) % {"number": number} if number else ""


def stranded(municipality: Municipality) -> "QuerySet[MunicipalService]":
    """The services held by somebody who cannot act for them: who has left, or whose role has no hand in them."""
    return MunicipalService.objects.filter(cannot_act(At(timezone.localdate())), municipality=municipality)


def stranded_by_person(municipality: Municipality) -> list[tuple[User, str]]:
    """The people behind `stranded` and `things.stranded`, with what each holds in words, most first."""
    rows = stranded(municipality).order_by().values_list("owner").annotate(number=Count("pk"))
    numbers: dict[int, int] = dict(rows)
    kinds: dict[int, list[str]] = {}
    for thing in things.stranded(municipality):
        kinds.setdefault(thing.holder, []).append(thing.kind)
    people = User.objects.filter(pk__in={*numbers, *kinds})
    found = [(each, numbers.get(each.pk, 0), kinds.get(each.pk, [])) for each in people]
    found.sort(key=lambda told: (-told[1], -len(told[2]), str(told[0])))
    return [(person, things.words(number, theirs)) for person, number, theirs in found]


def who_can_act(municipality: Municipality, day: date) -> "QuerySet[User]":
    """Who can be responsible for services now and on `day`, as planned today."""
    working = who_may(Deed.READ_ROWS)
    then = [person for person, held in held_as_of(municipality, day).items() if held.role in working]
    return may_be_responsible(municipality).filter(pk__in=then)
