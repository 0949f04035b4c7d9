"""What the council sees of trainings: the same people for half a year, one figure a group, words at both ends.

The members of each top department on the half-year's first day, as known at its first edition, stay one group until
its end; small ones are together. Of each the figure says how many have nothing open among the trainings that are due
in this half-year, and never more exactly than four people from nobody or from all. Each training belongs to one half-
year alone. So whoever holds all editions and knows who came, went and moved can tell nothing of any four people: let
them have nothing open, or everything, and the others make up every number that was published.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from ozg_tracker.accounts.departments.as_of import top_names, tree_as_of
from ozg_tracker.accounts.models import MembershipEvent, Municipality
from ozg_tracker.training.models import TaskDeed, TrainingEvent, learners_as_of

SMALLEST = 10  # members of a group
HIDDEN = 4  # no number is nearer to nobody or to all
REST = "übrige"


@dataclass(frozen=True)
class Group:
    """`departments`: what it is made of; None is who had no department."""

    name: str | None
    departments: tuple[str | None, ...]
    members: frozenset[int]


def begin_of(day: date) -> date:
    """The first day of the half-year of `day`."""
    return date(day.year, 1 if day.month < 7 else 7, 1)


def end_of(day: date) -> date:
    return date(day.year, 6, 30) if day.month < 7 else date(day.year, 12, 31)


def training_figures(
    municipality: Municipality,
    day: date,
    known_at: datetime | None = None,
    *,
    group_known_at: datetime | None = None,
    before: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The figures at the end of `day`, as known at `known_at` (default: now).

    `group_known_at`: when the half-year's first edition was frozen; `before`: what its editions said until now.
    """
    begin = begin_of(day)
    groups = groups_of(municipality, begin, group_known_at or known_at)
    members = frozenset().union(*(group.members for group in groups))
    still_open, late = _open_and_late(municipality, members, day, known_at)
    lines = [_line(group, len(group.members - still_open)) for group in groups]
    overdue = _overdue(lines, len(late), before)
    return {
        "group_day": begin.isoformat(),
        "groups": lines,
        "overdue_at_least": overdue and overdue[0],
        "overdue_at_most": overdue and overdue[1],
    }


def groups_of(municipality: Municipality, begin: date, known_at: datetime | None = None) -> list[Group]:
    """By name, those together last; a municipality with fewer than ten people has none."""
    top = top_names(tree_as_of(municipality.pk, begin, known_at))
    people: dict[str | None, set[int]] = {}
    for person, department in learners_as_of(municipality, begin, known_at).items():
        people.setdefault(top.get(department), set()).add(person)
    sizes = sorted(people, key=lambda name: (len(people[name]), name or ""))
    together = [name for name in sizes if len(people[name]) < SMALLEST]
    alone = [name for name in sizes if name not in together]
    while together and sum(len(people[name]) for name in together) < SMALLEST and alone:
        together.append(alone.pop(0))
    found = [Group(name, (name,), frozenset(people[name])) for name in _sorted(alone)]
    rest = frozenset().union(*(people[name] for name in together))
    return [*found, Group(REST, tuple(_sorted(together)), rest)] if len(rest) >= SMALLEST else found


def _sorted(names: Iterable[str | None]) -> list[str | None]:
    return sorted(names, key=lambda name: (name is None, name or ""))


def told(number: int, of: int) -> tuple[int, int]:
    """The range that may be said of `number` people out of `of`."""
    if number <= HIDDEN:
        return 0, HIDDEN
    return (of - HIDDEN, of) if number >= of - HIDDEN else (number, number)


def _line(group: Group, done: int) -> dict[str, Any]:
    people = len(group.members)
    least, most = told(done, people)
    return {
        "group": group.name,
        "departments": list(group.departments),
        "assigned": people,
        "completed": least if least == most else None,
        "completed_at_least": least,
        "completed_at_most": most,
    }


def _overdue(
    lines: Sequence[Mapping[str, Any]], late: int, before: Sequence[Mapping[str, Any]]
) -> tuple[int, int] | None:
    """How many are late in the municipality, in the same words; None where that would tell of a group."""
    people = sum(line["assigned"] for line in lines)
    if not people:
        return None
    least: dict[str | None, int] = {}
    for line in [*(line for figures in before for line in figures["groups"]), *lines]:
        least[line["group"]] = max(least.get(line["group"], 0), line["completed_at_least"])
    left = {line["group"]: line["assigned"] - least[line["group"]] for line in lines}
    low, high = told(late, people)
    whole = sum(left.values())
    safe = whole - low >= HIDDEN and all(
        low - (whole - left[line["group"]]) <= line["assigned"] - HIDDEN for line in lines
    )
    return (low, high) if safe else None


def _open_and_late(
    municipality: Municipality, members: frozenset[int], day: date, known_at: datetime | None
) -> tuple[set[int], set[int]]:
    """Of the members those with something open that is due in the half-year of `day`, and those late with it."""
    still_open: set[int] = set()
    late: set[int] = set()
    moved = _moved(municipality, day, known_at)
    for person, deeds in _deeds(municipality, day, known_at):
        if person not in members or deeds[0].effective_on >= moved.get(person, date.max):
            continue
        if _half_year(deeds, end_of(day)) != begin_of(day):
            continue
        now, told_last = [each for each in deeds if each.effective_on <= day][-1], deeds[-1]
        done = told_last.completed_on is not None and told_last.completed_on <= day
        taken_back = now.withdrawn_on is not None and now.kind != TaskDeed.OUT_OF_SCOPE
        if not done and not taken_back:
            still_open.add(person)
            if now.due_on < day:
                late.add(person)
    return still_open, late


def _half_year(deeds: Sequence[TrainingEvent], until: date) -> date | None:
    """The first day of the one half-year to which a task belongs: the first at whose beginning, or at its assignment if
    that was later, it was due by its end. None: of a later one than that of `until`.
    """
    begin = begin_of(deeds[0].effective_on)
    due_on = deeds[0].due_on
    while due_on > end_of(begin):
        begin = end_of(begin) + timedelta(days=1)
        if begin > until:
            return None
        due_on = [each for each in deeds if each.effective_on < begin][-1].due_on
    return begin


def _deeds(
    municipality: Municipality, day: date, known_at: datetime | None
) -> Iterator[tuple[int, list[TrainingEvent]]]:
    """The person of each task that can belong to the half-year of `day`, with what was known of it then."""
    events = TrainingEvent.objects.filter(municipality=municipality)
    if known_at is not None:
        events = events.filter(recorded_at__lte=known_at)
    reaching = events.filter(due_on__gte=begin_of(day)).values("task")
    found = (
        events.filter(task__in=reaching)
        .select_related("task")
        .only(*("task", "task__person", "kind", "effective_on", "due_on", "completed_on", "withdrawn_on"))
    )
    for _task, group in groupby(found.order_by("task", "pk").iterator(5000), key=lambda each: each.task_id):
        deeds = list(group)
        if deeds[0].effective_on <= day:
            yield deeds[0].task.person_id, deeds


def _moved(municipality: Municipality, day: date, known_at: datetime | None) -> dict[int, date]:
    """Who changed role or department in the half-year, and when first: what is assigned because of that counts next."""
    events = MembershipEvent.objects.filter(municipality=municipality)
    events = events.filter(effective_on__gt=begin_of(day), effective_on__lte=day)
    if known_at is not None:
        events = events.filter(recorded_at__lte=known_at)
    return dict(events.order_by("-effective_on", "-pk").values_list("user", "effective_on"))
