"""Reminding people of their trainings: as often and when each wants it, all at once, each stage of a due day once."""

import logging
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.mailing import Mailing, NoMailServer, one_connection
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.accounts.reminder_choices import may_be_told, only_overdue, told_since
from ozg_tracker.training.models import Reminder, TrainingTask

log = logging.getLogger(__name__)
STAGES = (30, 7, 0)  # days before the due day; then "overdue", and from the second week on "overdue1", "overdue2" …
NEW_FOR = timedelta(days=7)  # so long after it was assigned it can still be told as new, where a run was missed
CLAIM_HOLDS = timedelta(hours=1)  # after it whoever claimed has died, and the letter is anybody's again
BATCH = 250  # people whose mails are claimed at once
_RUN_ENDS = 20 * 60  # seconds; well before a claim is free again and before a worker's task is ended


def send_due_reminders(now: datetime | None = None, municipality: Municipality | None = None) -> int:
    """Send what is due to everybody (or to the people of one municipality); says how many mails went out.

    Every mail tells all of a person's trainings that are due, in all municipalities. What a missed run left out goes
    into the next one. A mail the server refused is tried again by the next run, after the others; one person's failure
    stops nobody. Raises NoMailServer where the server does not answer; what it was not given is not claimed. Five
    statements for each `BATCH` of people.
    """
    moment = now or timezone.now()
    ends = time.monotonic() + _RUN_ENDS
    sent = 0
    with one_connection() as mailing:
        try:
            for people in _batches(moment, municipality):
                if time.monotonic() > ends:
                    break
                mailing.open()
                sent += _send_batch(mailing, _claim(people, moment), moment, ends)
            mailing.check()
        except NoMailServer as gone:
            gone.done += sent
            raise
    return sent


def _batches(moment: datetime, municipality: Municipality | None) -> Iterator[list[int]]:
    """People who are to be reminded, want to be now, and had no mail since they last wanted one; those whose mail
    failed since yesterday come last, so that they keep nobody from theirs.
    """
    today_or_now = Q(sent_at__gte=OuterRef("told_since")) | Q(
        sent_at=None, failed_at=None, claimed_at__gt=moment - CLAIM_HOLDS
    )
    due = _tasks_in_reach(timezone.localdate(moment))
    if municipality is not None:
        due = due.filter(municipality=municipality)
    theirs = Reminder.objects.filter(task__person=OuterRef("pk"))
    failed = Exists(theirs.filter(failed_at__gt=moment - timedelta(days=1), failed_at__lt=moment))
    awake = User.objects.filter(may_be_told(moment), is_active=True, pk__in=due.values("person"))
    people = awake.alias(told_since=told_since(moment)).filter(~Exists(theirs.filter(today_or_now)))
    for those in (people.filter(~failed), people.filter(failed)):
        last = 0
        while batch := list(
            those.exclude(email="").filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
        ):
            yield batch
            last = batch[-1]


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


def _claim(people: list[int], moment: datetime) -> list[Reminder]:
    """Reminders that are now ours to send and nobody else's, by person: of each task the most urgent stage reached;
    the ones before it are past and are not made up for.
    """
    today = timezone.localdate(moment)
    tasks = _tasks_in_reach(today).filter(person__in=people).order_by()
    inner, params = tasks.values("pk").query.sql_with_params()
    dialect = _dialect()
    statement = _CLAIM.format(tasks=inner, **dialect)
    stages = [today + timedelta(days=days) for days in (7, 30)]
    values: list[Any] = [*([today] * statement.count(dialect["today"])), *stages]
    values += [_plain(moment), *params, _plain(moment - CLAIM_HOLDS)]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        ours = [pk for (pk,) in cursor.fetchall()]
    claimed = Reminder.objects.filter(pk__in=ours).select_related("task__course", "task__person")
    return list(claimed.order_by("task__person", "due_on", "task"))


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


def _send_batch(mailing: Mailing, claimed: list[Reminder], moment: datetime, ends: float) -> int:
    """A mail a person; what could not be given to the server is nobody's again."""
    went: list[int] = []
    failed: list[int] = []
    people = 0
    try:
        for person, theirs in groupby(claimed, key=lambda each: each.task.person):
            if time.monotonic() > ends:
                break
            reminders = list(theirs)
            mailing.open()
            told = _send(mailing, person, reminders)
            people += told
            (went if told else failed).extend(each.pk for each in reminders)
    except NoMailServer as gone:
        gone.done = people
        raise
    finally:
        rest = {each.pk for each in claimed} - {*went, *failed}
        for ids, found in ((went, {"sent_at": moment}), (failed, {"failed_at": moment})):
            if ids:
                Reminder.objects.filter(pk__in=ids).update(**found)
        if rest:
            Reminder.objects.filter(pk__in=rest).delete()
    return people


def _send(mailing: Mailing, person: User, reminders: list[Reminder]) -> bool:
    try:
        mailing.send(EmailMessage(_subject(reminders), _body(person, reminders), to=[person.email]))
    except Exception:  # whatever a mail backend raises; the others still get theirs
        log.exception("Reminder to person %s was not sent", person.pk)
        return False
    return True


def _subject(reminders: list[Reminder]) -> str:
    count = len(reminders)
    return ngettext("Eine Schulung steht an", "%(count)d Schulungen stehen an", count) % {"count": count}


def _body(person: User, reminders: list[Reminder]) -> str:
    lines = [_line(reminder) for reminder in reminders]
    return _(
        "Guten Tag %(person)s,\n\nbitte denken Sie an:\n\n%(lines)s\n\n"
        "Termine und Nachweise finden Sie unter %(address)s. Wenn Sie eine Schulung schon besucht haben, "
        "melden Sie sie dort als erledigt.\n\n"
        "Wie oft und wann Sie solche Nachrichten bekommen, wählen Sie unter %(choice)s.\n"
    ) % {
        "choice": f"{settings.BASE_URL.rstrip('/')}/konto/",
        "person": person,
        "lines": "\n".join(lines),
        "address": f"{settings.BASE_URL.rstrip('/')}/schulungen/",
    }


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
