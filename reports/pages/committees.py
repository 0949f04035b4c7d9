"""Committees: who reads reports has their calendars, the coordination keeps them."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.calendar.writing import written_calendar
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import seen_version
from ozg_tracker.api.query import read_query
from reports.meetings import committees
from reports.meetings.calendar import entries
from reports.models import LONGEST_LEAD, Committee, Meeting

_IN = {"class": "ozg-in"}


class CommitteeForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Gremium"), max_length=120, widget=forms.TextInput(_IN))
    lead_days = forms.IntegerField(
        label=gettext_lazy("Vorlagen fällig, Tage vor der Sitzung"),
        min_value=0,
        max_value=LONGEST_LEAD,
        initial=14,
        widget=forms.NumberInput(_IN),
    )


@members_only(Deed.KEEP_MEETINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def committee(request: MunicipalityRequest, pk: int | None = None) -> HttpResponse:
    """A new committee, or one to rename, to end and to take up again."""
    municipality = municipality_of(request)
    held = _kept(request, pk) if pk else None
    initial = {"name": held.name, "lead_days": held.lead_days} if held else None
    form = CommitteeForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        name, lead_days = form.cleaned_data["name"], form.cleaned_data["lead_days"]
        try:
            if held:
                committees.change_committee(held, name, lead_days, seen_version(request.POST), request.user)
            else:
                committees.keep_committee(municipality, name, lead_days, request.user)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, _("Gespeichert."))
            return redirect("meetings")
    context = {"form": form, "committee": held, "heading": held.name if held else _("Neues Gremium")}
    return render(request, "reports/meetings/committee.html", context, status=400 if form.errors else 200)


@members_only(Deed.KEEP_MEETINGS)
@require_POST
def end(request: MunicipalityRequest, pk: int) -> HttpResponseRedirect:
    held = _kept(request, pk)
    try:
        committees.end_committee(held, seen_version(request.POST), request.user, request.POST.get("reason", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("committee", held.pk)
    messages.success(request, _("Das Gremium ist beendet. Seine Sitzungen bleiben zu lesen."))
    return redirect("meetings")


@members_only(Deed.KEEP_MEETINGS)
@require_POST
def resume(request: MunicipalityRequest, pk: int) -> HttpResponseRedirect:
    held = _kept(request, pk)
    try:
        committees.resume_committee(held, seen_version(request.POST), request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("committee", held.pk)
    messages.success(request, _("Das Gremium tagt wieder."))
    return redirect("meetings")


@members_only(Deed.READ_EDITIONS)
@require_safe
def calendar(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """The meetings of one committee as a file for any calendar."""
    read_query(request.GET, ())
    found = _kept(request, pk)
    written = written_calendar(entries(Meeting.objects.filter(committee=found).select_related("committee")))
    response = HttpResponse(written, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="sitzungen.ics"'
    return response


def _kept(request: MunicipalityRequest, pk: int) -> Committee:
    return get_object_or_404(Committee, municipality=municipality_of(request), pk=pk)
