"""The tree of departments as people see it, one department with its history, and all that happened to the tree."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ozg_tracker.accounts.departments.as_of import below, tree_as_of
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, Department, Reorganisation
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import PAGED, page_of, read_query
from ozg_tracker.reorganising import telling
from ozg_tracker.reorganising.pages.forms import DayForm, ReorganiseForm
from ozg_tracker.reorganising.planning import drafts, waiting
from ozg_tracker.reorganising.undo import obstacle

LATEST, PAGE = 3, 50


@members_only(Deed.READ_CATALOGUE)
@require_safe
def departments(request: MunicipalityRequest) -> HttpResponse:
    municipality, today = municipality_of(request), timezone.localdate()
    asked = read_query(request.GET, ("q", "day", "department"))
    form = DayForm(asked.dict() if "day" in asked or "q" in asked else None, initial={"day": today})
    valid = form.is_valid() if form.is_bound else True
    entered = form.cleaned_data if form.is_bound else {}
    day = entered.get("day") or today
    tree = tree_as_of(municipality.pk, day)
    manages = request.membership is not None and Deed.MANAGE_PEOPLE in request.membership.deeds
    context: dict[str, Any] = {
        "form": form,
        "day": day,
        "today": today,
        "shown": telling.shown(municipality, day, entered.get("q") or "", tree),
        "search": entered.get("q") or "",
        "alter": ReorganiseForm(tree) if manages and day == today else None,
        "chosen": asked.getlist("department"),
        "deeds": _deeds(municipality.reorganisations.all()[:LATEST], manages),
        "planned": waiting(municipality),
        "drafts": drafts(municipality) if manages else (),
        "number": municipality.reorganisations.count(),
    }
    return render(request, "reorganising/departments.html", context, status=200 if valid else 400)


@members_only(Deed.READ_CATALOGUE)
@require_safe
def department(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """One department: what it has today, and what it was called and where it belonged, from which day on."""
    municipality = municipality_of(request)
    found = get_object_or_404(Department.objects.select_related("parent"), pk=pk, municipality=municipality)
    events = found.events.select_related("parent", "by", "reorganisation").order_by("-effective_on", "-pk")
    tree = tree_as_of(municipality.pk, timezone.localdate())
    shown = telling.shown(municipality, timezone.localdate(), tree=tree)
    under = [each for each in shown.branches if each.pk in below(tree, [pk]) and each.pk != pk]
    context = {
        "department": found,
        "events": events,
        "branch": next((each for each in shown.branches if each.pk == pk), None),
        "below": under,
    }
    return render(request, "reorganising/department.html", context)


@members_only(Deed.READ_CATALOGUE)
@require_safe
def reorganisations(request: MunicipalityRequest) -> HttpResponse:
    asked = read_query(request.GET, PAGED)
    page = page_of(municipality_of(request).reorganisations.select_related("by"), PAGE, asked)
    return render(request, "reorganising/reorganisations.html", {"page": page, "deeds": telling.deeds(page)})


def _deeds(found: Any, manages: bool) -> list[tuple[telling.Deed, Any]]:
    """The latest with what keeps each from being taken back, for whoever could."""
    latest: list[Reorganisation] = list(found.select_related("by"))
    return [(each, obstacle(each.deed) if manages else None) for each in telling.deeds(latest)]
