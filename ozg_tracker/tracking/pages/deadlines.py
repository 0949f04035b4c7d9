"""The page of deadlines: those of the municipality, which the coordination sets, and those of the law beside them."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.tracking.deadlines.changing import (
    Facts,
    applies_to,
    call_off,
    end_deadline,
    facts_of,
    keep_deadline,
    planned,
    refuse_nonsense,
)
from ozg_tracker.tracking.models import Deadline, DeadlineEvent
from ozg_tracker.tracking.pages.deadline_forms import CallOffForm, DeadlineForm, EndDeadlineForm
from ozg_tracker.tracking.rows.overdue import Hits, hits

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Line:
    """A deadline as the page shows it, with what it hits today."""

    deadline: Deadline
    days: int
    hits: Hits
    applies_to: str


@dataclass(frozen=True)
class Preview:
    """What a deadline as entered would hit. `recounted`: the first day of the months it would count otherwise."""

    facts: Facts
    hits: Hits
    applies_to: str
    effective_on: date
    recounted: date | None


@members_only(Deed.READ_ROWS)
@read_or_write
def deadlines(request: MunicipalityRequest) -> HttpResponse:
    """All deadlines; for the coordination with the form of a new one."""
    keeps = request.membership is not None and Deed.KEEP_DEADLINES in request.membership.deeds
    form = DeadlineForm(municipality_of(request), request.POST if keeps and request.method == "POST" else None)
    preview = _preview(request, form)
    if preview is None and form.is_valid() and _kept(request, form, None):
        return redirect("deadlines")
    lines = [_line(request, each) for each in _visible(request)]
    context = {
        "own": [line for line in lines if line.deadline.municipality_id],
        "of_law": [line for line in lines if not line.deadline.municipality_id],
        "planned": _planned(request),
        "form": form if keeps else None,
        "preview": preview,
        "today": timezone.localdate(),
    }
    return render(request, "tracking/deadlines/deadlines.html", context, status=400 if form.errors else 200)


@members_only(Deed.KEEP_DEADLINES)
@read_or_write
def deadline(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """One own deadline: changed from a day on, with what it said before."""
    found = get_object_or_404(_own(request), pk=pk)
    form = DeadlineForm(municipality_of(request), request.POST if request.method == "POST" else None, deadline=found)
    preview = _preview(request, form)
    if preview is None and form.is_valid() and _kept(request, form, found):
        return redirect("deadlines")
    return _deadline(request, found, form, EndDeadlineForm(), preview)


@members_only(Deed.KEEP_DEADLINES)
@require_POST
def end(request: MunicipalityRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_own(request), pk=pk)
    form = EndDeadlineForm(request.POST)
    if form.is_valid():
        try:
            end_deadline(found, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            _add(form, error)
        else:
            messages.success(request, _("„%(deadline)s“ gilt nicht mehr.") % {"deadline": found})
            return redirect("deadlines")
    return _deadline(request, found, DeadlineForm(municipality_of(request), deadline=found), form)


@members_only(Deed.KEEP_DEADLINES)
@require_POST
def call_off_planned(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """What is planned for a day to come does not happen."""
    own = Deadline.objects.filter(municipality=municipality_of(request))
    event = get_object_or_404(DeadlineEvent.objects.filter(deadline__in=own), pk=pk)
    form = CallOffForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        call_off(event, reason=reason, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Abgesagt: „%(deadline)s“ bleibt, wie es ist.") % {"deadline": event.name})
    return redirect("deadlines")


def _preview(request: MunicipalityRequest, form: DeadlineForm) -> Preview | None:
    """What was entered would hit so much; None where nobody asked for it, or where it cannot be."""
    if "preview" not in request.POST or not form.is_valid():
        return None
    facts, day = form.facts(), form.cleaned_data["effective_on"]
    try:
        refuse_nonsense(facts, municipality_of(request))
    except ValidationError as error:
        _add(form, error)
        return None
    first = timezone.localdate().replace(day=1)
    return Preview(facts, hits(municipality_of(request), facts), applies_to(facts), day, day if day < first else None)


def _planned(request: MunicipalityRequest) -> list[DeadlineEvent]:
    """What is planned for the municipality's own deadlines, the first day first."""
    today = timezone.localdate()
    later = DeadlineEvent.objects.filter(municipality=municipality_of(request), effective_on__gt=today)
    found = Deadline.objects.filter(pk__in=later.values("deadline"))
    return sorted((event for each in found for event in planned(each)), key=lambda event: event.effective_on)


def _kept(request: MunicipalityRequest, form: DeadlineForm, found: Deadline | None) -> bool:
    day, reason = form.cleaned_data["effective_on"], form.cleaned_data["reason"]
    try:
        kept = keep_deadline(
            form.facts(),
            municipality=municipality_of(request),
            deadline=found,
            effective_on=day,
            reason=reason,
            by=request.user,
        )
    except ValidationError as error:
        _add(form, error)
        return False
    messages.success(request, _("Die Frist „%(deadline)s“ ist gespeichert.") % {"deadline": kept})
    return True


def _deadline(
    request: MunicipalityRequest,
    found: Deadline,
    form: DeadlineForm,
    ending: EndDeadlineForm,
    preview: Preview | None = None,
) -> HttpResponse:
    events = DeadlineEvent.objects.filter(deadline=found).select_related("by")
    context = {"deadline": found, "form": form, "ending": ending, "events": events, "preview": preview}
    return render(
        request, "tracking/deadlines/deadline.html", context, status=400 if form.errors or ending.errors else 200
    )


def _visible(request: MunicipalityRequest) -> QuerySet[Deadline]:
    found = Deadline.objects.visible_to(request.user).filter(municipality=None) | _own(request)
    return found.select_related("department").prefetch_related("bundles").distinct()


def _own(request: MunicipalityRequest) -> QuerySet[Deadline]:
    return Deadline.objects.visible_to(request.user).filter(municipality=municipality_of(request))


def _line(request: MunicipalityRequest, each: Deadline) -> Line:
    days = (each.date - timezone.localdate()).days
    return Line(each, days, hits(municipality_of(request), each), applies_to(facts_of(each)))


def _add(form: DeadlineForm | EndDeadlineForm, error: ValidationError) -> None:
    """Each sentence beside its field where the form has it, else above them all."""
    for name, errors in (error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}).items():
        form.add_error(name if name in form.fields else None, errors)
