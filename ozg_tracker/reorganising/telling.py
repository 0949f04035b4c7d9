"""What the pages and the API tell of departments: the tree of a day with its figures, what happened, what would."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest

from django.utils import timezone

from ozg_tracker.accounts.departments.as_of import Node, Tree, below, tree_as_of, way_up
from ozg_tracker.accounts.memberships import held_as_of
from ozg_tracker.accounts.models import DepartmentEvent, Municipality, Reorganisation, Role, User
from ozg_tracker.reorganising.wishes import Plan
from ozg_tracker.tracking.models import MunicipalService, Responsibility
from ozg_tracker.tracking.rows.as_of import state_as_of
from ozg_tracker.tracking.rows.counting import STANDS
from ozg_tracker.training.assigning.scope import Scope
from ozg_tracker.training.models import Requirement

# How many editions of months that end on a day or later there are: rooms above this one count theirs.
EDITIONS: list[Callable[[Municipality, date], int]] = []
OURS = str(Responsibility.MUNICIPALITY)
OPEN_BELOW = 150  # departments: up to so many the whole tree lies open


@dataclass
class Branch:
    """A department as the tree shows it. `services` and `people` include those of all below it.

    `opens`: whether others stand below it; `closes`: how many branches end after it. `own_*`: without those below.
    """

    pk: int
    name: str
    depth: int
    parent: int | None
    leads: list[str] = field(default_factory=list)
    services: int = 0
    people: int = 0
    own_services: int = 0
    children: int = 0
    closes: int = 0

    @property
    def ends(self) -> range:
        return range(self.closes)


@dataclass
class Shown:
    """The tree of a day, in the order in which it is written; `without`: services that no department has."""

    branches: list[Branch]
    services: int
    without: int
    open: bool

    def names(self) -> dict[int, str]:
        return {each.pk: each.name for each in self.branches}


def shown(municipality: Municipality, day: date, search: str = "", tree: Tree | None = None) -> Shown:
    """The standing departments on `day` with what they have then; those whose name or lead holds `search`, and what is
    above them. A constant number of queries.
    """
    known = tree if tree is not None else tree_as_of(municipality.pk, day)
    standing = _standing(known)
    services, people = services_on(municipality, day), people_on(municipality, day)
    found = _branches(standing, services, people, _leads(municipality, day))
    words = search.casefold().split()
    if words:
        hits = {each.pk for each in found if all(w in " ".join([each.name, *each.leads]).casefold() for w in words)}
        kept = {above for pk in hits for above in way_up(standing, pk)}
        found = [each for each in found if each.pk in kept]
    _close(found)
    total = sum(services.values())
    placed = sum(count for pk, count in services.items() if pk in standing)
    return Shown(found, total, total - placed, bool(words) or len(found) <= OPEN_BELOW)


def services_on(municipality: Municipality, day: date) -> Counter[int | None]:
    """How many services are ours and count, by department, at the end of `day`."""
    counted = set(MunicipalService.objects.filter(STANDS, municipality=municipality).values_list("pk", flat=True))
    return Counter(
        each.department_id
        for each in state_as_of(municipality.pk, day)
        if each.responsibility == OURS and each.row_id in counted
    )


def people_on(municipality: Municipality, day: date) -> Counter[int | None]:
    """How many people belong to each department at the end of `day`."""
    return Counter(held.department for held in held_as_of(municipality, day).values())


def _leads(municipality: Municipality, day: date) -> dict[int, list[str]]:
    led = {
        user: held.department
        for user, held in held_as_of(municipality, day).items()
        if held.role == Role.MANAGER and held.department is not None
    }
    names: dict[int, list[str]] = {}
    for user in User.objects.filter(pk__in=led).order_by("last_name", "first_name", "username"):
        names.setdefault(led[user.pk], []).append(str(user))
    return names


def _branches(
    tree: Mapping[int, Node],
    services: Mapping[int | None, int],
    people: Mapping[int | None, int],
    leads: Mapping[int, list[str]],
) -> list[Branch]:
    """All of `tree` by name, each department followed by those below it."""
    children: dict[int | None, list[int]] = {}
    for pk, node in sorted(tree.items(), key=lambda each: (each[1].name.casefold(), each[0])):
        children.setdefault(node.parent if node.parent in tree else None, []).append(pk)
    found: list[Branch] = []
    waiting = [(pk, 0) for pk in reversed(children.get(None, []))]
    while waiting:
        pk, depth = waiting.pop()
        branch = Branch(pk, tree[pk].name, depth, tree[pk].parent, leads.get(pk, []))
        branch.services = branch.own_services = services.get(pk, 0)
        branch.people = people.get(pk, 0)
        found.append(branch)
        waiting += [(child, depth + 1) for child in reversed(children.get(pk, []))]
    by_id = {each.pk: each for each in found}
    for each in reversed(found):
        if each.parent in by_id:
            by_id[each.parent].services += each.services
            by_id[each.parent].people += each.people
    return found


def _close(found: Sequence[Branch]) -> None:
    """Say after which department how many branches end, and how many stand below each."""
    shown = {each.pk: each for each in found}
    for each in found:
        if each.parent in shown:
            shown[each.parent].children += 1
    for each, after in zip_longest(found, found[1:]):
        each.closes = max(0, each.depth - (after.depth if after else 0))


@dataclass(frozen=True)
class Deed:
    """A reorganisation as the history tells it: what it did, a sentence each."""

    deed: Reorganisation
    lines: list[str]
    undone: bool


def deeds(among: Iterable[Reorganisation]) -> list[Deed]:
    """The reorganisations with what they did to which department; two queries, however many."""
    wanted = list(among)
    events = DepartmentEvent.objects.filter(reorganisation__in=wanted).order_by("pk").select_related("parent")
    by_deed: dict[int, list[DepartmentEvent]] = {}
    for event in events:
        by_deed.setdefault(event.reorganisation_id, []).append(event)
    undone = set(Reorganisation.objects.filter(undoes__in=wanted).values_list("undoes", flat=True))
    return [Deed(each, _lines(by_deed.get(each.pk, [])), each.pk in undone) for each in wanted]


SHOWN_LINES = 12


def _lines(events: Sequence[DepartmentEvent]) -> list[str]:
    lines = [f"{each.name}{' †' if each.ended else f' ({each.parent.name})' if each.parent else ''}" for each in events]
    return lines if len(lines) <= SHOWN_LINES else [*lines[: SHOWN_LINES - 1], f"… {len(lines) - SHOWN_LINES + 1}"]


@dataclass(frozen=True)
class Line:
    branch: Branch
    changed: bool  # is not there on the other side, or is called otherwise or stands elsewhere there
    counts: bool  # has other numbers there


@dataclass(frozen=True)
class Compared:
    """The branches that a plan has a hand in, as they are today and as they would be."""

    before: list[Line]
    after: list[Line]


def compared(municipality: Municipality, plan: Plan, day: date) -> Compared:
    services, people = services_on(municipality, day), people_on(municipality, day)
    then_services, then_people = after(services, plan, "services"), after(people, plan, "people")
    before = _branches(_standing(plan.before), services, people, {})
    then = _branches(_standing(plan.after), then_services, then_people, {})
    return Compared(_lines_of(before, then), _lines_of(then, before))


def after(now: Counter[int | None], plan: Plan, what: str) -> Counter[int | None]:
    """How many there would be by department, of how many there are now; `what`: services or people."""
    then = Counter(now)
    for each in plan.moves:
        number = now[each.source] if each.share is None else len(getattr(each.share, what))
        then[each.source] -= number
        then[each.target] += number
    return then


def editions_that_differ(municipality: Municipality, plan: Plan) -> int:
    """How many frozen months would be counted otherwise by what `plan` does: those that end on its day or later, where
    a department that it changes, or one below it, has or had any service or person. The editions themselves stay.
    """
    day = plan.wish.effective_on
    touched = below(plan.before, plan.changes) | {each.source for each in plan.moves}
    if not any(
        counted[pk] for counted in (services_on(municipality, day), people_on(municipality, day)) for pk in touched
    ):
        return 0
    return sum(count(municipality, day) for count in EDITIONS)


@dataclass(frozen=True)
class Access:
    """What a person who leads a department gains and loses by a plan."""

    user: User
    department: str
    gained_services: int
    lost_services: int
    gained_people: int
    lost_people: int


def access_changes(
    municipality: Municipality, plan: Plan, services: Collection[int], people: Collection[int]
) -> list[Access]:
    """Who leads a department and would see and change other services or people; `services` and `people`: what moves."""
    day = min(plan.wish.effective_on, timezone.localdate())
    held = held_as_of(municipality, day)
    rows = {
        each.row_id: each.department_id for each in state_as_of(municipality.pk, day) if each.responsibility == OURS
    }
    members = {user: each.department for user, each in held.items()}
    rows_then = {pk: _goes(plan, at, pk, "services") if pk in services else at for pk, at in rows.items()}
    members_then = {pk: _goes(plan, at, pk, "people") if pk in people else at for pk, at in members.items()}
    found = []
    for user, each in held.items():
        if each.role != Role.MANAGER or each.department is None or members_then[user] is None:
            continue
        led, leads = below(plan.before, [each.department]), below(_standing(plan.after), [members_then[user] or 0])
        sides = [(_within(rows, led), _within(rows_then, leads)), (_within(members, led), _within(members_then, leads))]
        numbers = [len(more) for before, after in sides for more in (after - before, before - after)]
        if any(numbers):
            found.append((user, plan.after[members_then[user] or 0].name, numbers))
    users = User.objects.in_bulk([user for user, *_rest in found])
    return sorted((Access(users[pk], name, *numbers) for pk, name, numbers in found), key=lambda each: str(each.user))


@dataclass(frozen=True)
class RuleChoice:
    """A training rule of a department that moves. `had` and `gets`: how many people it is for and would be for in its
    new department `target` ("" where it has none of its own); `new`: how many of these it was not for. `chosen`:
    "stays" or "named" as of a wish, "": it goes along whole.
    """

    rule: Requirement
    target: str
    had: int
    gets: int
    new: int
    chosen: str


def rule_choices(
    municipality: Municipality, plan: Plan, rules: Iterable[Requirement], moving: Collection[int], advise: bool
) -> list[RuleChoice]:
    """What each of `rules` comes to by `plan`, by which the people `moving` move; a constant number of queries.

    `advise`: what nobody has decided yet is for those alone who had it, where it would be for others too.
    """
    found = list(rules)
    scope, then, moved = Scope(municipality, found), _standing(plan.after), set(moving)
    places = {pk: _goes(plan, at, pk, "people") if pk in moved else at for pk, at in scope.places.items()}
    told = []
    for rule in found:
        whole = (each.target for each in plan.moves if each.share is None and each.source == rule.department_id)
        target = next(whole, None)
        had = scope.people(rule, below(plan.before, [rule.department_id or 0]))
        gets = scope.people(rule, below(then, [target or 0]), places) if target is not None else had
        grows = advise and bool(gets - had) and not rule.named
        chosen = "stays" if rule.pk in plan.wish.staying else "named" if grows or rule.pk in plan.wish.named else ""
        name = plan.after[target].name if target is not None else ""
        told.append(RuleChoice(rule, name, len(had), len(gets), len(gets - had), chosen))
    return told


def _goes(plan: Plan, at: int | None, pk: int, what: str) -> int | None:
    """Where what is `at` a department goes; the first move that fits counts."""
    fits = (
        each for each in plan.moves if each.source == at and (each.share is None or pk in getattr(each.share, what))
    )
    return next((each.target for each in fits), at)


def _within(places: Mapping[int, int | None], departments: Collection[int]) -> set[int]:
    return {pk for pk, at in places.items() if at in departments}


def _standing(tree: Tree) -> Tree:
    return {pk: node for pk, node in tree.items() if node.begun and not node.ended}


def _lines_of(found: Sequence[Branch], other: Sequence[Branch]) -> list[Line]:
    """What differs from the other side, with all that stands above it."""
    there = {each.pk: each for each in other}
    parents = {each.pk: each.parent for each in found}
    lines: dict[int, Line] = {}
    for each in found:
        twin = there.get(each.pk)
        changed = twin is None or (twin.name, twin.parent) != (each.name, each.parent)
        counts = twin is None or (twin.services, twin.people) != (each.services, each.people)
        lines[each.pk] = Line(each, changed, counts)
    kept: set[int] = set()
    for pk, line in lines.items():
        above: int | None = pk if line.changed or line.counts else None
        while above is not None and above in lines and above not in kept:
            kept.add(above)
            above = parents[above]
    return [lines[each.pk] for each in found if each.pk in kept]
