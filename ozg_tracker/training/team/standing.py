"""Due and done by name as a table of people and courses, for those who may assign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, overload

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property

from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.models import Department, Membership, Municipality, User
from ozg_tracker.training.models import Course, Standing, TrainingTask
from ozg_tracker.training.team.access import assignable


@dataclass(frozen=True)
class Column:
    """A course with how many of the people shown who were given it have done it. Of a course, never of a person."""

    course: Course
    done: int
    assigned: int


@dataclass(frozen=True)
class PersonLine:
    """A person with the latest task of each course, in the order of the columns; none where not assigned."""

    member: Membership
    tasks: list[TrainingTask | None]
    courses: list[Course]

    @property
    def cells(self) -> list[tuple[Course, TrainingTask | None]]:
        return list(zip(self.courses, self.tasks, strict=True))


@dataclass(frozen=True)
class Team:
    columns: list[Column]
    lines: list[PersonLine]


def team_members(
    user: User,
    municipality: Municipality,
    name: str = "",
    *,
    late: bool = False,
    department: Department | None = None,
) -> QuerySet[Membership]:
    """The other people to whom `user` may assign, who has something overdue first, then by department and name; those
    whose name holds every word of `name`, of `department` and below, and where `late` those with something overdue.
    """
    return found_people(user, municipality, name, late=late, department=department).exclude(user=user)


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


def team(members: Sequence[Membership], municipality: Municipality, today: date | None = None) -> Team:
    """How the trainings of these people, whom `team_members` gave, stand: those of one page, in one query however large
    the municipality is.
    """
    day = today or timezone.localdate()
    theirs = TrainingTask.objects.filter(municipality=municipality, person__in=[each.user_id for each in members])
    shown: Any = theirs.latest_rounds(day).with_standing(day).annotate(course_title=F("course__title"))
    shown = shown.only("person", "course", "due_on", "suspended_until", "suspension_reason").order_by()
    latest: dict[tuple[int, int], TrainingTask] = {(task.person_id, task.course_id): task for task in shown}
    titles = {task.course_id: task.course_title for task in shown}
    # a course once, and not once for each of the fifty people; of it, the table tells the title alone
    known = {pk: Course(pk=pk, title=title, municipality=municipality) for pk, title in titles.items()}
    for task in latest.values():
        task.course = known[task.course_id]
    courses = sorted(known.values(), key=lambda course: (course.title, course.pk))
    lines = [
        PersonLine(each, [latest.get((each.user_id, course.pk)) for course in courses], courses) for each in members
    ]
    return Team([_column(number, course, lines) for number, course in enumerate(courses)], lines)


def _column(number: int, course: Course, lines: list[PersonLine]) -> Column:
    assigned = [task for line in lines if (task := line.tasks[number]) is not None]
    done = sum(1 for task in assigned if getattr(task, "standing", "") == Standing.DONE)
    return Column(course, done, len(assigned))
