"""Which rounds a person leads, for whoever lets people go or looks at a list of them."""

from collections import Counter
from collections.abc import Collection

from django.utils.translation import ngettext

from ozg_tracker.accounts.holdings import Holding
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import Round, RoundStep, StepKind


def told(municipality: Municipality, person: int) -> str:
    """How many running rounds the person leads, in words; "" for none. They are passed on at the round."""
    found = listed(municipality, [person]).get(person)
    return found.words if found else ""


def listed(municipality: Municipality, people: Collection[int]) -> dict[int, Holding]:
    """The same for many; who leads none is not in it. Two queries."""
    leaders = dict(Round.objects.running().filter(municipality=municipality).values_list("pk", "by"))
    passed = RoundStep.objects.standing().filter(round__in=leaders, kind=StepKind.LED)
    for led, leader in passed.order_by("pk").values_list("round", "leader"):
        leaders[led] = leader or leaders[led]
    counted = Counter(leader for leader in leaders.values() if leader in people)
    return {person: Holding(_words(number)) for person, number in counted.items()}


def _words(number: int) -> str:
    sentence = ngettext("leitet %(number)d Bestätigungsrunde", "leitet %(number)d Bestätigungsrunden", number)
    return sentence % {"number": number}
