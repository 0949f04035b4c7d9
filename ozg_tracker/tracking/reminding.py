"""Reminding of planned dates and rounds: one letter a person, each stage once, as often as the person chose."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.mailing import NoMailServer, one_connection
from ozg_tracker.accounts.models import Membership, Municipality, Role, User
from ozg_tracker.accounts.reminder_choices import may_be_told, only_overdue, told_since
from ozg_tracker.tracking.models import MunicipalService, Round, WorkReminder
from ozg_tracker.tracking.rounds.opening import who_is_asked
from ozg_tracker.tracking.rounds.standing import standing_of
from ozg_tracker.tracking.rows import locks
from ozg_tracker.tracking.rows.counting import PROMISED

log = logging.getLogger(__name__)
AHEAD = 7  # days before the day; then on it, and from then on every week
ESCALATES = 14  # days after a planned date from which whoever leads the department hears of it too
CLAIM_HOLDS = timedelta(hours=1)
KEPT_FOR = timedelta(days=366)  # a stage that has passed does not come again


class Line(NamedTuple):
    """Something a person is to be reminded of. `stage`: which letter of its due day it is."""

    person: int
    about: str
    due_on: date
    stage: str
    words: str


def send_work_reminders(municipality: Municipality, now: datetime | None = None) -> int:
    """Write to everybody who has something due and wants to hear of it now; says how many letters went out.

    Raises NoMailServer where the server does not answer; what it was not given is claimed anew after an hour.
    """
    moment = now or timezone.now()
    WorkReminder.objects.filter(municipality=municipality, claimed_at__lt=moment - KEPT_FOR).delete()
    found = [*_planned(municipality, moment), *_rounds(municipality, moment)]
    if not found:
        return 0
    claimed = _claim(municipality, found, moment)
    sent = 0
    with one_connection() as mailing:
        for person in User.objects.filter(pk__in=claimed).order_by("pk"):
            lines = claimed[person.pk]
            try:
                mailing.send(_letter(person, lines.values()))
            except NoMailServer as gone:
                gone.done += sent
                raise
            except Exception:  # whatever a mail backend raises; the others still get theirs
                log.exception("Work reminder to person %s was not sent", person.pk)
                WorkReminder.objects.filter(pk__in=lines).update(failed_at=moment)
            else:
                WorkReminder.objects.filter(pk__in=lines).update(sent_at=moment)
                sent += 1
    return sent


def _stage(due_on: date, today: date) -> str:
    """The letter that is due; "" for none yet. Those before it are past, and are not made up for."""
    days = (due_on - today).days
    if days > AHEAD:
        return ""
    if days >= 0:
        return "0" if days == 0 else str(AHEAD)
    return f"late{(-days - 1) // 7}"


def _planned(municipality: Municipality, moment: datetime) -> Iterator[Line]:
    """Of the own services, and from two weeks on of those of the department one leads."""
    today = timezone.localdate(moment)
    rows = MunicipalService.objects.filter(PROMISED, municipality=municipality, owner__isnull=False)
    leaders: dict[int, list[int]] | None = None
    asked = who_is_asked(municipality)
    for row in rows.filter(planned_on__lte=today + timedelta(days=AHEAD)).select_related("service", "owner"):
        due_on = row.planned_on
        if due_on is None or row.owner_id is None:
            continue
        words = _("– %(service)s, geplant bis %(day)s") % {"service": row.service.name, "day": f"{due_on:%d.%m.%Y}"}
        stage = _stage(due_on, today)
        yield Line(row.owner_id, f"row-{row.pk}", due_on, stage, words + _since(due_on, today))
        if (today - due_on).days > ESCALATES:
            leaders = _leaders(municipality) if leaders is None else leaders
            told = _("%(line)s, zuständig: %(person)s") % {"line": words + _since(due_on, today), "person": row.owner}
            for leader in leaders.get(asked.get(row.department_id, 0), ()):
                if leader != row.owner_id:
                    yield Line(leader, f"row-{row.pk}", due_on, f"lead{stage}", told)


def _rounds(municipality: Municipality, moment: datetime) -> Iterator[Line]:
    """To who leads a department that has not handed in; where nobody does, to who leads the round."""
    today = timezone.localdate(moment)
    for running in Round.objects.running().filter(municipality=municipality).select_related("by", "municipality"):
        told = standing_of(running)
        stage = _stage(told.until, today)
        for unit in told.waiting if stage else ():
            sentence = _("– Runde „%(round)s“, %(department)s: %(open)d von %(total)d ohne Antwort, bis %(day)s")
            words = sentence % {
                "round": running.name,
                "department": unit.department or _("ohne Fachbereich"),
                "open": unit.open,
                "total": unit.total,
                "day": f"{told.until:%d.%m.%Y}",
            }
            for person in unit.leaders or [told.leader]:
                about = f"round-{running.pk}-{unit.key}"
                yield Line(person.pk, about, told.until, stage, words + _since(told.until, today))


def _since(due_on: date, today: date) -> str:
    days = (today - due_on).days
    if days <= 0:
        return ""
    return ngettext(", seit einem Tag überfällig", ", seit %(n)d Tagen überfällig", days) % {"n": days}


def _leaders(municipality: Municipality) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    leading = Membership.objects.filter(municipality=municipality, role=Role.MANAGER, user__is_active=True)
    for department, person in leading.filter(department__isnull=False).values_list("department", "user"):
        found[department or 0].append(person)
    return found


@transaction.atomic
def _claim(municipality: Municipality, found: Iterable[Line], moment: datetime) -> dict[int, dict[int, Line]]:
    """What is now ours to send and nobody else's: by person, the reminder's id with its line."""
    locks.hold(municipality.pk, exclusive=True)
    by_person: dict[int, list[Line]] = defaultdict(list)
    for line in found:
        by_person[line.person].append(line)
    heard = WorkReminder.objects.filter(person=OuterRef("pk"), sent_at__gte=OuterRef("told_since"))
    people = User.objects.filter(may_be_told(moment), is_active=True, pk__in=by_person).exclude(email="")
    people = people.alias(told_since=told_since(moment)).filter(~Exists(heard))
    strict = set(people.filter(only_overdue()).values_list("pk", flat=True))
    kept = WorkReminder.objects.filter(municipality=municipality, person__in=by_person)
    busy = kept.filter(Q(sent_at__isnull=False) | Q(failed_at=None, claimed_at__gt=moment - CLAIM_HOLDS))
    done = set(busy.values_list("person", "about", "stage", "due_on"))
    ours: dict[int, dict[int, Line]] = {}
    for person in people.values_list("pk", flat=True):
        for line in by_person[person]:
            late = "late" in line.stage
            if (person in strict and not late) or (person, line.about, line.stage, line.due_on) in done:
                continue
            claim, _new = WorkReminder.objects.update_or_create(
                person_id=person,
                about=line.about,
                stage=line.stage,
                due_on=line.due_on,
                defaults={"municipality": municipality, "claimed_at": moment, "failed_at": None},
            )
            ours.setdefault(person, {})[claim.pk] = line
    return ours


def _letter(person: User, lines: Iterable[Line]) -> EmailMessage:
    told = sorted(lines, key=lambda line: (line.due_on, line.about))
    subject = ngettext("Eine Aufgabe steht an", "%(count)d Aufgaben stehen an", len(told)) % {"count": len(told)}
    body = _(
        "Guten Tag %(person)s,\n\nbitte denken Sie an:\n\n%(lines)s\n\nAlles, was auf Sie wartet, steht unter"
        " %(address)s. Wie oft Sie solche Nachrichten bekommen, stellen Sie in Ihrem Konto ein.\n"
    ) % {
        "person": person,
        "lines": "\n".join(line.words for line in told),
        "address": f"{settings.BASE_URL.rstrip('/')}/aufgaben/",
    }
    return EmailMessage(subject, body, to=[person.email])
