"""What people are reminded of in their trainings: each stage of a due day once."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.accounts.reminder_choices import only_overdue
from ozg_tracker.accounts.reminding.rooms import CLAIM_HOLDS, Line, Room
from ozg_tracker.training.models import Reminder, TrainingTask

STAGES = (30, 7, 0)  # days before the due day; then "overdue", and from the second week on "overdue1", "overdue2" …
NEW_FOR = timedelta(days=7)  # so long after it was assigned it can still be told as new, where a run was missed


class Trainings(Room):
    """The own trainings, in all municipalities."""

    claims = Reminder

    def people(self, municipality: Municipality | None) -> Q:
        due = _tasks_in_reach(self.today)
        if municipality is not None:
            due = due.filter(municipality=municipality)
        return Q(pk__in=due.values("person"))

    def claim(self, people: list[int], municipalities: list[Municipality]) -> Iterable[Line]:
        """Of each task the most urgent stage reached; the ones before it are past and are not made up for."""
        tasks = _tasks_in_reach(self.today).filter(person__in=people).order_by()
        inner, params = tasks.values("pk").query.sql_with_params()
        dialect = _dialect()
        statement = _CLAIM.format(tasks=inner, **dialect)
        stages = [self.today + timedelta(days=days) for days in (7, 30)]
        values: list[Any] = [*([self.today] * statement.count(dialect["today"])), *stages]
        values += [_plain(self.moment), *params, _plain(self.moment - CLAIM_HOLDS)]
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            ours = [pk for (pk,) in cursor.fetchall()]
        if not ours:
            return []
        claimed = Reminder.objects.filter(pk__in=ours).select_related("task__course").order_by("due_on", "task")
        return [Line(each.task.person_id, each.pk, _line(each)) for each in claimed]

    def subject(self, count: int) -> str:
        return ngettext("Eine Schulung steht an", "%(count)d Schulungen stehen an", count) % {"count": count}

    def opening(self) -> str:
        return _("bitte denken Sie an diese Schulungen:")

    def closing(self) -> str:
        sentence = _(
            "Termine und Nachweise finden Sie unter %(address)s. Wenn Sie eine Schulung schon besucht haben, "
            "melden Sie sie dort als erledigt."
        )
        return sentence % {"address": f"{settings.BASE_URL.rstrip('/')}/schulungen/"}


def _tasks_in_reach(today: date) -> "QuerySet[TrainingTask]":
    return (
        TrainingTask.objects.open()
        .current(today)
        .filter(
            Q(suspended_until=None) | Q(suspended_until__lt=today),
            Q(due_on__lte=today + timedelta(days=max(STAGES))) | Q(assigned_on__gt=today - NEW_FOR),
            ~only_overdue("person") | Q(due_on__lt=today),
        )
    )


_CLAIM = """INSERT INTO training_reminder (task_id, stage, due_on, claimed_at)
SELECT t.id, CASE WHEN t.due_on < {today} AND {weeks} > 0 THEN 'overdue' || {weeks}
  WHEN t.due_on < {today} THEN 'overdue' WHEN t.due_on = {today} THEN '0' WHEN t.due_on <= %s THEN '7'
  WHEN t.due_on <= %s THEN '30' ELSE 'new' END, t.due_on, {now}
FROM training_trainingtask t WHERE t.id IN ({tasks})
ON CONFLICT (task_id, stage, due_on) DO UPDATE SET claimed_at = excluded.claimed_at, failed_at = NULL
WHERE training_reminder.failed_at IS NOT NULL
  OR (training_reminder.sent_at IS NULL AND training_reminder.claimed_at <= {now_free}) RETURNING id"""


def _dialect() -> dict[str, str]:
    """How each database says today, an instant, and how many whole weeks a task is late."""
    if connection.vendor == "postgresql":
        day = "%s::date"
        return {
            "today": day,
            "weeks": f"(({day} - t.due_on - 1) / 7)",
            "now": "%s::timestamptz",
            "now_free": "%s::timestamptz",
        }
    day = "date(%s)"
    weeks = f"CAST((julianday({day}) - julianday(t.due_on) - 1) / 7 AS integer)"
    return {"today": day, "weeks": weeks, "now": "%s", "now_free": "%s"}


def _plain(moment: datetime) -> object:
    """The instant as the database keeps it."""
    return connection.ops.adapt_datetimefield_value(moment)


def _line(reminder: Reminder) -> str:
    """A training and how it stands, in other words from week to week."""
    words = {"course": reminder.task.course.title, "day": formats.date_format(reminder.due_on, "d.m.Y")}
    if reminder.stage == "new":
        return _("– %(course)s, neu für Sie, fällig am %(day)s") % words
    if reminder.stage == "0":
        return _("– %(course)s, heute fällig") % words
    if reminder.stage == "overdue":
        return _("– %(course)s, überfällig seit %(day)s") % words
    if reminder.stage.startswith("overdue"):
        weeks = int(reminder.stage.removeprefix("overdue"))
        sentence = ngettext(
            "– %(course)s, seit über %(weeks)d Woche überfällig (%(day)s). Bitte erledigen Sie sie jetzt.",
            "– %(course)s, seit über %(weeks)d Wochen überfällig (%(day)s). Bitte erledigen Sie sie jetzt.",
            weeks,
        )
        return sentence % (words | {"weeks": weeks})
    return _("– %(course)s, fällig am %(day)s") % words
