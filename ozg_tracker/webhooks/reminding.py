"""The coordination is told of a webhook that stands still without anybody having wanted it: in the list of what waits,
and once by mail.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.models import Deed, Membership, Municipality, who_may
from ozg_tracker.accounts.reminding.rooms import CLAIM_HOLDS, Line, Room
from ozg_tracker.accounts.waiting import Waiting
from ozg_tracker.webhooks.models import Webhook, WebhookLetter


def stopped(held: Membership) -> Iterator[Waiting]:
    """One query."""
    if Deed.KEEP_WEBHOOKS not in held.deeds:
        return
    for webhook in Webhook.objects.stopped().filter(municipality=held.municipality):
        name = _("Webhook „%(name)s“ steht still") % {"name": webhook.name}
        address = reverse("webhook", args=[webhook.pk])
        yield Waiting(name, _("Webhooks"), _("Ansehen"), address, words=webhook.get_why_display())


class Stopped(Room):
    """Webhooks that were stopped by what happened: a letter each time, to all who coordinate."""

    claims = WebhookLetter

    def people(self, municipality: Municipality | None) -> Q:
        asked = Webhook.objects.stopped()
        if municipality is not None:
            asked = asked.filter(municipality=municipality)
        held = Membership.objects.filter(role__in=_ROLES, municipality__in=asked.values("municipality"))
        return Q(pk__in=held.values("user"))

    def claim(self, people: list[int], municipalities: list[Municipality]) -> Iterable[Line]:
        asked = list(Webhook.objects.stopped().filter(municipality__in=municipalities))
        if not asked:
            return []
        held = Membership.objects.filter(role__in=_ROLES, user__in=people).order_by("user")
        who = defaultdict[int, list[int]](list)
        for municipality, person in held.values_list("municipality", "user"):
            who[municipality].append(person)
        told = _told(people, self.moment)
        due = [(each, who_hears) for each in asked for who_hears in who[each.municipality_id]]
        due = [(each, person) for each, person in due if (person, _about(each)) not in told]
        claims = WebhookLetter.objects.bulk_create(
            [
                WebhookLetter(
                    municipality_id=each.municipality_id, person_id=person, about=_about(each), claimed_at=self.moment
                )
                for each, person in due
            ],
            update_conflicts=True,
            unique_fields=["person", "about"],
            update_fields=["claimed_at", "failed_at"],
        )
        return [
            Line(person, claim.pk, f"– {each.name}: {each.get_why_display()}")
            for (each, person), claim in zip(due, claims, strict=True)
        ]

    def subject(self, count: int) -> str:
        return ngettext("Ein Webhook steht still", "%(count)d Webhooks stehen still", count) % {"count": count}

    def opening(self) -> str:
        return _("diese Webhooks senden nichts mehr:")

    def closing(self) -> str:
        words = {"address": f"{settings.BASE_URL.rstrip('/')}{reverse('webhooks')}"}
        return _("Verloren ist nichts. Prüfen und fortsetzen können Sie unter %(address)s.") % words


_ROLES = who_may(Deed.KEEP_WEBHOOKS)


def _about(webhook: Webhook) -> str:
    return f"webhook-{webhook.pk}-{webhook.version}"


def _told(people: list[int], moment: datetime) -> set[tuple[int, str]]:
    """What was said to them, or is being said now."""
    kept = WebhookLetter.objects.filter(person__in=people)
    busy = kept.filter(Q(sent_at__isnull=False) | Q(failed_at=None, claimed_at__gt=moment - CLAIM_HOLDS))
    return set(busy.values_list("person", "about"))
