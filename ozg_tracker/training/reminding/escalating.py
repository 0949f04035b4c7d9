"""Telling managers which trainings of their people are open long after their day: by name and course alone."""

import logging
from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.mailing import Mailing, one_connection
from ozg_tracker.accounts.models import Department, Membership, Municipality, Role, User
from ozg_tracker.accounts.reminder_choices import may_be_told, told_since
from ozg_tracker.training.models import Escalation, TrainingTask
from ozg_tracker.training.reminding.reminders import CLAIM_HOLDS

log = logging.getLogger(__name__)
AFTER = timedelta(days=14)  # so long after its day the person alone is reminded
_TOLD = 50  # lines of a letter; the page has the rest


def tell_managers(municipality: Municipality, now: datetime | None = None) -> int:
    """Write to whoever leads the nearest department above (of a manager's own trainings the next one up), once for each
    due day, all that is new in one letter, as often and when each wants letters. Says how many went out. Ten
    statements, however many people. Raises NoMailServer where the server does not answer.
    """
    moment = now or timezone.now()
    claimed = _claim(municipality, moment)
    if not claimed:
        return 0
    shown = Escalation.objects.filter(pk__in=claimed).select_related("manager", "task__course", "task__person")
    ordered = shown.order_by("manager", "task__person__last_name", "task__person", "task__course__title")
    went, failed = list[int](), list[int]()
    sent = 0
    try:
        with one_connection() as mailing:
            for manager, theirs in groupby(ordered, key=lambda each: each.manager):
                lines = list(theirs)
                mailing.open()
                told = _send(mailing, manager, [each.task for each in lines])
                sent += told
                (went if told else failed).extend(each.pk for each in lines)
    finally:
        Escalation.objects.filter(pk__in=went).update(sent_at=moment)
        Escalation.objects.filter(pk__in=failed).update(failed_at=moment)
        Escalation.objects.filter(pk__in=set(claimed) - {*went, *failed}).delete()
    return sent


@transaction.atomic
def _claim(municipality: Municipality, moment: datetime) -> list[int]:
    """What is now ours to tell and nobody else's."""
    leads = _managers(municipality, moment)
    if not leads:
        return []
    Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)  # of two runs, one claims
    due = _long_late(municipality, moment)
    above = dict(Department.objects.filter(municipality=municipality).values_list("pk", "parent"))
    wanted = {
        (task, manager): due_on
        for task, person, department, due_on in due
        for manager in _nearest(department, person, leads, above)
    }
    known = Escalation.objects.filter(task__in={task for task, _manager in wanted})
    free = Q(failed_at__isnull=False) | Q(sent_at=None, claimed_at__lte=moment - CLAIM_HOLDS)
    again = [
        pk
        for pk, task, manager, due_on in known.filter(free).values_list("pk", "task", "manager", "due_on")
        if wanted.get((task, manager)) == due_on
    ]
    known.filter(pk__in=again).update(claimed_at=moment, failed_at=None)
    told = set(known.values_list("task", "manager", "due_on"))
    new = [
        Escalation(task_id=task, manager_id=manager, due_on=due_on, claimed_at=moment)
        for (task, manager), due_on in wanted.items()
        if (task, manager, due_on) not in told
    ]
    return again + [each.pk for each in Escalation.objects.bulk_create(new)]


def _managers(municipality: Municipality, moment: datetime) -> dict[int, set[int]]:
    """Who leads which department, of those who may be told now."""
    heard = Escalation.objects.filter(manager=OuterRef("pk"), sent_at__gte=OuterRef("told_since"))
    people = User.objects.filter(may_be_told(moment), is_active=True).exclude(email="")
    people = people.alias(told_since=told_since(moment)).filter(~Exists(heard))
    leads = defaultdict[int, set[int]](set)
    held = Membership.objects.filter(municipality=municipality, role=Role.MANAGER, user__in=people)
    for user, department in held.exclude(department=None).values_list("user", "department"):
        leads[department or 0].add(user)
    return leads


def _long_late(municipality: Municipality, moment: datetime) -> list[tuple[int, int, int | None, date]]:
    """The task, its person, the person's department and the due day."""
    today = timezone.localdate(moment)
    late = TrainingTask.objects.late(today).filter(municipality=municipality, due_on__lt=today - AFTER)
    here = late.filter(person__memberships__municipality=municipality, person__memberships__department__isnull=False)
    awaited = here.filter(Q(suspended_until=None) | Q(suspended_until__lt=today))
    return list(awaited.values_list("pk", "person", "person__memberships__department", "due_on"))


def _nearest(
    department: int | None, person: int, leads: dict[int, set[int]], above: dict[int, int | None]
) -> frozenset[int]:
    while department is not None:
        found = leads.get(department, set()) - {person}
        if found:
            return frozenset(found)
        department = above.get(department)
    return frozenset()


def _send(mailing: Mailing, manager: User, tasks: list[TrainingTask]) -> bool:
    subject = _("Schulungen in Ihrem Fachbereich sind offen")
    try:
        mailing.send(EmailMessage(subject, _body(manager, tasks), to=[manager.email]))
    except Exception:  # whatever a mail backend raises; the others still get theirs
        log.exception("Letter to manager %s was not sent", manager.pk)
        return False
    return True


def _body(manager: User, tasks: list[TrainingTask]) -> str:
    lines = [f"– {task.person}: {task.course.title}" for task in tasks[:_TOLD]]
    if len(tasks) > _TOLD:
        lines.append(_("– und weitere, siehe unten"))
    base = settings.BASE_URL.rstrip("/")
    return _(
        "Guten Tag %(person)s,\n\nim Fachbereich, den Sie leiten, sind seit mehr als zwei Wochen offen:\n\n"
        "%(lines)s\n\n"
        "Fehlt Zeit, ein Termin oder der Anlass? Unter %(team)s können Sie helfen, etwa mit einer Aussetzung.\n\n"
        "Wie oft Sie solche Nachrichten bekommen, wählen Sie unter %(choice)s.\n"
    ) % {
        "person": manager,
        "lines": "\n".join(lines),
        "team": f"{base}/schulungen/fachbereich/",
        "choice": f"{base}/konto/",
    }
