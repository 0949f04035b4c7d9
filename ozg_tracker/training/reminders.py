"""Reminding people of their trainings: one mail per person and day, each stage of a due day once."""

import logging
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.models import Membership, Municipality, User
from ozg_tracker.training.models import LEARNERS, Reminder, TrainingTask

log = logging.getLogger(__name__)
STAGES = (30, 7)  # days before the due day; the last stage is "overdue"


def send_due_reminders(now: datetime | None = None, municipality: Municipality | None = None) -> int:
    """Send what is due to everybody (or to the people of one municipality); says how many mails went out.

    Every mail tells all of a person's trainings that are due, in all municipalities. What a missed run left out goes
    into the next one. A mail the server refused is tried again by the next run; one person's failure stops nobody.
    """
    moment = now or timezone.now()
    sent = 0
    for person in _people_to_remind(timezone.localdate(moment), municipality):
        claimed = _claim(person, moment)
        if claimed and _send(person, claimed, moment):
            sent += 1
    return sent


def _people_to_remind(today: date, municipality: Municipality | None) -> list[User]:
    due = _tasks_in_reach(today)
    if municipality is not None:
        due = due.filter(municipality=municipality)
    return list(User.objects.filter(is_active=True, pk__in=due.values("person")).exclude(email="").order_by("pk"))


def _tasks_in_reach(today: date) -> "QuerySet[TrainingTask]":
    still_here = Membership.objects.filter(
        user=OuterRef("person"), municipality=OuterRef("municipality"), role__in=LEARNERS
    )
    return TrainingTask.objects.filter(
        Exists(still_here),
        Q(suspended_until=None) | Q(suspended_until__lt=today),
        completion=None,
        due_on__lte=today + timedelta(days=max(STAGES)),
    )


def _stage(task: TrainingTask, today: date) -> str:
    """The most urgent stage reached; the ones before it are past and are not made up for."""
    if task.due_on < today:
        return "overdue"
    return str(min(days for days in STAGES if task.due_on <= today + timedelta(days=days)))


@transaction.atomic
def _claim(person: User, moment: datetime) -> list[Reminder]:
    """Reminders that are now ours to send and nobody else's; none when the person got a mail today."""
    today = timezone.localdate(moment)
    midnight = timezone.make_aware(datetime.combine(today, datetime.min.time()))
    if Reminder.objects.filter(task__person=person, claimed_at__gte=midnight, failed_at=None).exists():
        return []
    tasks = _tasks_in_reach(today).filter(person=person).select_related("course").order_by("due_on", "pk")
    reminders = [_claim_one(task, _stage(task, today), moment) for task in tasks]
    return [reminder for reminder in reminders if reminder is not None]


def _claim_one(task: TrainingTask, stage: str, moment: datetime) -> Reminder | None:
    reminder, created = Reminder.objects.get_or_create(
        task=task, stage=stage, due_on=task.due_on, defaults={"claimed_at": moment}
    )
    failed = Reminder.objects.filter(pk=reminder.pk, failed_at__isnull=False)
    if created or failed.update(claimed_at=moment, failed_at=None):
        return reminder
    return None


def _send(person: User, reminders: list[Reminder], moment: datetime) -> bool:
    mine = Reminder.objects.filter(pk__in=[reminder.pk for reminder in reminders])
    try:
        EmailMessage(_subject(reminders), _body(person, reminders), to=[person.email]).send()
    except Exception:  # whatever a mail backend raises; the others still get theirs
        log.exception("Reminder to person %s was not sent", person.pk)
        mine.update(failed_at=moment)
        return False
    mine.update(sent_at=moment)
    return True


def _subject(reminders: list[Reminder]) -> str:
    count = len(reminders)
    return ngettext("Eine Schulung steht an", "%(count)d Schulungen stehen an", count) % {"count": count}


def _body(person: User, reminders: list[Reminder]) -> str:
    lines = [
        _("– %(course)s, fällig am %(day)s")
        % {"course": reminder.task.course.title, "day": formats.date_format(reminder.due_on, "d.m.Y")}
        for reminder in reminders
    ]
    return _(
        "Guten Tag %(person)s,\n\nbitte denken Sie an:\n\n%(lines)s\n\n"
        "Termine und Nachweise finden Sie unter %(address)s. Wenn Sie eine Schulung schon besucht haben, "
        "melden Sie sie dort als erledigt.\n\nSie bekommen höchstens eine solche Nachricht am Tag.\n"
    ) % {
        "person": person,
        "lines": "\n".join(lines),
        "address": f"{settings.BASE_URL.rstrip('/')}/schulungen/",
    }
