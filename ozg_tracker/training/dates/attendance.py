"""The list of participants of a date, as whoever keeps it reads it."""

from dataclasses import dataclass
from datetime import datetime

from ozg_tracker.accounts.models import User
from ozg_tracker.training.dates.places import participants
from ozg_tracker.training.models import CourseDate, CourseSession, Presence, TrainingTask


@dataclass(frozen=True)
class Mark:
    """Somebody at a session: `there` as noted; `open`: it has begun and can be noted."""

    session: CourseSession
    there: bool
    open: bool


@dataclass(frozen=True)
class Line:
    """A person with a mark for each session; `missing` counts the sessions that have begun without the person."""

    task: TrainingTask
    marks: list[Mark]
    done: bool
    missing: int
    left: int


@dataclass(frozen=True)
class Attendance:
    """`counts`: how many were at each session, None for one to come. `open`: something can be noted."""

    sessions: list[CourseSession]
    lines: list[Line]
    counts: list[int | None]
    open: bool


def attendance(course_date: CourseDate, by: User, now: datetime) -> Attendance:
    """Who has a place, by name, and who was there, for `by`, who notes nothing for oneself; three queries."""
    sessions = list(course_date.sessions.all())
    people = ("person__last_name", "person__first_name", "person__username", "pk")
    tasks = list(participants(course_date).select_related("person").order_by(*people))
    noted = set(Presence.objects.filter(session__course_date=course_date).values_list("task", "session"))
    begun = {each.pk for each in sessions if each.starts_at <= now}
    lines = [_line(task, sessions, begun, noted, task.person_id == by.pk) for task in tasks]
    counts = [sum((task.pk, each.pk) in noted for task in tasks) if each.pk in begun else None for each in sessions]
    can_note = any(mark.open for line in lines for mark in line.marks)
    return Attendance(sessions, lines, counts, can_note)


def _line(
    task: TrainingTask, sessions: list[CourseSession], begun: set[int], noted: set[tuple[int, int]], own: bool
) -> Line:
    done = task.completed_on is not None
    marks = [Mark(each, (task.pk, each.pk) in noted, each.pk in begun and not done and not own) for each in sessions]
    missing = sum(each.session.pk in begun and not each.there for each in marks)
    return Line(task, marks, done, missing, len(sessions) - len(begun))
