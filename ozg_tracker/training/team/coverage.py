"""How far the trainings of a municipality are, by rule and by course: for its coordination alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils import timezone

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.training.models import LATE, Course, Requirement, Standing, TrainingTask


@dataclass(frozen=True)
class Coverage:
    """How many people's current round of `about` (None: assigned by hand) stands how; the four add up to `asked`."""

    about: Course | Requirement | None
    course: Course
    done: int
    due: int
    late: int
    suspended: int

    @property
    def asked(self) -> int:
        return self.done + self.due + self.late + self.suspended


def coverage(municipality: Municipality, today: date | None = None) -> tuple[list[Coverage], list[Coverage]]:
    """By rule that holds, what was assigned by hand last, and by course; three queries."""
    day = today or timezone.localdate()
    tasks: Any = TrainingTask.objects.filter(municipality=municipality).current(day).with_standing(day).order_by()
    counted = tasks.values_list("course", "rule", "standing").annotate(n=Count("pk"))
    by_rule, by_course = (
        defaultdict[tuple[int, int | None], Counter[str]](Counter),
        defaultdict[int, Counter[str]](Counter),
    )
    for course, rule, standing, number in counted:
        by_rule[course, rule][standing] += number
        by_course[course][standing] += number
    courses = {each.pk: each for each in Course.objects.filter(municipality=municipality)}
    rules = list(Requirement.objects.holding(day).filter(course__municipality=municipality).told())
    lines = [_line(rule, courses[rule.course_id], by_rule[rule.course_id, rule.pk]) for rule in rules]
    told = {(rule.course_id, rule.pk) for rule in rules}
    others = defaultdict[int, Counter[str]](Counter)
    for (course, rule_id), numbers in by_rule.items():
        if (course, rule_id) not in told:
            others[course] += numbers
    lines += [_line(None, courses[course], numbers) for course, numbers in others.items()]
    lines.sort(key=lambda each: (each.course.title, each.about is None))
    return lines, [_line(course, course, by_course[pk]) for pk, course in _by_title(courses.values()) if by_course[pk]]


def _by_title(courses: Iterable[Course]) -> list[tuple[int, Course]]:
    return [(each.pk, each) for each in sorted(courses, key=lambda each: (each.title, each.pk))]


def _line(about: Course | Requirement | None, course: Course, numbers: Counter[str]) -> Coverage:
    late = sum(numbers[each] for each in LATE)
    return Coverage(about, course, numbers[Standing.DONE], numbers[Standing.DUE], late, numbers[Standing.SUSPENDED])
