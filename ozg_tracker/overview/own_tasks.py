"""The page of all that waits for a person, by when it is due."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ozg_tracker.accounts.doorkeeper import members_only, membership_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.accounts.waiting import Waiting, waiting_for
from ozg_tracker.api.query import read_query


@dataclass(frozen=True)
class Group:
    """Tasks that are due at about the same time. `first`: its first one holds the page's one button."""

    key: str
    title: str
    words: str
    tasks: list[Waiting]
    first: bool = False


@members_only(Deed.READ_ROWS)
@require_safe
def own_tasks(request: MunicipalityRequest) -> HttpResponse:
    """All that waits for the person in this municipality, or what of it comes from one room (`?room=`)."""
    room = read_query(request.GET, ("room",)).get("room", "")
    found = waiting_for(membership_of(request))
    shown = [each for each in found if room in ("", each.room)]
    today = timezone.localdate()
    context = {
        "today": today,
        "all": len(found),
        "room": room,
        "rooms": sorted(Counter(each.room for each in found).items()),
        "groups": groups(shown, today),
    }
    return render(request, "overview/own_tasks.html", context)


def groups(found: list[Waiting], today: date) -> list[Group]:
    """Overdue, today, this week, later, without a day; those that are empty are left out."""
    sunday = today + timedelta(days=6 - today.weekday())
    parts: dict[str, list[Waiting]] = {name: [] for name in ("late", "today", "week", "later", "none")}
    for each in found:
        parts[_part(each.day, today, sunday)].append(each)
    told = {
        "late": (_("Überfällig"), _("die älteste zuerst")),
        "today": (_("Heute"), date_format(today, "l, j. F")),
        "week": (_("Diese Woche"), _("bis %(day)s") % {"day": date_format(sunday, "l, j. F")}),
        "later": (_("Später"), _("nach Tag")),
        "none": (_("Ohne Tag"), _("wenn Zeit ist")),
    }
    first = next((name for name in ("today", "late", "week") if parts[name]), "")
    return [Group(name, *told[name], tasks, name == first) for name, tasks in parts.items() if tasks]


def _part(day: date | None, today: date, sunday: date) -> str:
    if day is None:
        return "none"
    if day <= today:
        return "today" if day == today else "late"
    return "week" if day <= sunday else "later"
