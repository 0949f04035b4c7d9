"""Pages of one person's trainings, of who is exempt of them, and of what happened to one."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, Membership, Municipality
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.days import DayField
from ozg_tracker.api.query import PAGED, page_of, read_query
from ozg_tracker.training.assigning.exempting import end_exemption, exempt
from ozg_tracker.training.models import Course, Exemption, SuspensionReason, TrainingTask, led_by

PAGE = 50
_FIELD = {"class": "ozg-in"}


class ExemptionForm(forms.Form):
    """Of which training a person is exempt, from when until when, and why."""

    course = forms.ModelChoiceField(
        label=gettext_lazy("Schulung"),
        queryset=Course.objects.none(),
        required=False,
        empty_label=gettext_lazy("alle Schulungen"),
        widget=forms.Select(attrs=_FIELD),
    )
    starts_on = DayField(label=gettext_lazy("Befreit ab"), initial=timezone.localdate)
    until = DayField(label=gettext_lazy("Befreit bis"))
    reason = forms.ChoiceField(
        label=gettext_lazy("Grund"),
        choices=[("", gettext_lazy("bitte wählen")), *SuspensionReason.choices],
        help_text=gettext_lazy("Mehr wird nicht gespeichert; die Person sieht ihn auch."),
        widget=forms.Select(attrs=_FIELD),
    )

    def __init__(self, municipality: Municipality, *args: Any) -> None:
        super().__init__(*args)
        courses = cast("forms.ModelChoiceField[Course]", self.fields["course"])
        courses.queryset = Course.objects.filter(municipality=municipality)


@members_only(Deed.LEAD_TRAININGS)
@require_safe
def person(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """What is due and done in a person's current rounds, and what the person is exempt of."""
    return _person(request, _member(request, pk))


@members_only(Deed.LEAD_TRAININGS)
@require_POST
def exempt_person(request: MunicipalityRequest, pk: int) -> HttpResponse:
    member, municipality = _member(request, pk), municipality_of(request)
    form = ExemptionForm(municipality, request.POST)
    if form.is_valid():
        try:
            made = exempt(member.user, municipality, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            words = {"person": member.user, "day": f"{made.until:%d.%m.%Y}"}
            messages.success(request, _("%(person)s ist befreit bis %(day)s.") % words)
            return redirect("trainings_of_person", pk)
    return _person(request, member, form, 400)


@members_only(Deed.LEAD_TRAININGS)
@require_POST
def end(request: MunicipalityRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_exemptions(request), pk=pk)
    try:
        end_exemption(found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Die Befreiung von %(person)s ist beendet.") % {"person": found.person})
    return redirect("trainings_of_person", found.person_id)


@members_only(Deed.LEAD_TRAININGS)
@require_safe
def exemptions(request: MunicipalityRequest) -> HttpResponse:
    """Who is exempt now or will be, the next to end first."""
    standing = _exemptions(request).standing(timezone.localdate())
    page = page_of(standing.select_related("person", "course", "by"), PAGE, read_query(request.GET, PAGED))
    return render(request, "training/team/exemptions.html", {"page": page, "today": timezone.localdate()})


@members_only(Deed.LEARN)
@require_safe
def history(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """What happened to a training, by whom and why: for the person and the coordination."""
    tasks = TrainingTask.objects.filter(municipality=request.municipality).with_standing(timezone.localdate())
    shown = tasks.filter(person=request.user) | tasks.kept_by(request.user)
    task = get_object_or_404(shown.select_related("course", "person"), pk=pk)
    read_query(request.GET, ())
    context = {"task": task, "events": task.events.select_related("by").order_by("-pk")}
    return render(request, "training/team/history.html", context)


def _person(
    request: MunicipalityRequest, member: Membership, form: ExemptionForm | None = None, status: int = 200
) -> HttpResponse:
    read_query(request.GET, ())
    today, municipality = timezone.localdate(), municipality_of(request)
    theirs = TrainingTask.objects.filter(person=member.user, municipality=municipality)
    tasks = theirs.latest_rounds(today).with_standing(today).select_related("course")
    exempt_of = _exemptions(request).standing(today).filter(person=member.user)
    context = {
        "member": member,
        "tasks": sorted(tasks, key=lambda task: (not task.is_open, task.due_on, task.pk)),
        "exemptions": exempt_of.select_related("course", "by"),
        "form": form or ExemptionForm(municipality),
        "today": today,
    }
    return render(request, "training/team/person.html", context, status=status)


def _member(request: MunicipalityRequest, pk: int) -> Membership:
    led = led_by(request.user, municipality_of(request)).select_related("user", "department")
    return get_object_or_404(led, user__pk=pk)


def _exemptions(request: MunicipalityRequest) -> Any:
    return Exemption.objects.kept_by(request.user).filter(municipality=request.municipality)
