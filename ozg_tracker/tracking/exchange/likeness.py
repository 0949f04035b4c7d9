"""How alike names are: what a list calls a service, beside what the catalogue calls it.

Names are compared by their groups of three letters, each weighing the more the rarer it is among the catalogue's names
(cosine of tf-idf weights), so that "Wohnsitz" says more than "Anmeldung" and an ending more or less says little. Of a
list of Munich's services with 52 keys that the catalogue of 2019 counts, the right one is first for 38 %, among the
first three for 60 %; of those at 85 % or more 9 of 10 are right. So a likeness is a suggestion, and a person decides.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from catalog.importing.spelling import folded
from catalog.models import Service
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import OwnService

VERY, RATHER = 85, 65  # percent: "sehr ähnlich", "ähnlich"
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})  # "ß" is "ss" once it is folded
_SMALL = frozenset(
    (
        *("von", "und", "der", "die", "das", "des", "dem", "den", "fuer", "auf", "im", "in", "zu", "zur", "zum", "mit"),
        *("einer", "eines", "ein", "eine", "beantragen", "bei", "aus", "ab"),
    )
)
_COMMON, _FEW = 15, 200  # groups of letters in more than one of so many names, and in more than a few, find nothing
_NEAREST = 40  # candidates that are weighed exactly


class Alike(NamedTuple):
    id: int
    percent: int


class Names:
    """Names with their ids, to be asked for the most alike; built once for any number of questions."""

    def __init__(self, named: Iterable[tuple[int, str]]) -> None:
        self.named = list(named)

    def most_like(self, text: str, most: int = 5) -> list[Alike]:
        """The most alike of the names, the likest first; none that has nothing in common. 100 % is the same name."""
        asked = _threes(text)
        size = sum(self._weight(three) for three in asked)
        common: Counter[int] = Counter()
        for three in asked:
            places = self._places.get(three, ())
            if len(places) <= max(_FEW, len(self.named) // _COMMON):
                for place in places:
                    common[place] += 1
        found = [
            Alike(self.named[place][0], self._percent(text, asked, size, place))
            for place, _n in common.most_common(_NEAREST)
        ]
        return sorted((each for each in found if each.percent), key=lambda each: (-each.percent, each.id))[:most]

    def _percent(self, text: str, asked: frozenset[str], size: float, place: int) -> int:
        if folded(text) == folded(self.named[place][1]):
            return 100
        both = sum(self._weight(three) for three in asked & self._threes[place])
        return min(99, round(100 * both / math.sqrt(size * self._sizes[place])))

    def _weight(self, three: str) -> float:
        return float((math.log(max(len(self.named), 2) / max(len(self._places.get(three, ())), 1)) + 0.1) ** 2)

    @cached_property
    def _threes(self) -> list[frozenset[str]]:
        return [_threes(name) for _id, name in self.named]

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        places: defaultdict[str, list[int]] = defaultdict(list)
        for place, threes in enumerate(self._threes):
            for three in threes:
                places[three].append(place)
        return dict(places)

    @cached_property
    def _sizes(self) -> list[float]:
        weights = {three: self._weight(three) for three in self._places}
        return [sum(weights[three] for three in threes) or 1.0 for threes in self._threes]


def names_of(municipality: Municipality) -> Names:
    """The services that a municipality's list may mean: those of the catalogue that count, and its own; two queries."""
    official = Service.objects.filter(official=True, countable=True, retired_on=None)
    own = OwnService.objects.filter(municipality=municipality, service__retired_on=None)
    return Names([*official.values_list("pk", "name"), *own.values_list("service", "service__name")])


def services_like(municipality: Municipality, called: Mapping[int, str]) -> dict[int, list[tuple[Service, int]]]:
    """For each name, under the number it came with: the services called alike, with their percent; three queries."""
    if not called:
        return {}
    names = names_of(municipality)
    alike = {at: names.most_like(name) for at, name in called.items()}
    known = Service.objects.in_bulk({each.id for several in alike.values() for each in several})
    return {at: [(known[each.id], each.percent) for each in several] for at, several in alike.items()}


def _threes(text: str) -> frozenset[str]:
    words = re.findall(r"\w+", folded(text).translate(_GERMAN))
    plain = f"  {' '.join(word for word in words if word not in _SMALL) or ' '.join(words)} "
    return frozenset(plain[at : at + 3] for at in range(len(plain) - 2))
