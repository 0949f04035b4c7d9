"""Due and done by name, person by person, for those who may assign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, overload

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.models import Department, Membership, Municipality, User
from ozg_tracker.training.models import LATE, Course, Standing, SuspensionReason, TrainingTask
from ozg_tracker.training.team.access import assignable


@dataclass(frozen=True)
class OpenTraining:
    """What somebody has open: of which course, how it stands, and the day of which its words speak."""

    pk: int
    course: str
    standing: str
    day: date
    reason: str = ""
    until: date | None = None  # till when it rests, whether or not it was late before

    @property
    def late(self) -> bool:
        return self.standing in LATE

    @property
    def words(self) -> str:
        said = f"{_SAID[self.standing]} {self.day:%d.%m.%Y}"
        if self.late and self.until is not None:
            said += f", {_SAID[Standing.SUSPENDED]} {self.until:%d.%m.%Y}"
        return f"{said} ({SuspensionReason(self.reason).label})" if self.reason else said


@dataclass(frozen=True)
class PersonLine:
    """A person with what is open in the current rounds, by its day, and the names of the courses that are done."""

    member: Membership
    open: list[OpenTraining]
    done: list[str]


_SAID: dict[str, Any] = {
    Standing.DUE: _("fällig"),
    Standing.OVERDUE: _("überfällig seit"),
    Standing.EXPIRED: _("abgelaufen seit"),
    Standing.SUSPENDED: _("ausgesetzt bis"),
}


def team_members(
    user: User,
    municipality: Municipality,
    name: str = "",
    *,
    late: bool = False,
    department: Department | None = None,
    course: Course | None = None,
) -> QuerySet[Membership]:
    """The other people to whom `user` may assign, who has something overdue first, then by department and name; those
    whose name holds every word of `name`, of `department` and below, where `late` those with something overdue, and
    those to whom `course` is assigned.
    """
    people = found_people(user, municipality, name, late=late, department=department).exclude(user=user)
    if course is None:
        return people
    given = TrainingTask.objects.standing().filter(course=course, person=OuterRef("user"))
    return people.filter(Exists(given.order_by()))


def found_people(
    user: User,
    municipality: Municipality,
    name: str = "",
    *,
    late: bool = False,
    department: Department | None = None,
) -> QuerySet[Membership]:
    """The same with oneself, to whom everybody may assign."""
    people = assignable(user, municipality)
    if department is not None:
        people = people.filter(department__in=tree_ids(department))
    for word in name.split():
        found = Q(user__last_name__icontains=word) | Q(user__first_name__icontains=word)
        people = people.filter(found | Q(user__username__icontains=word))
    overdue = TrainingTask.objects.open().filter(municipality=municipality, due_on__lt=timezone.localdate())
    people = people.annotate(is_late=Exists(overdue.filter(person=OuterRef("user")).order_by()))
    if late:
        people = people.filter(is_late=True)
    return people.order_by("-is_late", "department__name", "user__last_name", "user__username", "pk")


class Pages(Sequence[Membership]):
    """What `found_people` gives, page by page, at the same cost for each: how many people are in which department is
    asked once, and of the people only those of the departments that a page shows are put in order.
    """

    def __init__(self, found: QuerySet[Membership]) -> None:
        self._found = found

    @cached_property
    def _places(self) -> list[tuple[bool, str | None, int]]:
        """Whether overdue, the department's name and how many people, in the order of the list."""
        everybody: QuerySet[Any] = self._found.order_by()
        grouped = everybody.values("is_late", "department__name").annotate(number=Count("pk"))
        ordered = grouped.order_by("-is_late", "department__name")
        return list(ordered.values_list("is_late", "department__name", "number"))

    def __len__(self) -> int:
        return sum(number for _late, _name, number in self._places)

    @overload
    def __getitem__(self, asked: int) -> Membership: ...
    @overload
    def __getitem__(self, asked: slice) -> list[Membership]: ...
    def __getitem__(self, asked: int | slice) -> Membership | list[Membership]:
        if isinstance(asked, int):
            return self[asked : asked + 1][0]
        first, last, _step = asked.indices(len(self))
        names: dict[bool, list[str | None]] = {True: [], False: []}
        before, skipped = 0, 0
        for late, name, number in self._places:
            if before + number <= first:
                skipped = before + number
            elif before < last:
                names[late].append(name)
            before += number
        shown = Q(pk__in=[])
        for late, asked_for in names.items():
            if asked_for:
                place = Q(department__name__in=[name for name in asked_for if name is not None])
                shown |= Q(is_late=late) & (place | Q(department=None) if None in asked_for else place)
        return list(self._found.filter(shown)[first - skipped : last - skipped])


def team(
    members: Sequence[Membership],
    municipality: Municipality,
    today: date | None = None,
    *,
    course: Course | None = None,
) -> list[PersonLine]:
    """How the trainings of these people, whom `team_members` gave, stand: those of one page, all or of one course, in
    one query however large the municipality is.
    """
    day = today or timezone.localdate()
    theirs = TrainingTask.objects.filter(municipality=municipality, person__in=[each.user_id for each in members])
    if course is not None:
        theirs = theirs.filter(course=course)
    lines = {each.user_id: PersonLine(each, [], []) for each in members}
    shown: Any = theirs.latest_rounds(day).with_standing(day).order_by("due_on", "course__title", "pk")
    facts = ("person", "pk", "course__title", "standing", "due_on", "suspended_until", "suspension_reason")
    for person, pk, title, standing, due_on, until, reason in shown.values_list(*facts):
        if standing == Standing.DONE:
            lines[person].done.append(title)
        elif until is not None and until >= day:
            said = until if standing == Standing.SUSPENDED else due_on
            lines[person].open.append(OpenTraining(pk, title, standing, said, reason, until))
        else:
            lines[person].open.append(OpenTraining(pk, title, standing, due_on))
    return list(lines.values())
