"""Pages of the dates: made, changed and cancelled by the coordination; the list of who was there by whoever leads."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import id_in
from ozg_tracker.api.query import read_query
from ozg_tracker.training.dates.attendance import attendance
from ozg_tracker.training.dates.course_dates import cancel_course_date, keep_course_date
from ozg_tracker.training.dates.places import waiting
from ozg_tracker.training.dates.presence import record_presence
from ozg_tracker.training.models import Course, CourseDate, CourseDateQuerySet
from ozg_tracker.training.pages.course_forms import CourseDateForm, Sessions, sessions_of, sittings
from ozg_tracker.training.pages.forms import CancelForm

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@members_only(Deed.LEARN)
@require_safe
def course_date(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """The sessions, who was there and who waits, for who keeps courses and who leads the date."""
    read_query(request.GET, ())
    found = get_object_or_404(_led(request), pk=pk)
    context = {
        "date": found,
        "list": attendance(found, request.user, timezone.now()),
        "waiting": waiting(found).select_related("person"),
        "now": timezone.now(),
    }
    return render(request, "training/dates/course_date.html", context)


@members_only(Deed.LEARN)
@require_POST
def presence(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """Boxes named "<session>-<task>" say who was there."""
    found = get_object_or_404(_led(request), pk=pk)
    try:
        done = record_presence(found, _seen(request.POST.getlist("present")), by=request.user)
    except (ValidationError, PermissionDenied) as error:
        messages.error(request, " ".join(error.messages) if isinstance(error, ValidationError) else str(error))
    else:
        words = ngettext(
            "%(number)d Schulung ist damit erledigt.", "%(number)d Schulungen sind damit erledigt.", len(done)
        )
        saved = _("Die Anwesenheit ist gespeichert.")
        messages.success(request, f"{saved} {words % {'number': len(done)}}" if done else saved)
    return redirect("course_date", pk)


@members_only(Deed.KEEP_COURSES)
@read_or_write
def add_date(request: MunicipalityRequest, pk: int) -> HttpResponse:
    courses = Course.objects.editable_by(request.user).filter(municipality=request.municipality)
    return _form(request, CourseDate(course=get_object_or_404(courses, pk=pk)))


@members_only(Deed.KEEP_COURSES)
@read_or_write
def change_date(request: MunicipalityRequest, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(_kept(request), pk=pk))


@members_only(Deed.KEEP_COURSES)
@read_or_write
def cancel_date(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """Why it falls out, who hears of it, and then the deed."""
    found = get_object_or_404(_kept(request), pk=pk)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            told = cancel_course_date(found, form.cleaned_data["reason"], by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Der Termin ist abgesagt.") + _told(told))
            return redirect("course", found.course_id)
    context = {"date": found, "form": form}
    return render(request, "training/dates/cancel_date.html", context, status=400 if form.errors else 200)


def _form(request: MunicipalityRequest, found: CourseDate) -> HttpResponse:
    """The date with its sessions, new or changed."""
    sent, is_new = (request.POST if request.method == "POST" else None), found.pk is None
    form = CourseDateForm(municipality_of(request), sent, instance=found)
    sessions = Sessions(sent, initial=sessions_of(found), prefix="s")
    if form.is_valid() and not sessions.is_valid():
        form.add_error(None, _("Bitte prüfen Sie die Einheiten; nichts ist gespeichert."))
    elif form.is_valid():
        try:
            told = keep_course_date(form.instance, sittings(sessions), by=request.user)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            saved = _("Der Termin steht zur Wahl.") if is_new else _("Der Termin ist geändert.")
            messages.success(request, saved + _told(told))
            return redirect("course_date", form.instance.pk)
    context = {"course": found.course, "date": None if is_new else found, "form": form, "sessions": sessions}
    refused = bool(form.errors or sessions.is_bound)
    return render(request, "training/dates/date_form.html", context, status=400 if refused else 200)


def _seen(sent: list[str]) -> list[tuple[int, int]]:
    """Pairs of ids; what is none says nothing."""
    pairs = ((id_in(a), id_in(b)) for a, _dash, b in (each.partition("-") for each in sent))
    return [(a, b) for a, b in pairs if a is not None and b is not None]


def _told(people: int) -> str:
    if not people:
        return ""
    words = ngettext(
        "Eine Person war angemeldet und bekommt eine Nachricht.",
        "%(number)d Personen waren angemeldet und bekommen eine Nachricht.",
        people,
    )
    return " " + words % {"number": people}


def _kept(request: MunicipalityRequest) -> CourseDateQuerySet:
    dates = CourseDate.objects.editable_by(request.user).filter(course__municipality=request.municipality)
    return dates.with_places().select_related("course", "trainer")


def _led(request: MunicipalityRequest) -> CourseDateQuerySet:
    dates = CourseDate.objects.led_by(request.user).filter(course__municipality=request.municipality)
    return dates.with_places().select_related("course", "trainer")
