"""The coordination enters how many services the municipality wants ready at a year's end."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from reports.goals.set_goal import set_goal, withdraw_goal
from reports.models import Goal
from reports.pages.forms import EndGoalForm, GoalForm


@members_only(Deed.DECIDE_EDITIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def goals(request: MunicipalityRequest) -> HttpResponse:
    """The goals that hold, the form that sets or changes one, and everything that was said before."""
    if request.method != "POST":
        return _page(request)
    form = GoalForm(request.POST)
    if form.is_valid():
        try:
            made = set_goal(municipality_of(request), request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Das Jahresziel %(year)s gilt.") % {"year": made.year})
            return redirect("goals")
    return _page(request, form)


@members_only(Deed.DECIDE_EDITIONS)
@require_POST
def withdraw(request: MunicipalityRequest) -> HttpResponse:
    form = EndGoalForm(request.POST, years=_years(request), auto_id="end_%s")
    if form.is_valid():
        try:
            made = withdraw_goal(municipality_of(request), request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Das Jahresziel %(year)s gilt nicht mehr.") % {"year": made.year})
            return redirect("goals")
    return _page(request, ending=form)


def _years(request: MunicipalityRequest) -> list[int]:
    """The years for which a goal was ever set: one that somebody else has just withdrawn is told by the deed."""
    said = Goal.objects.filter(municipality=municipality_of(request))
    return sorted(set(said.values_list("year", flat=True)), reverse=True)


def _page(
    request: MunicipalityRequest, form: GoalForm | None = None, ending: EndGoalForm | None = None
) -> HttpResponse:
    municipality = municipality_of(request)
    history = list(Goal.objects.filter(municipality=municipality).select_related("by"))
    newest = {each.year: each for each in reversed(history)}
    holding = sorted((each for each in newest.values() if each.target), key=lambda each: each.year, reverse=True)
    this_year = timezone.localdate().year
    now = next((each for each in holding if each.year == this_year), None)
    initial: dict[str, int | str | None] = {"year": this_year}
    if now:
        initial |= {"target": now.target, "decided": now.decided}
    years = [each.year for each in holding]
    context = {
        "seen": max((each.pk for each in history), default=0),  # what the page shows now, after a refusal too
        "holding": holding,
        "history": history,
        "form": form or GoalForm(initial=initial),
        "ending": ending or (EndGoalForm(years=years, auto_id="end_%s") if years else None),
    }
    refused = bool((form and form.errors) or (ending and ending.errors))
    return render(request, "reports/goals/goals.html", context, status=400 if refused else 200)
