"""Due and done by name, for those who may assign: a manager for the own departments, the coordinator for all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db.models import QuerySet

from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.models import Membership, Role
from ozg_tracker.training.models import LEARNERS, Course, Standing, TrainingTask


@dataclass(frozen=True)
class Column:
    """A course with how many of the people it is assigned to have done it."""

    course: Course
    done: int
    assigned: int


@dataclass(frozen=True)
class Line:
    """A person with the latest task of each course, in the order of the columns; none where not assigned."""

    member: Membership
    tasks: list[TrainingTask | None]


@dataclass(frozen=True)
class Team:
    columns: list[Column]
    lines: list[Line]


def team_members(leader: Membership) -> QuerySet[Membership]:
    """The people whose trainings `leader` follows, by name; the leader among them. None for anybody else."""
    learners = Membership.objects.filter(municipality=leader.municipality_id, role__in=LEARNERS, user__is_active=True)
    if leader.role == Role.MANAGER and leader.department is not None:
        learners = learners.filter(department__in=tree_ids(leader.department))
    elif leader.role != Role.COORDINATOR:
        learners = learners.none()
    return learners.select_related("user", "department").order_by("user__last_name", "user__first_name", "user_id")


def team(members: Iterable[Membership], today: date) -> Team:
    """How the trainings of `members` stand at the end of `today`; two queries, however many people."""
    people = list(members)
    latest: dict[tuple[int, int], TrainingTask] = {}
    courses: dict[int, Course] = {}
    for task in _tasks(people, today):
        latest[task.person_id, task.course_id] = task
        courses[task.course_id] = task.course
    ordered = sorted(courses.values(), key=lambda course: (course.title, course.pk))
    lines = [Line(each, [latest.get((each.user_id, course.pk)) for course in ordered]) for each in people]
    return Team([_column(course, latest.values()) for course in ordered], lines)


def _tasks(people: list[Membership], today: date) -> Iterable[TrainingTask]:
    """Each person's tasks, the latest period last, with `standing`."""
    if not people:
        return []
    tasks = TrainingTask.objects.filter(
        municipality=people[0].municipality_id, person__in=[each.user_id for each in people], assigned_on__lte=today
    )
    return tasks.with_standing(today).select_related("course").order_by("period_start", "id")


def _column(course: Course, tasks: Iterable[TrainingTask]) -> Column:
    mine = [cast("str", task.standing) for task in tasks if task.course_id == course.pk]  # type: ignore[attr-defined]
    return Column(course, mine.count(Standing.DONE), len(mine))
