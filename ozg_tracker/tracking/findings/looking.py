"""Which findings rows have: looked at in one go for a list, and as a condition for the filter of the grid."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.tracking.findings.rules import RULES, TEAM_UNREADY, At, Rule
from ozg_tracker.tracking.models import MunicipalService, Snooze

# Which rows (ids) of a municipality go live with a team that is not ready; a room above tells it when it starts.
UNREADY: list[Callable[[Municipality, date], Collection[int]]] = []


class Seen(NamedTuple):
    """A row with the codes of its findings, those put off among them."""

    row: int
    department: int | None
    codes: frozenset[str]


@dataclass
class Finding:
    """A rule with how many rows it holds for, apart from those put off, and where most of them are."""

    rule: Rule
    count: int = 0
    snoozed: int = 0
    places: Counter[int | None] = field(default_factory=Counter)  # by top department
    most: tuple[str | None, int] | None = None


@dataclass
class Findings:
    """What is found in some rows on a day, the gravest first. `rows`: how many have any that is not put off."""

    found: list[Finding]
    rows: int = 0
    looked_at: int = 0
    places: Counter[int | None] = field(default_factory=Counter)
    names: dict[int | None, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(each.count for each in self.found)

    @property
    def snoozed(self) -> int:
        return sum(each.snoozed for each in self.found)

    @property
    def present(self) -> list[Finding]:
        return [each for each in self.found if each.count]


def scan(found: "QuerySet[Any]", at: At) -> list[Seen]:
    """Rows, or for a day in the past events, each with its findings; those without any are left out. One query."""
    asked: Any = {
        f"is_{code}": Case(When(rule.holds(at), then=Value(1)), default=Value(0), output_field=IntegerField())
        for code, rule in RULES.items()
    }
    codes = tuple(RULES)
    lines = found.order_by().annotate(**asked).values_list(at.row, "department", *asked)
    return [
        Seen(row, department, frozenset(code for code, yes in zip(codes, marks, strict=True) if yes))
        for row, department, *marks in lines
        if any(marks)
    ]


def findings(rows: "QuerySet[MunicipalService]", day: date) -> Findings:
    """What is found in `rows` today; four queries, and what it takes to know which teams are ready."""
    seen = scan(rows, at_present(rows, day))
    off = set(Snooze.objects.holding(day).filter(row__in=rows.order_by().values("pk")).values_list("row", "code"))
    tops, names = top_departments(each.department for each in seen)
    by_code = {code: Finding(rule) for code, rule in RULES.items()}
    told = Findings(list(by_code.values()), names=names)
    for each in seen:
        place = tops.get(each.department)
        left = [code for code in each.codes if (each.row, code) not in off]
        for code in each.codes.difference(left):
            by_code[code].snoozed += 1
        for code in left:
            by_code[code].count += 1
            by_code[code].places[place] += 1
        told.rows += bool(left)
        told.places[place] += len(left)
    for finding in told.present:
        place, number = finding.places.most_common(1)[0]
        finding.most = (names.get(place), number)
    return told


def top_departments(ids: Iterable[int | None]) -> tuple[dict[int | None, int], dict[int | None, str]]:
    """Of each department of their municipalities the top one above it, and the names of those; one query."""
    named = {each for each in ids if each is not None}
    here = Department.objects.filter(municipality__in=Department.objects.filter(pk__in=named).values("municipality"))
    known: dict[int, tuple[int | None, str]] = {
        pk: (parent, name) for pk, parent, name in here.values_list("pk", "parent_id", "name")
    }

    def top(pk: int) -> int:
        above = known[pk][0]
        return pk if above is None else top(above)

    tops: dict[int | None, int] = {pk: top(pk) for pk in known}
    return tops, {pk: known[pk][1] for pk in set(tops.values())}


def at_present(rows: "QuerySet[MunicipalService]", day: date) -> At:
    """What the rules are asked of `rows` as they stand, with what other rooms know of their municipalities."""
    here = Municipality.objects.filter(pk__in=rows.order_by().values("municipality"))
    told = (told(each, day) for each in here for told in UNREADY)
    return At(day, unready=frozenset(row for some in told for row in some))


def with_finding(code: str, day: date, rows: "QuerySet[MunicipalService]") -> Q:
    """Which of `rows` have the finding, and it is not put off: for a list that is narrowed by it."""
    off = Snooze.objects.holding(day).filter(row=OuterRef("pk"), code=code)
    at = at_present(rows, day) if code == TEAM_UNREADY else At(day)
    return RULES[code].holds(at) & ~Q(Exists(off))
