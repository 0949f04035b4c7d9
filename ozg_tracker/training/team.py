"""Due and done by name as a table of people and courses, for those who may assign."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ozg_tracker.accounts.models import Membership, Municipality, User
from ozg_tracker.training.access import assignable_people
from ozg_tracker.training.department import department_tasks
from ozg_tracker.training.models import Course, Standing, TrainingTask


@dataclass(frozen=True)
class Column:
    """A course with how many of the people who were given it have done it. Of a course, never of a person."""

    course: Course
    done: int
    assigned: int


@dataclass(frozen=True)
class Line:
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
    lines: list[Line]


def team(user: User, municipality: Municipality, today: date | None = None) -> Team:
    """The other people to whom `user` may assign, and how their trainings stand; a fixed number of queries."""
    people = [each for each in assignable_people(user, municipality) if each.user_id != user.pk]
    latest = _latest(department_tasks(user, municipality, today))
    courses = sorted({task.course for task in latest.values()}, key=lambda course: (course.title, course.pk))
    lines = [Line(each, [latest.get((each.user_id, course.pk)) for course in courses], courses) for each in people]
    return Team([_column(number, course, lines) for number, course in enumerate(courses)], lines)


def _latest(tasks: Iterable[TrainingTask]) -> dict[tuple[int, int], TrainingTask]:
    latest: dict[tuple[int, int], TrainingTask] = {}
    for task in sorted(tasks, key=lambda task: (task.period_start, task.pk)):
        latest[task.person_id, task.course_id] = task
    return latest


def _column(number: int, course: Course, lines: list[Line]) -> Column:
    assigned = [task for line in lines if (task := line.tasks[number]) is not None]
    done = sum(1 for task in assigned if getattr(task, "standing", "") == Standing.DONE)
    return Column(course, done, len(assigned))
