"""Page of the coordination: are the teams ready before their go-lives, and how far every rule and course is."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import read_query
from ozg_tracker.training.team.coverage import coverage
from ozg_tracker.training.team.readiness import SMALLEST, readiness


@members_only(Deed.KEEP_COURSES)
@require_safe
def readiness_page(request: MunicipalityRequest) -> HttpResponse:
    """Services that go live and those that did, then rules and courses."""
    read_query(request.GET, ())
    municipality, today = municipality_of(request), timezone.localdate()
    services = readiness(None, municipality, today)
    by_rule, by_course = coverage(municipality, today)
    context = {
        "coming": [each for each in services if not each.has_come(today)],
        "unready": [each for each in services if not each.complete and each.has_come(today)],
        "by_rule": by_rule,
        "by_course": by_course,
        "smallest": SMALLEST,
        "today": today,
    }
    return render(request, "training/readiness/readiness.html", context)
