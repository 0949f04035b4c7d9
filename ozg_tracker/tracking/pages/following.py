"""What a person watches, and the buttons beside a row's comments."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.days import in_reach
from ozg_tracker.api.query import read_query
from ozg_tracker.tracking.following.commenting import deal_with, withdraw
from ozg_tracker.tracking.following.watching import look_at, unwatch, watch, watched
from ozg_tracker.tracking.models import Comment
from ozg_tracker.tracking.pages import narrowing


@members_only(Deed.READ_ROWS)
@require_http_methods(["GET", "HEAD", "POST"])
def watched_services(request: MunicipalityRequest) -> HttpResponseBase:
    """The services the person watches, those with news first; POST: what the page showed is no news any more."""
    municipality = municipality_of(request)
    if request.method == "POST":
        look_at(request.user, municipality, _until(request))
        return redirect("watched")
    read_query(request.GET, ())
    now = timezone.now()  # before anything is read: what comes meanwhile is news still
    found = watched(request.user, municipality)
    context = {"watched": found, "news": sum(bool(each.new) for each in found), "now": now}
    return render(request, "tracking/rows/watched.html", context)


@members_only(Deed.READ_ROWS)
@require_POST
def watch_service(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """Begin or end to watch the row, or have looked at what is new in it."""
    row = get_object_or_404(narrowing.municipality_rows(request), pk=pk)
    do = request.POST.get("do", "")
    if do == "end":
        unwatch(row, request.user)
        messages.success(request, _("Sie beobachten „%(row)s“ nicht mehr.") % {"row": row})
    elif do == "seen":
        look_at(request.user, municipality_of(request), _until(request), row.pk)
    else:
        try:
            watch(row, request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            sentence = _("Was andere an „%(row)s“ ändern, steht ab jetzt unter Meine Aufgaben.")
            messages.success(request, sentence % {"row": row})
    return redirect("watched") if request.POST.get("from") == "list" else redirect("service", pk)


@members_only(Deed.READ_ROWS)
@require_POST
def deal_with_comments(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """What named the person at the row waits no more."""
    row = get_object_or_404(narrowing.municipality_rows(request), pk=pk)
    if deal_with(row, by=request.user):
        messages.success(request, _("Erledigt: Dieser Kommentar steht nicht mehr unter Ihren Aufgaben."))
    return redirect("service", pk)


@members_only(Deed.READ_ROWS)
@require_POST
def withdraw_comment(request: MunicipalityRequest, pk: int) -> HttpResponse:
    here = Comment.objects.visible_to(request.user).filter(municipality=municipality_of(request))
    said = get_object_or_404(here.select_related("municipality"), pk=pk)
    try:
        withdraw(said, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Der Kommentar ist zurückgenommen; sein Text wird nicht mehr gezeigt."))
    return redirect("service", said.row_id)


def _until(request: MunicipalityRequest) -> datetime:
    """Until when the page that was looked at told; never later than now."""
    now = timezone.now()
    try:
        told = parse_datetime(request.POST.get("until", ""))
        in_reach(told)
    except (ValueError, ValidationError):
        told = None
    return min(told, now) if told and timezone.is_aware(told) else now
