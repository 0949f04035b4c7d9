"""What the coordination does with a webhook: set it up, change, test, pause, resume, renew its secret, end it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.access import may
from ozg_tracker.accounts.models import Deed, Municipality, Scope, User
from ozg_tracker.feed.reading import NOW, Gone, Mark, mark_of
from ozg_tracker.webhooks.delivering import about, compose, note, transmit
from ozg_tracker.webhooks.models import Delivery, State, Webhook, Why
from ozg_tracker.webhooks.reaching import check
from ozg_tracker.webhooks.sending import Answer
from ozg_tracker.webhooks.signing import fingerprint_of, new_salt, secret_of

MOST = 10  # that are not ended, of a municipality
BOTH_HOLD = timedelta(days=1)  # the old secret beside the new one
_BREATH = timedelta(seconds=10)  # between two attempts that somebody asks for by hand


def set_up(
    municipality: Municipality, name: str, url: str, parts: Iterable[str], by: User, since: str = NOW
) -> tuple[Webhook, str]:
    """A new webhook, and its secret for this one time. It tells what happens behind `since` ("": all there is).

    ValidationError `not_allowed` for who does not coordinate, `too_many`, and of a field: `url` (see
    `ozg_tracker.webhooks.reaching`), `parts`, `name`, `since` (`mark`).
    """
    _refuse_unless_keeps(municipality, by)
    check(url.strip())
    mark, now, salt = _mark(since), timezone.now(), new_salt()
    webhook = Webhook(
        municipality=municipality,
        name=" ".join(name.split()),
        url=url.strip(),
        parts=_parts(parts),
        salt=salt,
        fingerprint=fingerprint_of(salt),
        position=mark.position,
        event=mark.id,
        proof=mark.proof,
        told=str(mark),
        next_at=now,
        created_at=now,
    )
    _refuse_wrong(webhook)
    with transaction.atomic():
        Municipality.objects.select_for_update().get(pk=municipality.pk)  # two at once are counted one after the other
        if Webhook.objects.filter(municipality=municipality).exclude(state=State.ENDED).count() >= MOST:
            sentence = _("Es gehen höchstens %(most)d Webhooks. Bitte beenden Sie zuerst einen.")
            raise ValidationError(sentence % {"most": MOST}, code="too_many")
        webhook.save(force_insert=True)
        _write(webhook, by, after={"active": "yes", **_told(webhook)})
    return webhook, secret_of(salt)


def change(webhook: Webhook, seen: int, by: User, *, name: str, url: str, parts: Iterable[str]) -> Webhook:
    """Change it as it was seen. What waits is written anew, under a new id, for the new address and parts.

    Refused as `set_up` does, `ended`, and `changed_meanwhile` where somebody was quicker.
    """
    _refuse_unless_keeps(webhook.municipality, by)
    if url.strip() != webhook.url:
        check(url.strip())
    with transaction.atomic():
        held = _held(webhook, seen)
        was, before = (held.name, held.url, held.parts), _told(held)
        held.name, held.url, held.parts = " ".join(name.split()), url.strip(), _parts(parts)
        _refuse_wrong(held)
        if was == (held.name, held.url, held.parts):
            return held
        if was[1:] != (held.url, held.parts):
            _drop_waiting(held)
            held.failures, held.failing_since, held.next_at = 0, None, timezone.now()
        _keep(held, "name", "url", "parts", "failures", "failing_since", "next_at")
        _write(held, by, before=before, after=_told(held))
    return held


@transaction.atomic
def renew(webhook: Webhook, seen: int, by: User) -> tuple[Webhook, str]:
    """A new secret, told this one time; for a day messages are signed with the old one too. Refused as `change` is."""
    _refuse_unless_keeps(webhook.municipality, by)
    held, salt = _held(webhook, seen), new_salt()
    if fingerprint_of(held.salt) == held.fingerprint:
        held.old_salt, held.old_until = held.salt, timezone.now() + BOTH_HOLD
    held.salt, held.fingerprint = salt, fingerprint_of(salt)
    _keep(held, "salt", "fingerprint", "old_salt", "old_until")
    _write(held, by, after={"signature": "set"})
    return held, secret_of(salt)


@transaction.atomic
def pause(webhook: Webhook, seen: int, by: User) -> Webhook:
    """Send nothing more until it is resumed; nothing is lost meanwhile. `not_now` for one that is not active."""
    _refuse_unless_keeps(webhook.municipality, by)
    held = _held(webhook, seen)
    if held.state != State.ACTIVE:
        raise ValidationError(_("Dieser Webhook ist schon angehalten."), code="not_now")
    held.state, held.why = State.PAUSED, Why.PERSON
    _keep(held, "state", "why")
    _write(held, by, before={"active": "yes"}, after={"active": "no"})
    return held


@transaction.atomic
def resume(webhook: Webhook, seen: int, by: User) -> Webhook:
    """Send on from where it stood, at once and with as much patience as a new one. `not_now` for one that is active."""
    _refuse_unless_keeps(webhook.municipality, by)
    held = _held(webhook, seen)
    if held.state != State.PAUSED:
        raise ValidationError(_("Dieser Webhook ist nicht angehalten."), code="not_now")
    held.state, held.why, held.failures, held.failing_since, held.next_at = State.ACTIVE, "", 0, None, timezone.now()
    _keep(held, "state", "why", "failures", "failing_since", "next_at")
    _write(held, by, before={"active": "no"}, after={"active": "yes"})
    return held


@transaction.atomic
def end(webhook: Webhook, seen: int, by: User) -> Webhook:
    """For good. What it was told stays in the log as long as ever."""
    _refuse_unless_keeps(webhook.municipality, by)
    held = _held(webhook, seen)
    held.state, held.why, held.old_salt, held.old_until = State.ENDED, "", "", None
    _drop_waiting(held)
    _keep(held, "state", "why", "old_salt", "old_until")
    _write(held, by, before={"active": "yes", **_told(held)}, after={"active": "no"})
    return held


def probe(webhook: Webhook, by: User) -> Delivery:
    """Send a message without events at once, and say what came of it; the webhook stays as it is, active or paused.

    ValidationError `ended`, `not_allowed`, `too_soon`, `another_key` where it would be signed with another secret.
    """
    _refuse_unless_keeps(webhook.municipality, by)
    _refuse_ended(webhook)
    _refuse_another_key(webhook)
    with transaction.atomic():
        held = Webhook.objects.select_for_update().get(pk=webhook.pk)
        recent = held.deliveries.filter(kind=Delivery.Kind.PROBE, created_at__gt=timezone.now() - _BREATH)
        _refuse_too_soon(recent.exists())
        delivery = compose(held, Delivery.Kind.PROBE, [], held.mark)
        delivery.save(force_insert=True)
    answer, now = transmit(held, delivery), timezone.now()
    state = Delivery.State.FAILED if answer.problem else Delivery.State.DELIVERED
    Delivery.objects.filter(pk=delivery.pk).update(state=state, delivered_at=None if answer.problem else now)
    return _noted(delivery, answer, now)


def resend(delivery: Delivery, by: User) -> Delivery:
    """Send a message once more that had its answer, with its id and content; how far the webhook has got stays.

    ValidationError `not_now` for one that is still waiting; else refused as `probe` is.
    """
    webhook = delivery.webhook
    _refuse_unless_keeps(webhook.municipality, by)
    _refuse_ended(webhook)
    _refuse_another_key(webhook)
    again = Delivery.objects.filter(pk=delivery.pk, state__in=(Delivery.State.DELIVERED, Delivery.State.FAILED))
    if not again.exists():
        sentence = _("Noch einmal gesendet wird, was schon beantwortet ist. Was wartet, sendet „Fortsetzen“.")
        raise ValidationError(sentence, code="not_now")
    now = timezone.now()
    _refuse_too_soon(not again.exclude(tried_at__gte=now - _BREATH).update(tried_at=now))
    return _noted(delivery, transmit(webhook, delivery), timezone.now())


def _noted(delivery: Delivery, answer: Answer, now: datetime) -> Delivery:
    note(delivery, answer, now)
    delivery.refresh_from_db()
    return delivery


def _held(webhook: Webhook, seen: int) -> Webhook:
    """Locked until the transaction ends. ValidationError `ended`, `changed_meanwhile`."""
    held = Webhook.objects.select_for_update().get(pk=webhook.pk)
    _refuse_ended(held)
    if held.version != seen:
        sentence = _("Dieser Webhook wurde inzwischen geändert. Bitte laden Sie neu; es wurde nichts gespeichert.")
        raise ValidationError(sentence, code="changed_meanwhile")
    return held


def _keep(webhook: Webhook, *fields: str) -> None:
    """Only what changed: a worker moves its mark beside it."""
    webhook.version += 1
    webhook.save(update_fields=[*fields, "version"])


def _refuse_wrong(webhook: Webhook) -> None:
    webhook.clean_fields(exclude={each.name for each in Webhook._meta.fields} - {"name", "url"})


def _drop_waiting(webhook: Webhook) -> None:
    waiting = webhook.deliveries.filter(kind=Delivery.Kind.CHANGES, state=Delivery.State.WAITING)
    waiting.update(state=Delivery.State.DROPPED)


def _told(webhook: Webhook) -> dict[str, str]:
    """For the journal: of the address the machine alone, as in many the rest lets in whoever knows it."""
    address = urlsplit(webhook.url)
    with override("de"):  # kept, so German
        parts = " · ".join(webhook.part_labels())
    return {"name": webhook.name, "address": f"{address.scheme}://{address.netloc}/…", "parts": parts}


def _write(webhook: Webhook, by: User, **told: dict[str, str]) -> None:
    journal.write(journal.Kind.MUNICIPALITY, municipality=webhook.municipality, by=by, about=about(webhook), **told)  # type: ignore[arg-type]


def _parts(wanted: Iterable[str]) -> str:
    """In the order of the scopes, each once."""
    named = set(wanted)
    known = [scope for scope in Scope.values if scope in named and scope != Scope.READ]
    if not known or named - set(known):
        sentence = _("Bitte wählen Sie mindestens einen Bereich, und nur solche, die es gibt.")
        raise ValidationError({"parts": ValidationError(sentence, code="unknown_part")})
    return " ".join(known)


def _mark(since: str) -> Mark:
    try:
        return mark_of(since)
    except Gone as error:
        sentence = _("An dieser Stelle steht inzwischen etwas anderes. Bitte eine ältere Marke senden.")
        raise ValidationError({"since": ValidationError(sentence, code="place_is_gone")}) from error


def _refuse_ended(webhook: Webhook) -> None:
    if webhook.state == State.ENDED:
        raise ValidationError(_("Dieser Webhook ist beendet. Es wurde nichts geändert."), code="ended")


def _refuse_another_key(webhook: Webhook) -> None:
    if fingerprint_of(webhook.salt) != webhook.fingerprint:
        raise ValidationError(Why.KEY.label, code="another_key")


def _refuse_too_soon(soon: bool) -> None:
    if soon:
        raise ValidationError(_("Gerade eben wurde gesendet. Bitte warten Sie zehn Sekunden."), code="too_soon")


def _refuse_unless_keeps(municipality: Municipality, by: User) -> None:
    if not may(by, municipality, Deed.KEEP_WEBHOOKS):
        raise ValidationError(_("Webhooks richtet die OZG-Koordination ein."), code="not_allowed")
