"""Compares the catalogue of a file with the stored one and says what is to be written. Writes nothing.

What a file does not say, it does not change: a column it lacks, the bundles where it has no OZG-ID, and then also the
services without key, which only bundle and name could name. What a whole file (not `partial`) could say and does not,
is retired; the services that a left-out row meant are not.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from hashlib import blake2b
from operator import itemgetter
from typing import NamedTuple

from django.utils.translation import gettext as _

from catalog.importing.bundles import BundlePlan, plan_bundles
from catalog.importing.check import Checked, Draft, Facts
from catalog.importing.database.stored import Stored, StoredBundle, StoredService, stored_bundles
from catalog.importing.outcome import Counting, Counts
from catalog.importing.problems import Problem
from catalog.importing.records import FACTS
from catalog.importing.spelling import folded, keyless_identity
from catalog.importing.types import Types

SHRINK = 5  # more than one in five retired is most likely the wrong file
MANY_BUNDLES = 50  # of a small catalogue, a fifth of the bundles is soon gone
_NAME, _TYPES = FACTS.index("name"), FACTS.index("types")
UNSAID = (None,) * len(FACTS)


class Target(NamedTuple):
    """A service as it shall stand; `id` is None for a new one."""

    id: int | None
    identity: str
    key: str | None
    facts: tuple[str, ...]
    countable: bool
    digest: str


@dataclass
class Plan:
    """What is to be written, and the figures of the contract."""

    bundles: BundlePlan = field(default_factory=BundlePlan)
    new: list[Target] = field(default_factory=list)
    changed: list[Target] = field(default_factory=list)
    returned: list[Target] = field(default_factory=list)
    recounted: list[Target] = field(default_factory=list)  # the file says the same of them, but they count or do not
    retired: list[int] = field(default_factory=list)
    unchanged: int = 0
    opened: list[tuple[str, str]] = field(default_factory=list)  # identity and OZG id of links to open
    closed: list[int] = field(default_factory=list)  # ids of links to close
    successions: list[tuple[str, str]] = field(default_factory=list)  # identities, before → after, as the file says
    appeared: list[int] = field(default_factory=list)  # known services that count now and did not before
    problems: list[Problem] = field(default_factory=list)
    lost_keys: int = 0  # services that the file names without the key they have
    lost_links: int = 0  # services that stand in a bundle and by the file would stand in none

    @property
    def services(self) -> Counts:
        return Counts(len(self.new), len(self.changed), self.unchanged, len(self.returned), len(self.retired))

    @property
    def counting(self) -> Counting:
        now = sum(each.countable for each in self.recounted)
        return Counting(now, len(self.recounted) - now)

    @property
    def known(self) -> list[Target]:
        """Those to be written anew that there were before."""
        return self.changed + self.returned + self.recounted


def make_plan(checked: Checked, types: Types, *, partial: bool, allow_shrink: bool) -> Plan:
    """The plan for `checked`; may leave out drafts whose new bundle is not described well enough."""
    bundles = stored_bundles()
    plan = Plan(plan_bundles(checked, bundles, partial=partial))
    overlay = Overlay(checked, partial)
    stored = Stored(overlay.asked)
    _Planner(checked, types, stored, plan, partial, overlay).run()
    _keep_bundles_in_use(plan, stored, bundles)
    known = stored.services.keys() | checked.services.keys() if checked.successions else set()
    plan.successions = [pair for pair in checked.successions if known.issuperset(pair)]
    if not partial and not allow_shrink:
        plan.problems += _shrinking(plan, stored, bundles)
    if not partial and checked.lacking:
        plan.problems.append(_incomplete(checked.lacking))
    return plan


class Overlay:
    """Lays what a file says of a service over what is stored of it. `asked` are the stored facts this needs."""

    def __init__(self, checked: Checked, partial: bool) -> None:
        if partial or checked.skipped or not checked.speaks_of_bundles:  # services beside the file are looked at
            self.asked, self.alike = list(FACTS), False
        else:
            columns = [*zip(*(draft.facts for draft in checked.services.values()), strict=True)]
            unsaid = [cells.count(None) for cells in columns] or [0] * len(FACTS)
            self.asked = [fact for fact, number in zip(FACTS, unsaid, strict=True) if number]
            self.alike = set(unsaid) <= {0, len(checked.services)}
        self.places = [self.asked.index(fact) if fact in self.asked else None for fact in FACTS]
        # Most files leave out the same facts in every row: then the two fit like the teeth of a comb.
        comb = (index if place is None else len(FACTS) + place for index, place in enumerate(self.places))
        self.comb = itemgetter(*comb)
        self.nothing = ("",) * len(self.asked)

    def __call__(self, said: Facts, stored: tuple[str, ...]) -> tuple[str, ...]:
        if self.alike:
            comb: tuple[str, ...] = self.comb(said + stored)
            return comb
        return tuple(
            (stored[place] if place is not None else "") if fact is None else fact
            for fact, place in zip(said, self.places, strict=True)
        )


class _Planner:
    def __init__(
        self, checked: Checked, types: Types, stored: Stored, plan: Plan, partial: bool, overlay: Overlay
    ) -> None:
        self.checked, self.types, self.stored, self.plan, self.partial = checked, types, stored, plan, partial
        self.overlay, self.whole = overlay, not partial and not checked.skipped and checked.speaks_of_bundles
        self.drafts = checked.services
        self.adopted: dict[str, str] = {}
        self.kept: set[str] = set()  # identities of services that stay as they are, whatever the file lacks
        self.objects: Counter[str] = Counter()

    def run(self) -> None:
        self.adopt()
        self.keep_what_was_lost()
        self.plan_the_unmentioned()
        self.objects = Counter([identity[:8] for identity in (*self.drafts, *(self.kept - self.drafts.keys()))])
        self.place_all()

    def adopt(self) -> None:
        """A service without key that gets one, with the same bundle and name, keeps its row."""
        services = self.stored.services
        for identity, draft in self.drafts.items():
            for ozg_id in (draft.ozg_ids or ()) if draft.key and identity not in services else ():
                before = keyless_identity(ozg_id, draft.facts[_NAME] or "")
                if before in services and before not in self.drafts and before not in self.adopted.values():
                    self.adopted[identity] = before
                    break

    def keep_what_was_lost(self) -> None:
        """A service whose key or bundle cell is empty now stays the one it was, where its name tells which it is.

        With its bundle, bundle and name tell; without, the name alone, among the services that no other row names.
        """
        unkeyed = self.checked.unkeyed
        doubtful = (each for each in self.drafts if each[:1] == ":" or each in unkeyed)
        lost = [each for each in doubtful if not self.is_current(each)]
        known = self.current_by_name() if lost else {}
        for identity in lost:
            ozg_id, _colon, name = identity.partition(":")
            fitting = [each for each in known.get(name, ()) if self.may_be(each, ozg_id, identity in unkeyed)]
            if len(fitting) == 1:
                self.keep(identity, fitting[0])
            elif fitting:
                self.leave_open(identity, fitting)

    def is_current(self, identity: str) -> bool:
        known = self.stored.services.get(identity)
        return known is not None and known.current

    def current_by_name(self) -> dict[str, list[str]]:
        """The identities of current services by their names, however these are spelled."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for identity, service in self.stored.services.items():
            if service.current:
                found[folded(self.stored.names[identity])].append(identity)
        return found

    def may_be(self, known: str, ozg_id: str, unkeyed: bool) -> bool:
        """Whether a row without key, in the bundle `ozg_id` or in none, may mean the service `known` of its name."""
        named = self.drafts.get(known)
        if known.isdecimal() and not unkeyed:
            return False
        if not ozg_id:
            return named is None and known not in self.adopted.values()
        links = self.stored.links.get(self.stored.services[known].id, {})
        return known.isdecimal() and ozg_id in links and not (named and ozg_id in (named.ozg_ids or ()))

    def keep(self, identity: str, known: str) -> None:
        draft, named = self.drafts.pop(identity), self.drafts.get(known)
        if known.isdecimal():
            draft.key = known
            self.plan.lost_keys += 1
            self.checked.tell_of_lost_key(draft)
        self.drafts[known] = named.with_further(draft) if named else draft

    def leave_open(self, identity: str, fitting: list[str]) -> None:
        """Leave out a row that may mean several services; they stay as they are."""
        draft = self.drafts.pop(identity)
        self.kept.update(fitting)
        message = _(
            "So heißen %(number)d Leistungen des Katalogs. Welche gemeint ist, sagt erst der Schlüssel oder die "
            "OZG-ID. Bitte ergänzen."
        ) % {"number": len(fitting)}
        self.checked.problems.append(Problem("ambiguous_name", message, sheet=draft.sheet, row=draft.row))

    def plan_the_unmentioned(self) -> None:
        """Retire what the file lacks; look again at what stays beside it, since a neighbour may make it a heading."""
        kept = self.kept.union(self.adopted.values())
        for identity, service in self.stored.services.items():
            if not service.current or identity in self.drafts or identity in kept:
                continue
            if self.partial or self.not_spoken_of(identity):
                key = identity if identity.isdecimal() else None
                self.drafts[identity] = Draft(key, UNSAID, None, 0, mentioned=False)
            else:
                self.plan.retired.append(service.id)

    def not_spoken_of(self, identity: str) -> bool:
        skipped = self.checked.skipped
        if skipped and (identity in skipped or self.stored.names[identity] in skipped):
            return True
        return ":" in identity and not self.checked.speaks_of_bundles

    def place_all(self) -> None:
        """Sort the drafts into new, changed and unchanged. A heading has other services of its object."""
        stored, adopted, overlay, nothing = self.stored.services, self.adopted, self.overlay, self.overlay.nothing
        for identity, draft in self.drafts.items():
            known = stored.get(adopted.get(identity, identity))
            facts = overlay(draft.facts, known.rest if known else nothing)
            key = draft.key
            is_heading = key is not None and key[8:] == "000000" and self.objects[key[:8]] > 1
            countable = self.types.countable(facts[_TYPES]) and not is_heading
            ozg_ids = self.bundles(identity, draft, known)
            digest = digest_of(key, facts, countable, ozg_ids)
            if known is None:
                self.plan.new.append(Target(None, identity, key, facts, countable, digest))
                self.plan.opened += [(identity, ozg_id) for ozg_id in ozg_ids]
            elif known.current and digest == known.digest:
                self.plan.unchanged += draft.mentioned
            else:
                target = Target(known.id, identity, key, facts, countable, digest)
                self.change(target, ozg_ids)
                if not known.current:
                    self.plan.returned.append(target)
                elif known.digest == digest_of(key, facts, not countable, ozg_ids):
                    self.plan.recounted.append(target)
                    self.plan.unchanged += draft.mentioned
                else:
                    self.plan.changed.append(target)

    def bundles(self, identity: str, draft: Draft, known: StoredService | None) -> list[str]:
        """The OZG ids the service shall stand in: the file's, and the stored ones where the file may not say all."""
        said = draft.ozg_ids
        if known is None or (said is not None and self.whole):
            return sorted(said) if said else []
        beside = self.partial or not self.checked.speaks_of_bundles or identity in self.checked.skipped
        if said is None or (known.current and beside):
            return sorted({*(said or ()), *self.stored.links.get(known.id, ())})
        return sorted(said)

    def change(self, target: Target, ozg_ids: list[str]) -> None:
        assert target.id is not None  # noqa: S101 (a known service has one)
        links = self.stored.links.get(target.id, {})
        self.plan.lost_links += bool(links) and not ozg_ids
        self.plan.opened += [(target.identity, ozg_id) for ozg_id in ozg_ids if ozg_id not in links]
        self.plan.closed += [link for ozg_id, link in links.items() if ozg_id not in ozg_ids]
        if target.countable and target.id not in self.stored.countable:
            self.plan.appeared.append(target.id)


def digest_of(key: str | None, facts: tuple[str, ...], countable: bool, ozg_ids: list[str]) -> str:
    """What tells a changed service from an unchanged one: facts, countability and bundles in one short text."""
    text = "\x1f".join((key or "", *facts, "1" if countable else "", *ozg_ids))
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _keep_bundles_in_use(plan: Plan, stored: Stored, bundles: dict[str, StoredBundle]) -> None:
    """No bundle is retired in which a service will still stand, such as one whose row was left out."""
    if not plan.bundles.retired:
        return
    closed, retired = {*plan.closed}, {*plan.retired}
    staying = (each.id for each in stored.services.values() if each.current and each.id not in retired)
    links = (link for each in staying for link in stored.links.get(each, {}).items())
    in_use = {bundles[ozg_id].id for ozg_id, link in links if link not in closed}
    plan.bundles.retired = [each for each in plan.bundles.retired if each not in in_use]


def _shrinking(plan: Plan, stored: Stored, known_bundles: dict[str, StoredBundle]) -> list[Problem]:
    current = [identity for identity, service in stored.services.items() if service.current]
    keyed = sum(identity.isdecimal() for identity in current)
    bundles = sum(bundle.current for bundle in known_bundles.values())
    linked = len(stored.links) if plan.lost_links else 0
    found = [
        (len(plan.retired), len(current), _("%(lost)s von %(known)s Leistungen würden entfallen")),
        (
            len(plan.bundles.retired) if bundles >= MANY_BUNDLES else 0,
            bundles,
            _("%(lost)s von %(known)s OZG-Leistungen würden entfallen"),
        ),
        (plan.lost_keys, keyed, _("%(lost)s von %(known)s Leistungen stehen ohne ihren LeiKa-Schlüssel da")),
        (plan.lost_links, linked, _("%(lost)s von %(known)s Leistungen stünden in keiner OZG-Leistung mehr")),
    ]
    return [_too_much(what, lost, known) for lost, known, what in found if lost * SHRINK > known]


def _too_much(what: str, lost: int, known: int) -> Problem:
    return Problem(
        "shrinks_too_much",
        _(
            "%(what)s, mehr als 20 %%. Vermutlich ist es nicht der ganze Katalog, oder Zellen sind leer geworden. "
            "Bitte die Datei prüfen, als Teilkatalog laden (--partial) oder das Schrumpfen ausdrücklich erlauben "
            "(--allow-shrink)."
        )
        % {"what": what % {"lost": lost, "known": known}},
    )


def _incomplete(lacking: int) -> Problem:
    return Problem(
        "incomplete",
        _(
            "Der Datei fehlen %(lacking)s Leistungen, die die Quelle selbst nennt: Es sind nicht alle Seiten. Bitte "
            "die fehlenden Seiten holen oder als Teilkatalog laden (--partial)."
        )
        % {"lacking": lacking},
    )
