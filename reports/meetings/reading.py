"""The meetings to come and those that were, with what goes there and how it stands for who reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from ozg_tracker.accounts.models import Municipality
from reports.models import Edition, EditionQuerySet, Meeting


@dataclass(frozen=True)
class Line:
    """A meeting, and the edition of its month that the reader may see; None: none yet."""

    meeting: Meeting
    edition: Edition | None


def lines(meetings: Iterable[Meeting], visible: EditionQuerySet) -> list[Line]:
    """`visible`: the municipality's editions that the reader may see; one query."""
    wanted = list(meetings)
    months = {each.month for each in wanted if each.month}
    latest: dict[date, Edition] = {}
    if months:
        for edition in visible.filter(month__in=months).order_by("number").defer("figures", "differences"):
            latest[edition.month] = edition
    return [Line(each, latest.get(each.month) if each.month else None) for each in wanted]


def next_due(municipality: Municipality) -> Meeting | None:
    """The meeting whose papers are due next, today at the earliest."""
    coming = Meeting.objects.filter(municipality=municipality, cancelled=False, due_on__gte=timezone.localdate())
    return coming.select_related("committee").order_by("due_on", "starts_at", "pk").first()


def meetings_of(edition: Edition) -> list[Meeting]:
    """Where the report of the edition's month goes, in their order; one that is not stored goes nowhere."""
    if edition._state.adding:
        return []
    going = Meeting.objects.filter(municipality=edition.municipality_id, month=edition.month, cancelled=False)
    return list(going.select_related("committee"))
