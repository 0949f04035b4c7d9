"""Assigning trainings: what the requirements ask for, safe to run twice, and by hand."""

import time
from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.training.assigning.asked import OPEN, asked
from ozg_tracker.training.assigning.changing import record
from ozg_tracker.training.assigning.exempting import begin_exemptions
from ozg_tracker.training.assigning.rules import stored_rules
from ozg_tracker.training.models import Course, Exemption, Requirement, TaskDeed, TrainingTask, learners

CHUNK = 10_000  # rows of a transaction: SQLite's other writers wait a fraction of a second, not for the whole run
_PAUSE = 0.05  # seconds between two, as a writer who waits looks again in steps of up to a tenth


def assign_due_trainings(municipality: Municipality, today: date | None = None, course: Course | None = None) -> int:
    """Bring the tasks to what the requirements ask for today; says how many are new.

    A first task is due the requirement's days after today; a repetition on the day it expires, and it is opened 60 days
    before; one that has expired already the requirement's days after today, so that nobody gets a task that is late at
    birth. What no requirement asks for any more is withdrawn while it is open, with the reason; a stricter one moves
    the due day of what is open, of what rests to so many days after its rest; what is due before a go-live moves with
    it. Who has an open task of the course gets no second one, who has left none; whose last one was taken back by hand
    gets the next one an interval later, or by a rule that begins after it. `course`: only what is asked of this one.
    """
    day = today or timezone.localdate()
    rules = Requirement.objects.holding(day).filter(course__municipality=municipality)
    if course is not None:
        rules = rules.filter(course=course)
    begin_exemptions(municipality, day)
    with (
        translation.override("de"),
        asked(municipality, stored_rules(rules.with_reasons()), day, course) as words,
    ):
        words = words | {"now": timezone.now()}
        _in_chunks("changed", lambda part: _bring_in_line(words | part))
        new = _in_chunks("missing", lambda part: _assign(words | part))
    if new > CHUNK and connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # the next run is planned by what is there now
            cursor.execute("ANALYZE training_trainingtask")
    return new


def _in_chunks(name: str, deed: Callable[[dict[str, int]], int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM asked_{name}")  # noqa: S608 (names of our own, as below)
        (rows,) = cursor.fetchone()
    done = 0
    for low in range(0, rows, CHUNK):
        with transaction.atomic():
            done += deed({"low": low, "high": low + CHUNK})
        if connection.vendor == "sqlite" and low + CHUNK < rows and not connection.in_atomic_block:
            time.sleep(_PAUSE)
    return done


_COLUMNS = """(municipality_id, task_id, kind, effective_on, recorded_at, reason, due_on, completed_on, withdrawn_on,
  suspended_until)"""
_INSERT = """INSERT INTO training_trainingtask (municipality_id, course_id, person_id, round, rule_id, due_within_days,
  follows_on, period_start, assigned_on, due_on, suspension_reason, reason, rejection)
SELECT %(municipality)s, m.course_id, m.user_id, 1 + coalesce(b.round, 0), m.rule_id,
  CASE WHEN m.follows_on IS NULL THEN m.due_within END, m.follows_on,
  coalesce(b.renews_on, r.starts_on), {day},
  CASE WHEN b.renews_on >= {day} THEN b.renews_on ELSE {due} END, '', r.reason, ''
FROM asked_missing m JOIN asked_rule r ON r.rule_id = m.rule_id
LEFT JOIN asked_before b ON b.user_id = m.user_id AND b.course_id = m.course_id
WHERE m.n > %(low)s AND m.n <= %(high)s ON CONFLICT DO NOTHING"""
_ASSIGNED = """SELECT t.municipality_id, t.id, 'assigned', {day}, {now}, t.reason, t.due_on, {none}, {none}, {none}
FROM {made} t"""


def _assign(words: dict[str, Any]) -> int:
    """A second run beside this one loses on the keys, silently."""
    dialect = _dialect("m.due_within")
    insert = _INSERT.format(**dialect)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            told = _ASSIGNED.format(made="made", **dialect)
            cursor.execute(
                f"WITH made AS ({insert} RETURNING *) INSERT INTO training_trainingevent {_COLUMNS} {told}", words
            )
        else:  # nobody else writes meanwhile: what has a greater id than before is ours
            cursor.execute("SELECT coalesce(max(id), 0) FROM training_trainingtask")
            (last,) = cursor.fetchone()
            cursor.execute(insert, words)
            told = _ASSIGNED.format(made="training_trainingtask", **dialect)
            cursor.execute(
                f"INSERT INTO training_trainingevent {_COLUMNS} {told} WHERE t.id > %(last)s", words | {"last": last}
            )
        return int(cursor.rowcount)


_TOLD = """SELECT t.municipality_id, t.id, CASE WHEN c.why = 'gone' THEN 'out_of_scope' ELSE 'moved' END, {day}, {now},
  CASE WHEN c.has_left THEN 'nicht mehr hier tätig' WHEN c.why = 'gone' THEN 'die Pflicht gilt hier nicht mehr'
    WHEN c.why = 'moves' THEN 'der geplante Go-live hat sich verschoben' ELSE 'die Pflicht gilt früher' END,
  CASE WHEN c.why = 'gone' THEN t.due_on ELSE c.due_on END, {none}, CASE WHEN c.why = 'gone' THEN {day} END,
  CASE WHEN c.why <> 'gone' THEN t.suspended_until END
FROM asked_changed c JOIN training_trainingtask t ON t.id = c.id AND t.due_on = c.was_due_on AND {open}
WHERE c.n > %(low)s AND c.n <= %(high)s"""
_UPDATE = """UPDATE training_trainingtask AS t SET
  withdrawn_on = CASE WHEN c.why = 'gone' THEN {day} END,
  due_on = CASE WHEN c.why = 'gone' THEN t.due_on ELSE c.due_on END,
  due_within_days = CASE WHEN c.why = 'gone' THEN t.due_within_days ELSE c.due_within END,
  follows_on = CASE WHEN c.why = 'gone' THEN t.follows_on ELSE c.follows_on END,
  suspended_until = CASE WHEN c.why <> 'gone' THEN t.suspended_until END,
  suspension_reason = CASE WHEN c.why = 'gone' THEN '' ELSE t.suspension_reason END,
  course_date_id = CASE WHEN c.why <> 'gone' THEN t.course_date_id END
FROM asked_changed c WHERE t.id = c.id AND t.due_on = c.was_due_on AND c.n > %(low)s AND c.n <= %(high)s AND {open}"""


def _bring_in_line(words: dict[str, Any]) -> int:
    """Withdraw, tighten and move, with an event for each; rows are locked first, so that what is told is what happens.
    What somebody moved since it was planned waits for the next run.
    """
    dialect = _dialect("c.due_within") | {"open": OPEN}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT 1 FROM training_trainingtask t JOIN asked_changed c ON c.id = t.id"  # noqa: S608
                f" WHERE c.n > %(low)s AND c.n <= %(high)s AND {OPEN} ORDER BY t.id FOR UPDATE OF t",
                words,
            )
        cursor.execute(f"INSERT INTO training_trainingevent {_COLUMNS} {_TOLD.format(**dialect)}", words)
        cursor.execute(_UPDATE.format(**dialect), words)
        return int(cursor.rowcount)


def _dialect(days: str) -> dict[str, str]:
    """How each database says today, now, no day, and so many days after today."""
    if connection.vendor == "postgresql":
        day = "%(day)s::date"
        return {"day": day, "now": "%(now)s::timestamptz", "none": "NULL::date", "due": f"{day} + {days}"}
    due = f"date(%(day)s, '+' || {days} || ' days')"
    return {"day": "%(day)s", "now": "%(now)s", "none": "NULL", "due": due}


@transaction.atomic
def assign_training(
    course: Course,
    person: User,
    *,
    due_on: date,
    reason: str = "",
    by: User | None = None,
    today: date | None = None,
) -> TrainingTask:
    """Give one person a training by hand. The door has checked who may (`assignable_people`).

    ValidationError: `not_here` for somebody who does not learn in the course's municipality, `in_the_past` for the due
    day, `exempt`, `open_task` while one of the course is open, also where somebody else assigned it a moment before.
    """
    day = today or timezone.localdate()
    if not learners().filter(municipality=course.municipality_id, user=person).exists():
        raise ValidationError(_("Diese Person gehört nicht zu den Beschäftigten der Kommune."), code="not_here")
    if due_on < day:
        raise ValidationError({"due_on": ValidationError(_("Der Tag liegt in der Vergangenheit."), "in_the_past")})
    _refuse_exempt(course, person, day)
    rounds = TrainingTask.objects.filter(course=course, person=person)
    last = rounds.order_by("-round").values_list("round", flat=True).first() or 0
    task = TrainingTask(
        municipality_id=course.municipality_id,
        course=course,
        person=person,
        round=last + 1,
        period_start=day,
        assigned_on=day,
        due_on=due_on,
        reason=reason or "von Hand zugewiesen",  # kept, so German, whoever assigns
    )
    task.full_clean(validate_constraints=False, validate_unique=False)
    try:
        with transaction.atomic():
            task.save()
    except IntegrityError as error:
        sentence = _("Diese Schulung ist der Person schon zugewiesen und noch offen.")
        raise ValidationError(sentence, code="open_task") from error
    record([task], TaskDeed.ASSIGNED, by=by, reason=task.reason, day=day)
    return task


def _refuse_exempt(course: Course, person: User, day: date) -> None:
    holding = Exemption.objects.holding(day).filter(person=person, municipality=course.municipality_id)
    until = holding.filter(Q(course=None) | Q(course=course)).order_by("-until").values_list("until", flat=True).first()
    if until is not None:
        raise ValidationError(_("Die Person ist befreit bis %(day)s.") % {"day": f"{until:%d.%m.%Y}"}, code="exempt")
