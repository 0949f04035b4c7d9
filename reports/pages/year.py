"""The page of a year: twelve months beside each other, from the reports the council has read."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ozg_tracker.accounts.doorkeeper import members_only
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import read_query
from reports.comparing.year_review import year_review
from reports.models import Edition
from reports.pages.finding_editions import visible


@members_only(Deed.READ_EDITIONS)
@require_safe
def report_year(request: MunicipalityRequest, year: int) -> HttpResponse:
    """The review of `year`; 404 where no report of it is published. A constant number of queries."""
    read_query(request.GET, ())
    published = visible(request).filter(Edition.published(), month__year=year) if 1900 <= year < 2200 else []
    in_force = {each.month: each for each in sorted(published, key=lambda each: each.number)}
    review = year_review(in_force.values(), year)
    if review is None:
        raise Http404
    return render(request, "reports/comparing/year.html", {"review": review})
