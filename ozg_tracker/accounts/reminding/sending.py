"""Reminding people: one letter with what is due in all rooms, as often and when each wants it, each thing once."""

import logging
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.mailing import Mailing, NoMailServer, one_connection
from ozg_tracker.accounts.models import Membership, Municipality, ReminderLetter, User
from ozg_tracker.accounts.reminder_choices import may_be_told, told_since
from ozg_tracker.accounts.reminding.rooms import CLAIM_HOLDS, ROOMS, Line, Room

log = logging.getLogger(__name__)
BATCH = 1000  # people whose letters are claimed at once
SHOWN = 50  # lines of one room in a letter; its page has the rest
_RUN_ENDS = 20 * 60  # seconds; well before a claim is free again and before a worker's task is ended

Told = dict[Room, list[Line]]


def send_due_reminders(now: datetime | None = None, municipality: Municipality | None = None) -> int:
    """Send what is due to everybody (or to whom something is due in one municipality); says how many letters went out.

    Every letter tells all that is due to a person, in all rooms and municipalities. What a missed run left out goes
    into the next one. A letter the server refused is tried again by the next run, after the others; one person's
    failure stops nobody. Raises NoMailServer where the server does not answer; what it was not given is not claimed.
    At most two statements for each hundred people.
    """
    moment = now or timezone.now()
    ends = time.monotonic() + _RUN_ENDS
    rooms = [room(moment) for room in ROOMS]
    people = _people(rooms, moment, municipality)
    sent = 0
    with one_connection() as mailing:
        try:
            for first in range(0, len(people), BATCH):
                if time.monotonic() > ends:
                    break
                sent += _send_batch(mailing, _claim(rooms, people[first : first + BATCH], moment), moment, ends)
            mailing.check()
        except NoMailServer as gone:
            gone.done += sent
            raise
    return sent


def _people(rooms: list[Room], moment: datetime, municipality: Municipality | None) -> list[int]:
    """Who may have something to hear, wants to now, and had no letter since; those whose letter failed since yesterday
    come last, so that they keep nobody from theirs.
    """
    asked = Q(pk__in=[])
    for room in rooms:
        asked |= room.people(municipality)
    letters = ReminderLetter.objects.filter(person=OuterRef("pk"))
    failed = Exists(letters.filter(failed_at__gt=moment - timedelta(days=1), failed_at__lt=moment))
    return list(_awake(moment).filter(asked).order_by(failed, "pk").values_list("pk", flat=True))


def _awake(moment: datetime) -> QuerySet[User]:
    """Who may be written to at `moment`, and to whom no other run is writing."""
    had = Q(sent_at__gte=OuterRef("told_since")) | Q(claimed_at__gt=moment - CLAIM_HOLDS)
    letters = ReminderLetter.objects.filter(person=OuterRef("pk"))
    people = User.objects.filter(may_be_told(moment), is_active=True).exclude(email="")
    return people.alias(told_since=told_since(moment)).filter(~Exists(letters.filter(had)))


@transaction.atomic
def _claim(rooms: list[Room], people: list[int], moment: datetime) -> dict[User, Told]:
    """What is now ours to say and nobody else's, by person. Of two runs for the same people one waits here."""
    theirs = Membership.objects.filter(user__in=people).values("municipality")
    held = list(Municipality.objects.select_for_update(no_key=True).filter(pk__in=theirs).order_by("pk"))
    awake = {person.pk: person for person in _awake(moment).filter(pk__in=people)}
    found: dict[int, Told] = defaultdict(lambda: defaultdict(list))
    for room in rooms if awake else ():
        for line in room.claim(list(awake), held):
            found[line.person][room].append(line)
    if found:
        _take(list(found), moment)
    return {awake[pk]: found[pk] for pk in people if pk in found}


_TAKE = """INSERT INTO accounts_reminderletter (person_id, claimed_at)
SELECT id, {at} FROM accounts_user WHERE id IN ({people})
ON CONFLICT (person_id) DO UPDATE SET claimed_at = excluded.claimed_at"""


def _take(people: list[int], moment: datetime) -> None:
    inner, params = User.objects.filter(pk__in=people).order_by().values("pk").query.sql_with_params()
    at = "%s::timestamptz" if connection.vendor == "postgresql" else "%s"
    with connection.cursor() as cursor:
        cursor.execute(_TAKE.format(at=at, people=inner), [connection.ops.adapt_datetimefield_value(moment), *params])


def _send_batch(mailing: Mailing, claimed: dict[User, Told], moment: datetime, ends: float) -> int:
    """A letter a person; what could not be given to the server is nobody's again."""
    rest, went, failed = set(claimed), set[User](), set[User]()
    try:
        for person, told in claimed.items():
            if time.monotonic() > ends:
                break
            mailing.open()
            (went if _send(mailing, person, told) else failed).add(person)
            rest.remove(person)
    except NoMailServer as gone:
        gone.done = len(went)
        raise
    finally:
        _note(claimed, went, sent_at=moment, failed_at=None)
        _note(claimed, failed, failed_at=moment)
        _give_back(claimed, rest)
    return len(went)


def _note(claimed: dict[User, Told], people: set[User], **found: datetime | None) -> None:
    if people:
        ReminderLetter.objects.filter(person__in=people).update(claimed_at=None, **found)
        for room, claims in _by_room(claimed, people):
            room.claims._default_manager.filter(pk__in=claims).update(**found)


def _give_back(claimed: dict[User, Told], people: set[User]) -> None:
    if people:
        ReminderLetter.objects.filter(person__in=people).update(claimed_at=None)
        for room, claims in _by_room(claimed, people):
            room.claims._default_manager.filter(pk__in=claims).delete()


def _by_room(claimed: dict[User, Told], people: set[User]) -> Iterable[tuple[Room, list[int]]]:
    found: dict[Room, list[int]] = defaultdict(list)
    for person in people:
        for room, lines in claimed[person].items():
            found[room] += [line.claim for line in lines]
    return found.items()


def _send(mailing: Mailing, person: User, told: Told) -> bool:
    try:
        mailing.send(EmailMessage(_subject(told), _body(person, told), to=[person.email]))
    except Exception:  # whatever a mail backend raises; the others still get theirs
        log.exception("Reminder to person %s was not sent", person.pk)
        return False
    return True


def _subject(told: Told) -> str:
    if len(told) > 1:
        return _("Das steht bei Ihnen an")
    ((room, lines),) = told.items()
    return room.subject(len(lines))


def _body(person: User, told: Told) -> str:
    parts = [_("Guten Tag %(person)s,") % {"person": person}]
    for room, lines in told.items():
        more = [_("– und weitere, siehe unten")] if len(lines) > SHOWN else []
        parts += [room.opening(), "\n".join([*(line.words for line in lines[:SHOWN]), *more]), room.closing()]
    choice = f"{settings.BASE_URL.rstrip('/')}/konto/"
    parts += [_("Wie oft und wann Sie solche Nachrichten bekommen, wählen Sie unter %(choice)s.") % {"choice": choice}]
    return "\n\n".join(parts) + "\n"
