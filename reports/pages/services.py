"""The list behind a number of an edition, frozen with it; beside another month where one is asked for."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ozg_tracker.accounts.doorkeeper import members_only
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import page_of, read_query
from reports import months
from reports.editions.archive import in_force
from reports.editions.known_since import known_since
from reports.models import Edition
from reports.pages.asked_here import asks
from reports.pages.first_day import first_day
from reports.questions.reading import asked_about, told
from reports.telling import content, services, wording
from reports.telling.over_months import MOST, over_months
from reports.telling.text import cleaned

PAGE = 60


@members_only(Deed.READ_EDITIONS)
@require_safe
def edition_services(request: MunicipalityRequest, year: int, month: int, number: int) -> HttpResponse:
    sent = read_query(request.GET, (*services.KEYS, *services.PAGING, "service"))
    asked = {key: sent.get(key, "") for key in sent}
    visible = Edition.objects.visible_to(request.user).filter(municipality=request.municipality)
    found = get_object_or_404(visible, month=first_day(year, month), number=number)
    figures = cleaned(found.figures)
    if not services.known(figures, asked):
        raise Http404
    months_in_force = [each for each in in_force(visible) if each.month != found.month]
    compared = next((each for each in months_in_force if months.name(each.month) == asked.get("compare")), None)
    if "compare" in asked and compared is None:
        raise Http404
    other = cleaned(Edition.objects.get(pk=compared.pk).figures) if compared else None
    if other is not None and not services.known(other, asked):
        raise Http404
    if "service" in asked:
        return _one_service(request, found, in_force(visible), asked["service"])
    listed = services.listed(figures, asked, other)
    context = {
        "edition": found,
        "title": content.title(figures),
        "cutoff": wording.day(figures["cutoff"]),
        "listed": listed,
        "page": page_of(listed.lines, PAGE, asked),
        "asked": asked,
        "choices": services.choices(figures),
        "months": months_in_force,
        "compared": compared,
    }
    return render(request, "reports/edition/services.html", context)


def _one_service(request: MunicipalityRequest, edition: Edition, in_force: list[Edition], wanted: str) -> HttpResponse:
    """One service of the edition through its month and those before."""
    wanted_months = [each.pk for each in in_force if each.month < edition.month][: MOST - 1]
    shown = Edition.objects.filter(pk__in=[edition.pk, *wanted_months]).order_by("-month")
    found = over_months(shown, wanted, known_since(edition, wanted, [each.month for each in shown]))
    if found is None:
        raise Http404
    context = {
        "edition": edition,
        "title": content.title(cleaned(edition.figures)),
        "service": found,
        "wanted": wanted,
        "here": told(asked_about(edition, wanted), request.user),
        "asks": asks(request, edition),
    }
    return render(request, "reports/edition/service.html", context)
