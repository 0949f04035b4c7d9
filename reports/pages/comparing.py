"""The page on which a municipality stands beside others that agree; the coordination agrees there, or ends it."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, Municipality
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import read_query
from reports import months
from reports.comparing.agreeing import agree_to_comparison, end_comparison
from reports.comparing.compute_months import DUE_ON, OTHERS
from reports.comparing.shown import Comparison, compared_months, comparison_of, why_not
from reports.models import ComparisonAgreement
from reports.pages.finding_editions import decides
from reports.pages.forms import ComparisonForm


@members_only(Deed.READ_EDITIONS)
@require_safe
def comparison(request: MunicipalityRequest) -> HttpResponse:
    """The newest compared month, or the one the address names; without an agreement who can agree, and no figures."""
    return _page(request, asked=read_query(request.GET, ("month",)).get("month"))


@members_only(Deed.DECIDE_EDITIONS)
@require_POST
def agree(request: MunicipalityRequest) -> HttpResponse:
    return _say(request, agree_to_comparison, _("Ihre Kommune nimmt vom nächsten verglichenen Monat an teil."))


@members_only(Deed.DECIDE_EDITIONS)
@require_POST
def end(request: MunicipalityRequest) -> HttpResponse:
    return _say(request, end_comparison, _("Ihre Kommune nimmt am Vergleich nicht mehr teil."))


def _say(request: MunicipalityRequest, deed: Callable[..., ComparisonAgreement], done: str) -> HttpResponse:
    form = ComparisonForm(request.POST)
    if form.is_valid():
        try:
            deed(municipality_of(request), request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, done)
            return redirect("comparison")
    return _page(request, form)


def _page(request: MunicipalityRequest, form: ComparisonForm | None = None, asked: str | None = None) -> HttpResponse:
    municipality = municipality_of(request)
    said = list(ComparisonAgreement.objects.filter(municipality=municipality).select_related("by"))
    takes_part = bool(said and said[0].agreed)
    known = compared_months() if takes_part else []
    context = {
        "takes_part": takes_part,
        "since": said[0].recorded_at if takes_part else None,
        "months": [(month, months.name(month)) for month in known],
        "comparison": _comparison(municipality, known, asked) if takes_part else None,
        "why_not": why_not(),
        "others": OTHERS,
        "until": DUE_ON - 1,
        "decides": decides(request),
        "history": said if decides(request) else [],
        "seen": said[0].pk if said else 0,  # what the page shows now, after a refusal too
        "form": form or ComparisonForm(),
    }
    return render(request, "reports/comparing/comparison.html", context, status=400 if form else 200)


def _comparison(municipality: Municipality, known: list[date], asked: str | None) -> Comparison | None:
    """None where no month was compared yet; Http404 for a month that is none of `known`."""
    month = next((each for each in known if asked in (None, months.name(each))), None)
    if asked and month is None:
        raise Http404
    return comparison_of(municipality, month) if month else None
