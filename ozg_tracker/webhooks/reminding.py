"""The coordination is told of a webhook that stands still without anybody having wanted it: in the list of what waits,
and once by mail.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.models import Deed, Membership, Municipality, who_may
from ozg_tracker.accounts.reminding import letters
from ozg_tracker.accounts.reminding.letters import Due
from ozg_tracker.accounts.reminding.rooms import Line, Room
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
        found = [
            Due(each.municipality_id, person, _about(each), f"– {each.name}: {each.get_why_display()}")
            for each in asked
            for person in who[each.municipality_id]
        ]
        said = letters.told(WebhookLetter, people, self.moment)
        return letters.claim(WebhookLetter, [due for due in found if due.key not in said], self.moment)

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
