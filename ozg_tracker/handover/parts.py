"""Changes of services that a handover made: they go back with it, never one by one."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.handover.models import HandoverItem
from ozg_tracker.tracking.models import StatusChange

AT_MOST = timedelta(minutes=10)  # from the first change of a handover to the step that says it is done


def parts_of_handovers(municipality: Municipality, events: Sequence[StatusChange]) -> dict[int, str]:
    """By event (id), the sentence that says which handover made it; others are left out. Two queries, no more for
    many events.
    """
    rows = {event.row_id for event in events}
    items = HandoverItem.objects.filter(handover__municipality=municipality, row__in=rows).order_by("pk")
    by_row: dict[int, list[HandoverItem]] = {}
    for item in items.select_related("handover__giver").prefetch_related("handover__steps"):
        by_row.setdefault(item.row_id, []).append(item)
    found = dict[int, str]()
    for event in events:
        for item in by_row.get(event.row_id, ()):
            if _made_by(item, event):
                found[event.pk] = _sentence(item)
    return found


def _sentence(item: HandoverItem) -> str:
    words = {"giver": item.handover.giver, "day": date_format(item.handover.starts_on, "d.m.Y")}
    sentence = _(
        "Das gehört zu einer Übergabe (%(giver)s, %(day)s). Sie geht als Ganzes zurück, unter „Kommune“, „Übergaben“."
    )
    return sentence % words


def _made_by(item: HandoverItem, event: StatusChange) -> bool:
    """Whether the event came with a step of the handover: it gave the service to the receiver, or back."""
    if event.owner_id not in (item.receiver_id, item.handover.giver_id):
        return False
    return any(
        event.recorded_at <= step.recorded_at <= event.recorded_at + AT_MOST
        for step in item.handover.steps.all()
        if step.moved and event.by_id in (step.by_id, item.handover.by_id)
    )
