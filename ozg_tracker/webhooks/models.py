"""Webhooks: whom a municipality lets be told of its events, how far each has got, and what was sent."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Deed, Municipality, Scope, who_may
from ozg_tracker.accounts.models.letters import Letter
from ozg_tracker.feed.reading import Mark
from ozg_tracker.tracking.models.visible import municipalities_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ozg_tracker.accounts.models import User

LONGEST_ADDRESS = 500


class State(models.TextChoices):
    ACTIVE = "active", _("aktiv")
    PAUSED = "paused", _("angehalten")
    ENDED = "ended", _("beendet")


class Why(models.TextChoices):
    """Why it is paused; "" while it is not."""

    PERSON = "person", _("von Hand angehalten")
    DEAD = "dead", _("Drei Tage lang nahm das Ziel nichts an.")
    GONE = "gone", _("Das Ziel antwortet, dass es diese Adresse nicht mehr gibt (410).")
    FORBIDDEN = "forbidden", _("Die Adresse führt nicht mehr ins öffentliche Netz.")
    KEY = "key", _("Der geheime Schlüssel der Installation ist ein anderer: Bitte das Geheimnis erneuern.")
    RESTORED = "restored", _("Eine Sicherung wurde eingespielt: Bitte prüfen, ob diese Installation senden soll.")


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Those of the municipalities whose webhooks `user` keeps."""
        return self.filter(municipality__in=municipalities_of(user, *who_may(Deed.KEEP_WEBHOOKS)))

    def stopped(self) -> Self:
        """Those that stand still without anybody having wanted it."""
        return self.filter(state=State.PAUSED).exclude(why=Why.PERSON)


class Webhook(models.Model):
    """Who did what with it stands in the journal. The secret is nowhere: it follows from `salt` and the installation's
    key; `fingerprint` tells whether that is still the same, `old_salt` holds beside it until `old_until`.

    `parts`: as `Token.scopes`. `position`, `event`, `proof`: the mark behind what was accepted, or passed over as not
    to be told; `told`: the mark that the receiver knows. `claim`: of the worker that is sending, until `claimed_until`.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="webhooks", verbose_name=_("Kommune"))
    name = models.CharField(_("Bezeichnung"), max_length=80)
    url = models.CharField(_("Adresse"), max_length=LONGEST_ADDRESS)
    parts = models.CharField(_("Bereiche"), max_length=60)
    salt = models.CharField(max_length=32, editable=False)
    fingerprint = models.CharField(_("Kennung des Geheimnisses"), max_length=8, editable=False)
    old_salt = models.CharField(max_length=32, blank=True, editable=False)
    old_until = models.DateTimeField(_("altes Geheimnis gilt bis"), null=True, editable=False)
    state = models.CharField(_("Stand"), max_length=8, choices=State, default=State.ACTIVE)
    why = models.CharField(_("Grund"), max_length=10, choices=Why, blank=True)
    position = models.BigIntegerField(_("Stelle"), default=0)
    event = models.BigIntegerField(_("Nummer"), default=0)
    proof = models.CharField(_("Beleg"), max_length=8, blank=True)
    told = models.CharField(_("Marke"), max_length=48, blank=True)
    failures = models.PositiveIntegerField(_("vergebliche Versuche"), default=0)
    failing_since = models.DateTimeField(_("vergeblich seit"), null=True)
    next_at = models.DateTimeField(_("nächster Versuch"))
    claim = models.CharField(max_length=16, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(_("Version"), default=1)
    created_at = models.DateTimeField(_("erstellt am"))

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("Webhook")
        verbose_name_plural = _("Webhooks")
        indexes = [models.Index(fields=("next_at",), condition=Q(state=State.ACTIVE), name="webhook_due")]
        constraints = [
            models.CheckConstraint(condition=~Q(parts=""), name="webhook_tells_something"),
            models.CheckConstraint(
                condition=(Q(state=State.PAUSED) & ~Q(why="")) | (~Q(state=State.PAUSED) & Q(why="")),
                name="webhook_paused_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def mark(self) -> Mark:
        return Mark(self.position, self.event, self.proof)

    def part_labels(self) -> list[str]:
        """What it tells of, in words."""
        return [str(PARTS[scope]) for scope in PARTS if scope in self.parts.split()]


# What the parts of the feed are called; which kinds of events belong to which: `ozg_tracker.webhooks.parts`.
PARTS = {
    Scope.STATUS: _("Leistungen, Fristen, Runden, Übergaben"),
    Scope.REPORTS: _("Berichte, Fragen aus dem Rat, Sitzungen"),
    Scope.CATALOGUE: _("Katalogstände"),
    Scope.PEOPLE: _("Personen, Fachbereiche, Schulungen, Journal"),
}


class Delivery(models.Model):
    """What was sent, or is to be. Its `message` and `body` stay what they are, however often it is sent.

    `kind` changes: `position`, `event`, `proof` are the mark behind its last event, where the webhook goes on as soon
    as it is accepted. `problem`: why the last attempt failed, a code of `ozg_tracker.webhooks.sending.PROBLEMS`.
    """

    class Kind(models.TextChoices):
        CHANGES = "changes", _("Ereignisse")
        PROBE = "probe", _("Probe")

    class State(models.TextChoices):
        WAITING = "waiting", _("noch nicht angenommen")
        DELIVERED = "delivered", _("angenommen")
        FAILED = "failed", _("nicht angenommen")
        DROPPED = "dropped", _("neu gefasst")

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", verbose_name=_("Webhook"))
    message = models.CharField(_("Kennung"), max_length=40, unique=True)
    kind = models.CharField(_("Art"), max_length=8, choices=Kind)
    state = models.CharField(_("Stand"), max_length=10, choices=State, default=State.WAITING)
    body = models.TextField(_("Inhalt"))
    events = models.PositiveIntegerField(_("Ereignisse"), default=0)
    position = models.BigIntegerField(_("Stelle"))
    event = models.BigIntegerField(_("Nummer"))
    proof = models.CharField(_("Beleg"), max_length=8, blank=True)
    created_at = models.DateTimeField(_("gefasst am"))
    attempts = models.PositiveIntegerField(_("Versuche"), default=0)
    tried_at = models.DateTimeField(_("zuletzt versucht"), null=True)
    status = models.PositiveSmallIntegerField(_("Antwort"), null=True)
    problem = models.CharField(_("Hindernis"), max_length=12, blank=True)
    delivered_at = models.DateTimeField(_("angenommen am"), null=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Zustellung")
        verbose_name_plural = _("Zustellungen")
        constraints = [
            models.UniqueConstraint(
                fields=("webhook",), condition=Q(kind="changes", state="waiting"), name="one_delivery_waits"
            ),
        ]

    def __str__(self) -> str:
        return self.message

    @property
    def mark(self) -> Mark:
        return Mark(self.position, self.event, self.proof)


class WebhookLetter(Letter):
    """`about`: "webhook-3-7", the webhook and its version."""

    class Meta:
        ordering = ("id",)
        verbose_name = _("Nachricht über einen Webhook")
        verbose_name_plural = _("Nachrichten über Webhooks")
        constraints = [
            models.UniqueConstraint(fields=("person", "about"), name="webhook_letter_once"),
            models.CheckConstraint(condition=Q(sent_at=None) | Q(failed_at=None), name="webhook_letter_one_end"),
        ]
