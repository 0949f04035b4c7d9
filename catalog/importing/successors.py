"""Which service takes the place of which: as the file says, or suggested for one that goes by one that comes.

Suggested is what is alike: the same service object (the first eight digits of the key) or, where one of them has no
key, the same bundle; and a similar name. A person decides.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from catalog.importing.database import many_rows
from catalog.importing.plan import Plan
from catalog.models import CatalogueImport, Service, ServiceBundle, Succession

SIMILAR = (
    60  # percent; from here on, says difflib, two texts are close. Below it a renamed service is rare, chance is not
)
MOST_PAIRS = 2500  # of one object or bundle; one that is exchanged as a whole is no renaming

Found = dict[tuple[int, int], int]


class One(NamedTuple):
    """A service that goes or comes, with its bundles by OZG id."""

    id: int
    key: str | None
    name: str
    ozg_ids: frozenset[str]

    def groups(self) -> Iterator[tuple[str, str]]:
        if self.key:
            yield "object", self.key[:8]
        for ozg_id in self.ozg_ids:
            yield "bundle", ozg_id


def keep_successions(plan: Plan, made: CatalogueImport, new: dict[str, int]) -> None:
    """Keep what the file says of successions, and what it lets suggest; `new`: the new services' ids by identity."""
    said = _said(plan, new)
    named = {old for old, _new in said}
    suggested: Found = {}
    coming = {*new.values(), *(each.id for each in plan.returned if each.id is not None)}
    if plan.retired and coming:
        going = set(plan.retired) - named
        services = _services(going | coming)
        suggested = _suggested(*([each for each in services if each.id in ids] for ids in (going, coming)))
    rows: list[tuple[Any, ...]] = [(*pair, "source", None) for pair in said]
    rows += [(*pair, "suggested", alike) for pair, alike in suggested.items()]
    many_rows.insert(
        Succession,
        ("old_id", "new_id", "origin", "similarity", "catalogue_import_id", "reason"),
        [(*each, made.pk, "") for each in rows],
    )


def _said(plan: Plan, new: dict[str, int]) -> list[tuple[int, int]]:
    """What the file says and no import in force has said yet."""
    if not plan.successions:
        return []
    wanted = {identity for pair in plan.successions for identity in pair} - new.keys()
    ids = new | _ids(wanted)
    known = set(Succession.objects.filter(catalogue_import__undone_by=None).values_list("old", "new"))
    pairs = [(ids[old], ids[other]) for old, other in plan.successions if old in ids and other in ids]
    return [pair for pair in dict.fromkeys(pairs) if pair not in known and pair[0] != pair[1]]


def _ids(identities: set[str]) -> dict[str, int]:
    services = Service.objects.filter(official=True).order_by()
    return {name: pk for name, pk in services.values_list("identity", "pk").iterator() if name in identities}


def _services(wanted: set[int]) -> list[One]:
    bundles: defaultdict[int, set[str]] = defaultdict(set)
    links = ServiceBundle.objects.filter(until=None, bundle__ozg_id__isnull=False).order_by()
    for service, ozg_id in links.values_list("service", "bundle__ozg_id"):
        bundles[service].add(ozg_id or "")
    services = Service.objects.filter(official=True).order_by("pk").values_list("pk", "key", "name")
    return [One(pk, key, name, frozenset(bundles[pk])) for pk, key, name in services if pk in wanted]


def _suggested(going: Iterable[One], coming: Iterable[One]) -> Found:
    """For each that goes the most similar of those that come, if it is similar enough."""
    groups: defaultdict[tuple[str, str], tuple[list[One], list[One]]] = defaultdict(lambda: ([], []))
    for place, services in enumerate((going, coming)):
        for service in services:
            for group in service.groups():
                groups[group][place].append(service)
    best: dict[int, tuple[int, int]] = {}  # similarity and the new one's id, lower first of equals
    for (kind, _value), (old_ones, new_ones) in groups.items():
        if len(old_ones) * len(new_ones) <= MOST_PAIRS:
            for old, new in _pairs(kind, old_ones, new_ones):
                found = similarity(old.name, new.name), -new.id
                if found[0] >= SIMILAR:
                    best[old.id] = max(found, best.get(old.id, found))
    return {(old, -new): alike for old, (alike, new) in best.items()}


def _pairs(kind: str, old_ones: list[One], new_ones: list[One]) -> Iterator[tuple[One, One]]:
    for old in old_ones:
        for new in new_ones:
            if kind == "object" or old.key is None or new.key is None:
                yield old, new


def similarity(one: str, other: str) -> int:
    """How alike two names are, in percent; 0 where they are surely not similar enough."""
    match = SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False)
    if min(match.real_quick_ratio(), match.quick_ratio()) * 100 < SIMILAR:
        return 0
    return int(match.ratio() * 100)
