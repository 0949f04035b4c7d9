"""Who was there: whoever keeps the list notes it a session, and who was at all of them has done the training."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import User
from ozg_tracker.training.completing.completion import complete_by_presence
from ozg_tracker.training.dates.places import locked, participants
from ozg_tracker.training.models import CourseDate, CourseSession, Presence, TrainingTask

Seen = tuple[int, int]  # ids of a session and of a task


@transaction.atomic
def record_presence(
    course_date: CourseDate, seen: Collection[Seen], *, by: User, now: datetime | None = None
) -> list[TrainingTask]:
    """Note who was at the sessions that have begun, and no one else was; returns the trainings that are done with it.

    A training that is done already keeps what was noted. PermissionDenied for whom `led_by` leaves out, and for
    somebody's own presence; ValidationError `cancelled`.
    """
    moment = now or timezone.now()
    if not CourseDate.objects.led_by(by).filter(pk=course_date.pk).exists():
        raise PermissionDenied(_("Die Anwesenheit trägt ein, wer den Termin leitet, oder die OZG-Koordination."))
    found = locked(course_date.pk)
    if found.cancelled_at is not None:
        raise ValidationError(_("Dieser Termin ist abgesagt."), code="cancelled")
    sessions = list(found.sessions.all())
    begun = [each for each in sessions if each.starts_at <= moment]
    tasks = {task.pk: task for task in participants(found).open().exclude(person=by).select_related("course", "person")}
    _note(begun, tasks, set(seen), by, moment)
    return _complete(found, sessions, begun, tasks.values(), by)


def _note(begun: Iterable[CourseSession], tasks: Collection[int], seen: set[Seen], by: User, now: datetime) -> None:
    may = {(session.pk, task) for session in begun for task in tasks}
    stored = Presence.objects.filter(session__in=[each.pk for each in begun], task__in=list(tasks))
    there = {(each.session_id, each.task_id): each.pk for each in stored}
    Presence.objects.filter(pk__in=[pk for pair, pk in there.items() if pair not in seen]).delete()
    Presence.objects.bulk_create(
        Presence(session_id=session, task_id=task, by=by, recorded_at=now)
        for session, task in sorted((seen & may) - there.keys())
    )


def _complete(
    course_date: CourseDate,
    sessions: Collection[CourseSession],
    begun: Collection[CourseSession],
    tasks: Iterable[TrainingTask],
    by: User,
) -> list[TrainingTask]:
    if not sessions or len(begun) < len(sessions):
        return []
    noted = Presence.objects.filter(session__course_date=course_date).values_list("task", "session")
    visited: dict[int, set[int]] = {}
    for task_id, session in noted:
        visited.setdefault(task_id, set()).add(session)
    day = timezone.localdate(course_date.ends_at)
    done = []
    for task in tasks:
        if len(visited.get(task.pk, ())) == len(sessions) and complete_by_presence(task, day, by=by):
            done.append(task)
    return done
