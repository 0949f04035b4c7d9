"""Meetings in calendars: of a committee, and in the one of each member of the council and of the coordination."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ozg_tracker.accounts.calendar.entries import Certainty, Entry
from ozg_tracker.accounts.models import Role, User
from reports.models import Meeting

_PAGE = "/berichte/sitzungen/"
_LONG = timedelta(hours=2)  # nobody says when a meeting ends
_PAST = timedelta(days=90)


def meeting_entries(user: User) -> Iterator[Entry]:
    """The meetings of the municipalities whose council one belongs to, or that one coordinates; one query."""
    roles = Q(role=Role.COUNCIL) | Q(role=Role.COORDINATOR)
    here = user.memberships.filter(roles).values("municipality")
    found = Meeting.objects.filter(municipality__in=here, starts_at__gt=timezone.now() - _PAST)
    return entries(found.select_related("committee"))


def entries(meetings: Iterable[Meeting]) -> Iterator[Entry]:
    """An entry a meeting: one that moves keeps its uid, and its number rises; one called off is told so."""
    for each in meetings:
        words = [_("Vorlagen fällig am %(day)s") % {"day": date_format(each.due_on, "d.m.Y")}]
        if each.month:
            words.append(_("Sachstandsbericht %(month)s") % {"month": date_format(each.month, "F Y")})
        yield Entry(
            uid=f"sitzung-{each.pk}",
            summary=_("Sitzung: %(committee)s") % {"committee": each.committee.name},
            starts=each.starts_at,
            ends=each.starts_at + _LONG,
            changed_at=each.changed_at,
            path=_PAGE,
            place=each.place,
            about="; ".join(words),
            sequence=each.version - 1,
            certainty=Certainty.CANCELLED if each.cancelled else Certainty.CONFIRMED,
        )
