"""Compares the catalogue of a file with the stored one and says what is to be written. Writes nothing.

What a file does not say, it does not change: a column it lacks, the bundles where it has no OZG-ID, and then also the
services without key, which only bundle and name could name. What a whole file (not `partial`) could say and does not,
is retired; the services that a left-out row meant are not.
"""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from operator import itemgetter
from typing import NamedTuple

from django.utils.translation import gettext as _

from catalog.importing.bundles import BundlePlan, plan_bundles
from catalog.importing.check import Checked, Draft, Facts
from catalog.importing.outcome import Counts
from catalog.importing.problems import Problem
from catalog.importing.records import FACTS
from catalog.importing.stored import Stored, StoredBundle, StoredService, stored_bundles
from catalog.importing.types import Types

SHRINK = 5  # more than one in five retired is most likely the wrong file
MANY_BUNDLES = 50  # of a small catalogue, a fifth of the bundles is soon gone
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
    retired: list[int] = field(default_factory=list)
    back: list[int] = field(default_factory=list)  # those of the changed ones that had been retired
    unchanged: int = 0
    opened: list[tuple[str, str]] = field(default_factory=list)  # identity and OZG id of links to open
    closed: list[int] = field(default_factory=list)  # ids of links to close
    successions: list[tuple[str, str]] = field(default_factory=list)  # identities, before → after, as the file says
    appeared: list[int] = field(default_factory=list)  # known services that count now and did not before
    problems: list[Problem] = field(default_factory=list)

    @property
    def services(self) -> Counts:
        return Counts(len(self.new), len(self.changed), self.unchanged, len(self.retired))


def make_plan(checked: Checked, types: Types, *, partial: bool, allow_shrink: bool) -> Plan:
    """The plan for `checked`; may leave out drafts whose new bundle is not described well enough."""
    bundles = stored_bundles()
    plan = Plan(plan_bundles(checked, bundles, partial=partial))
    overlay = Overlay(checked, partial)
    stored = Stored(overlay.asked)
    _Planner(checked, types, stored, plan, partial, overlay).run()
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
        self.objects: Counter[str] = Counter()

    def run(self) -> None:
        self.adopt()
        self.plan_the_unmentioned()
        self.objects = Counter([identity[:8] for identity in self.drafts])
        self.place_all()

    def adopt(self) -> None:
        """A service without key that gets one, with the same bundle and name, keeps its row."""
        services = self.stored.services
        for identity, draft in self.drafts.items():
            for ozg_id in (draft.ozg_ids or ()) if draft.key and identity not in services else ():
                before = f"{ozg_id}:{draft.facts[0]}"
                if before in services and before not in self.drafts and before not in self.adopted.values():
                    self.adopted[identity] = before
                    break

    def plan_the_unmentioned(self) -> None:
        """Retire what the file lacks; look again at what stays beside it, since a neighbour may make it a heading."""
        kept = set(self.adopted.values())
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
            countable = self.types.countable(facts[2]) and not is_heading
            ozg_ids = self.bundles(identity, draft, known)
            digest = digest_of(key, facts, countable, ozg_ids)
            if known is None:
                self.plan.new.append(Target(None, identity, key, facts, countable, digest))
                self.plan.opened += [(identity, ozg_id) for ozg_id in ozg_ids]
            elif digest != known.digest or not known.current:
                self.change(Target(known.id, identity, key, facts, countable, digest), ozg_ids)
                if not known.current:
                    self.plan.back.append(known.id)
            elif draft.mentioned:
                self.plan.unchanged += 1

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
        self.plan.changed.append(target)
        self.plan.opened += [(target.identity, ozg_id) for ozg_id in ozg_ids if ozg_id not in links]
        self.plan.closed += [link for ozg_id, link in links.items() if ozg_id not in ozg_ids]
        if target.countable and target.id not in self.stored.countable:
            self.plan.appeared.append(target.id)


def digest_of(key: str | None, facts: tuple[str, ...], countable: bool, ozg_ids: list[str]) -> str:
    """What tells a changed service from an unchanged one: facts, countability and bundles in one short text."""
    text = "\x1f".join((key or "", *facts, "1" if countable else "", *ozg_ids))
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _shrinking(plan: Plan, stored: Stored, known_bundles: dict[str, StoredBundle]) -> list[Problem]:
    current = sum(service.current for service in stored.services.values())
    bundles = sum(bundle.current for bundle in known_bundles.values())
    return [
        Problem(
            "shrinks_too_much",
            _(
                "%(retired)s von %(known)s %(what)s würden entfallen, mehr als 20 %%. Vermutlich ist "
                "es nicht der ganze Katalog. Bitte als Teilkatalog laden (--partial) oder das "
                "Schrumpfen ausdrücklich erlauben (--allow-shrink)."
            )
            % {"retired": retired, "known": known, "what": what},
        )
        for retired, known, what in (
            (len(plan.retired), current, "Leistungen"),
            (len(plan.bundles.retired), bundles, "OZG-Leistungen"),
        )
        if retired * SHRINK > known and (what == "Leistungen" or known >= MANY_BUNDLES)
    ]


def _incomplete(lacking: int) -> Problem:
    return Problem(
        "incomplete",
        _(
            "Der Datei fehlen %(lacking)s Leistungen, die die Quelle selbst nennt: Es sind nicht alle Seiten. Bitte "
            "die fehlenden Seiten holen oder als Teilkatalog laden (--partial)."
        )
        % {"lacking": lacking},
    )
