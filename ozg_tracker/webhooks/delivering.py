"""Sending what happened: of each webhook one message after the other, and its mark moves with what was accepted.

A message is written down before it is sent, so that a worker that dies leaves it to the next one, which sends it with
the same id. A worker claims a webhook for as long as an attempt can take; two never send for one at the same time.
"""

import json
import logging
import secrets
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from ozg_tracker import log as logs
from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import Deed, Membership, Municipality, who_may
from ozg_tracker.accounts.reminding.letters import forget_letters
from ozg_tracker.feed.models import INSTALLATION, Place
from ozg_tracker.feed.publishing import publish
from ozg_tracker.feed.reading import NOW, Event, Mark, mark_of, read
from ozg_tracker.webhooks.models import Delivery, State, Webhook, WebhookLetter, Why
from ozg_tracker.webhooks.parts import kinds_of
from ozg_tracker.webhooks.sending import Answer, post
from ozg_tracker.webhooks.signing import fingerprint_of, headers, new_message

if TYPE_CHECKING:
    from ozg_tracker.accounts.models import User

log = logging.getLogger(__name__)

AT_ONCE = 100  # events in a message
CLAIM_HOLDS = timedelta(seconds=60)  # longer than the name, the connection and the answer may take together
RUN_ENDS = 300  # seconds for one webhook; then the next has its turn, and this one goes on with the next run
KEPT_FOR = timedelta(days=14)  # messages and what became of them
DEAD_AFTER = timedelta(days=3)
# After so many minutes the next attempt; the last holds for all further ones.
_DELAYS = (1, 5, 15, 30, 60, 120, 240, 360)


def due(moment: datetime, municipality: Municipality | None = None) -> list[int]:
    """Ids of the webhooks that have something to send now, who waits longest first. Two queries, and no writing but
    that of the feed.
    """
    publish()
    theirs = Place.objects.filter(
        Q(municipality=OuterRef("municipality")) | Q(municipality=INSTALLATION), position__gte=OuterRef("position")
    )
    new = Q(position__gt=OuterRef("position")) | Q(last__gt=OuterRef("event"))
    waiting = Delivery.objects.filter(webhook=OuterRef("pk"), kind=Delivery.Kind.CHANGES, state=Delivery.State.WAITING)
    found = Webhook.objects.filter(
        Exists(waiting) | Exists(theirs.filter(new)), state=State.ACTIVE, next_at__lte=moment
    )
    if municipality is not None:
        found = found.filter(municipality=municipality)
    return list(found.order_by("next_at", "pk").values_list("pk", flat=True))


def send_due(moment: datetime | None = None) -> int:
    """Send for every webhook what is due, one after the other; how many messages were accepted. One's trouble stops no
    other.
    """
    sent = 0
    for pk in due(moment or timezone.now()):
        try:
            sent += send(pk)
        except Exception:  # of whatever kind, it must not stop the others
            log.exception("Webhook %s could not be sent", pk)
    return sent


def send(pk: int) -> int:
    """Send what waits for one webhook, until all is sent or something is not accepted; how many messages were accepted.
    Nothing where another worker is at it, or it is not its time.
    """
    claim = secrets.token_hex(8)
    if not _claimed(pk, claim, timezone.now()):
        return 0
    sent, ends = 0, time.monotonic() + RUN_ENDS
    try:
        while time.monotonic() < ends:
            webhook = _held(pk, claim)
            if webhook is None or (waiting := _waiting(webhook)) is None:
                break
            accepted = _attempt(webhook, waiting, claim)
            sent += accepted
            if not accepted:
                break
    finally:
        Webhook.objects.filter(pk=pk, claim=claim).update(claim="", claimed_until=None)
        logs.municipality_id.set(None)
    return sent


def transmit(webhook: Webhook, delivery: Delivery) -> Answer:
    """One attempt with this message, signed as of now; nothing is stored."""
    now, body = timezone.now(), delivery.body.encode()
    salts = [webhook.salt]
    if webhook.old_until is not None and webhook.old_until > now:
        salts.append(webhook.old_salt)
    signed = headers(delivery.message, int(now.timestamp()), body, salts)
    return post(webhook.url, {"Content-Type": "application/json", "User-Agent": "OZG-Tracker", **signed}, body)


def compose(webhook: Webhook, kind: Delivery.Kind, events: list[Event], mark: Mark, more: bool = False) -> Delivery:
    """A message, not stored yet: the page of the feed as the API gives it, with the mark that the receiver has so far
    as `since`, so that it can see for itself that nothing is missing.
    """
    root = f"{settings.BASE_URL.rstrip('/')}{reverse('topics-list').removesuffix('topics/')}"
    told: dict[str, Any] = {
        "type": kind,
        "webhook": webhook.pk,
        "since": webhook.told,
        "results": [
            {**told, "at": timezone.localtime(told["at"]).isoformat()} for told in (e.told(root) for e in events)
        ],
        "next": str(mark) if events else webhook.told,
        "more": more,
    }
    return Delivery(
        webhook=webhook,
        message=new_message(),
        kind=kind,
        body=json.dumps(told, ensure_ascii=False, separators=(",", ":")),
        events=len(events),
        position=mark.position,
        event=mark.id,
        proof=mark.proof,
        created_at=timezone.now(),
    )


def forget_old(municipality: Municipality, now: datetime) -> int:
    """Delete messages whose time is over, but never one that is still to be sent, and which letters went out more than
    a year ago; says how many.
    """
    old = Delivery.objects.filter(webhook__municipality=municipality, created_at__lt=now - KEPT_FOR)
    gone, _kinds = old.exclude(kind=Delivery.Kind.CHANGES, state=Delivery.State.WAITING).delete()
    return gone + forget_letters(WebhookLetter, municipality, now)


def stop(webhook: Webhook, why: Why) -> None:
    """Pause it, because of what happened and not because somebody wants it; in the transaction of whoever holds it."""
    webhook.state, webhook.why, webhook.version = State.PAUSED, why, webhook.version + 1
    webhook.save(update_fields=["state", "why", "version"])
    with override("de"):  # kept, so German
        german = str(Why(why).label)
    journal.write(
        journal.Kind.MUNICIPALITY,
        municipality=webhook.municipality,
        by=None,
        about=about(webhook),
        before={"active": "yes"},
        after={"active": "no"},
        reason=german,
    )


def pause_all() -> None:
    """After a backup was put in: nobody can know whether this is the installation itself or a copy beside it."""
    for webhook in Webhook.objects.filter(state=State.ACTIVE).select_related("municipality"):
        stop(webhook, Why.RESTORED)


def about(webhook: Webhook) -> str:
    """What the journal calls it."""
    return f"Webhook {webhook.pk}: {webhook.name}"  # kept, so German


def _claimed(pk: int, claim: str, now: datetime) -> bool:
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    asked = Webhook.objects.filter(free, pk=pk, state=State.ACTIVE, next_at__lte=now)
    return bool(asked.update(claim=claim, claimed_until=now + CLAIM_HOLDS))


def _held(pk: int, claim: str) -> Webhook | None:
    """The webhook as it is now, claimed for one more attempt; None where it is no longer ours or no longer active."""
    ours = Webhook.objects.filter(pk=pk, claim=claim, state=State.ACTIVE)
    if not ours.update(claimed_until=timezone.now() + CLAIM_HOLDS):
        return None
    webhook = Webhook.objects.select_related("municipality").get(pk=pk)
    logs.municipality_id.set(webhook.municipality_id)
    if fingerprint_of(webhook.salt) != webhook.fingerprint:
        with transaction.atomic():
            stop(Webhook.objects.select_for_update().get(pk=pk), Why.KEY)
        return None
    return webhook


def _waiting(webhook: Webhook) -> Delivery | None:
    """The message that is not accepted yet, else a new one with what comes next; None where there is nothing."""
    waiting = webhook.deliveries.filter(kind=Delivery.Kind.CHANGES, state=Delivery.State.WAITING).first()
    reader = _reader(webhook) if waiting is None else None
    if reader is None:
        return waiting
    kinds, end, mark, more = kinds_of(webhook.parts.split()), mark_of(NOW), webhook.mark, True
    while more:
        page = read(reader, mark, AT_ONCE, kinds)
        events = [each for each in page.events if not _private(each)]
        if events:
            return _kept(compose(webhook, Delivery.Kind.CHANGES, events, page.mark, page.more))
        mark, more = page.mark, page.more
    _pass_over(webhook, max(mark, end))
    return None


def _reader(webhook: Webhook) -> "User | None":
    """With whose eyes the feed is read: any coordinator's, in this municipality alone; None: there is none."""
    roles = who_may(Deed.KEEP_WEBHOOKS)
    held = Membership.objects.filter(municipality=webhook.municipality, role__in=roles, user__is_active=True)
    first = held.select_related("user").order_by("user").first()
    if first is None:
        return None
    reader = first.user
    reader.roles_held, reader.bound_to = [(first.role, webhook.municipality_id)], webhook.municipality_id
    return reader


def _private(event: Event) -> bool:
    """What the journal has of a person in no municipality is that person's, and nothing of this one."""
    return event.kind == "journal-entry" and event.municipality is None


def _pass_over(webhook: Webhook, mark: Mark) -> None:
    """Nothing up to `mark` is to be told: go on behind it, unless another has since."""
    was = webhook.mark
    same = Webhook.objects.filter(pk=webhook.pk, position=was.position, event=was.id, version=webhook.version)
    same.update(position=mark.position, event=mark.id, proof=mark.proof)


def _kept(delivery: Delivery) -> Delivery | None:
    """Stored, if the webhook is as it was read; else None, and the next look takes what holds then."""
    webhook = delivery.webhook
    try:
        with transaction.atomic():
            now = Webhook.objects.select_for_update().get(pk=webhook.pk)
            if (now.version, now.mark, now.claim) != (webhook.version, webhook.mark, webhook.claim):
                return None
            delivery.save(force_insert=True)
    except IntegrityError:
        return None
    return delivery


def _attempt(webhook: Webhook, delivery: Delivery, claim: str) -> bool:
    """Whether it was accepted; what came of it is stored with the mark, in one transaction."""
    answer = transmit(webhook, delivery)
    with transaction.atomic():
        held = Webhook.objects.select_for_update().get(pk=webhook.pk)
        now = timezone.now()
        note(delivery, answer, now)
        ours = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING)
        if not answer.problem:
            if ours.update(state=Delivery.State.DELIVERED, delivered_at=now):
                _move_on(held, delivery)
        elif held.claim == claim and held.state == State.ACTIVE and ours.exists():
            _put_off(held, answer, now)
    return not answer.problem


def note(delivery: Delivery, answer: Answer, now: datetime) -> None:
    """Store what an attempt came to, whatever it means for the rest."""
    Delivery.objects.filter(pk=delivery.pk).update(
        attempts=F("attempts") + 1, tried_at=now, status=answer.status, problem=answer.problem
    )


def _move_on(webhook: Webhook, delivery: Delivery) -> None:
    webhook.position, webhook.event, webhook.proof = delivery.mark
    webhook.told, webhook.failures, webhook.failing_since = str(delivery.mark), 0, None
    webhook.save(update_fields=["position", "event", "proof", "told", "failures", "failing_since"])


def _put_off(webhook: Webhook, answer: Answer, now: datetime) -> None:
    minutes = _DELAYS[min(webhook.failures, len(_DELAYS) - 1)]
    wait = min(max(timedelta(minutes=minutes), timedelta(seconds=answer.wait)), timedelta(minutes=_DELAYS[-1]))
    webhook.failures, webhook.failing_since = webhook.failures + 1, webhook.failing_since or now
    webhook.next_at = now + wait
    webhook.save(update_fields=["failures", "failing_since", "next_at"])
    if answer.status == 410:
        stop(webhook, Why.GONE)
    elif answer.problem == "forbidden":
        stop(webhook, Why.FORBIDDEN)
    elif now - webhook.failing_since >= DEAD_AFTER:
        stop(webhook, Why.DEAD)
