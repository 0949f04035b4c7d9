"""What of handovers waits for a person: what passes to the person on a day to come."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.models import Deed, Deputyship, Membership
from ozg_tracker.accounts.waiting import Waiting
from ozg_tracker.handover.models import Handover, HandoverStep, OtherItem
from ozg_tracker.tracking.own_waiting import planned


def in_place_of_others(held: Membership) -> Iterator[Waiting]:
    """The planned dates of those for whom the person stands in today, marked so. One query, and one more for a deputy.

    Their trainings, comments and reports stay theirs.
    """
    if Deed.READ_ROWS not in held.deeds:
        return
    today = Deputyship.objects.on(timezone.localdate()).filter(municipality=held.municipality, deputy=held.user)
    yield from planned(held, list(today.order_by().values_list("absent", flat=True)))


def coming(held: Membership) -> Iterator[Waiting]:
    """One query."""
    if Deed.HAND_OVER not in held.deeds:
        return
    steps = HandoverStep.objects.filter(handover=OuterRef("pk"))
    others = OtherItem.objects.filter(handover=OuterRef("pk"), receiver=held.user)
    mine = Count("items", Q(items__receiver=held.user))
    planned = Handover.objects.filter(
        ~Exists(steps), municipality=held.municipality, starts_on__gte=timezone.localdate()
    )
    received = planned.annotate(mine=mine, more=Exists(others)).filter(Q(mine__gt=0) | Q(more=True))
    each: Any
    for each in received.select_related("giver").order_by("starts_on", "pk"):
        services = ngettext("eine Leistung", "%(n)d Leistungen", each.mine) % {"n": each.mine} if each.mine else ""
        words = ", ".join(filter(None, (services, _("weitere Aufgaben") if each.more else "", each.get_why_display())))
        name = _("Übergabe von %(person)s") % {"person": each.giver}
        yield Waiting(name, _("Übergaben"), _("Ansehen"), reverse("handovers"), each.starts_on, words)
