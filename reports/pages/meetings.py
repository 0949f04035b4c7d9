"""The calendar of meetings: who reads reports reads it, the coordination keeps it."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, Municipality
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.days import DayField
from ozg_tracker.api.ids import seen_version
from ozg_tracker.api.query import read_query
from reports import months
from reports.meetings import keeping
from reports.meetings.reading import lines
from reports.models import Committee, Meeting, MeetingQuerySet
from reports.pages.finding_editions import visible

_IN = {"class": "ozg-in"}
SHOWN = 30  # meetings that were


class MeetingForm(forms.Form):
    committee = forms.ModelChoiceField(
        Committee.objects.none(), label=gettext_lazy("Gremium"), empty_label=None, widget=forms.Select(_IN)
    )
    starts_at = forms.DateTimeField(
        label=gettext_lazy("Beginn"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y, %H:%M"],
        widget=forms.DateTimeInput(_IN | {"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": gettext_lazy("Bitte Tag und Uhrzeit schreiben, etwa 10.12.2026 08:00.")},
    )
    place = forms.CharField(label=gettext_lazy("Ort"), max_length=200, required=False, widget=forms.TextInput(_IN))
    due_on = DayField(
        label=gettext_lazy("Vorlagen fällig am"),
        required=False,
        help_text=gettext_lazy("leer: nach dem üblichen Vorlauf des Gremiums"),
    )
    month = forms.CharField(
        label=gettext_lazy("Bericht des Monats"),
        required=False,
        max_length=7,
        help_text=gettext_lazy("der in diese Sitzung geht, etwa 2026-11; leer: keiner"),
        widget=forms.TextInput(_IN),
    )
    reason = forms.CharField(
        label=gettext_lazy("Grund der Änderung"), required=False, max_length=LONGEST_REASON, widget=forms.TextInput(_IN)
    )

    def __init__(self, municipality: Municipality, held: Meeting | None, *given: Any, **named: Any) -> None:
        """A committee that has ended is offered for a meeting of its own alone."""
        super().__init__(*given, **named)
        field = cast("forms.ModelChoiceField[Committee]", self.fields["committee"])
        own = Q(ended_on=None) | Q(pk=held.committee_id if held else None)
        field.queryset = Committee.objects.filter(own, municipality=municipality)

    def clean_month(self) -> Any:
        sent = self.cleaned_data["month"].strip()
        return months.parse(sent) if sent else None

    def plan(self) -> keeping.Plan:
        names = ("committee", "starts_at", "place", "due_on", "month")
        return keeping.Plan(**{name: self.cleaned_data[name] for name in names})


@members_only(Deed.READ_EDITIONS)
@require_safe
def meetings(request: MunicipalityRequest) -> HttpResponse:
    """What is to come with what goes there and its state; then what was."""
    read_query(request.GET, ())
    now, found = timezone.now(), _visible(request).select_related("committee")
    committees = list(Committee.objects.filter(municipality=municipality_of(request)))
    context = {
        "coming": lines(found.filter(starts_at__gte=now), visible(request)),
        "past": lines(found.filter(starts_at__lt=now).order_by("-starts_at", "-pk")[:SHOWN], visible(request)),
        "committees": [each for each in committees if not each.ended_on],
        "ended": [each for each in committees if each.ended_on],
        "keeps": keeps(request),
    }
    return render(request, "reports/meetings/list.html", context)


@members_only(Deed.KEEP_MEETINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting(request: MunicipalityRequest, pk: int | None = None) -> HttpResponse:
    """A new meeting, or one with its history and what can be done with it."""
    municipality = municipality_of(request)
    held = get_object_or_404(_visible(request).select_related("committee"), pk=pk) if pk else None
    sent = request.POST if request.method == "POST" else None
    form = MeetingForm(municipality, held, sent, initial=_initial(held))
    if sent is not None and form.is_valid():
        try:
            if held is None:
                keeping.set_meeting(municipality, form.plan(), request.user)
            else:
                seen = seen_version(request.POST)
                keeping.change_meeting(held, form.plan(), seen, request.user, form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Gespeichert."))
            return redirect("meetings")
    context = {
        "form": form,
        "meeting": held,
        "events": held.events.select_related("committee", "by") if held else [],
        "heading": f"{held.committee}" if held else _("Neue Sitzung"),
    }
    return render(request, "reports/meetings/form.html", context, status=400 if form.errors else 200)


@members_only(Deed.KEEP_MEETINGS)
@require_POST
def cancel(request: MunicipalityRequest, pk: int) -> HttpResponseRedirect:
    held = get_object_or_404(_visible(request), pk=pk)
    try:
        keeping.cancel_meeting(held, seen_version(request.POST), request.user, request.POST.get("reason", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("meeting", held.pk)
    messages.success(request, _("Die Sitzung ist abgesagt. Der Rat erhält eine Nachricht."))
    return redirect("meetings")


def keeps(request: MunicipalityRequest) -> bool:
    return request.membership is not None and Deed.KEEP_MEETINGS in request.membership.deeds


def _visible(request: MunicipalityRequest) -> MeetingQuerySet:
    return Meeting.objects.visible_to(request.user).filter(municipality=request.municipality)


def _initial(held: Meeting | None) -> dict[str, Any] | None:
    if held is None:
        return None
    return {
        "committee": held.committee_id,
        "starts_at": timezone.localtime(held.starts_at),
        "place": held.place,
        "due_on": held.due_on,
        "month": months.name(held.month) if held.month else "",
    }
