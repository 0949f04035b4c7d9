"""Pages of the courses: all who learn read them, the coordination writes them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.training.assigning import requirements
from ozg_tracker.training.dates.course_dates import cancel_course_date, change_course_date
from ozg_tracker.training.models import Course, CourseDate, CourseQuerySet, Requirement
from ozg_tracker.training.pages.forms import CourseDateForm, CourseForm

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@members_only(Deed.LEARN)
@require_safe
def courses(request: MunicipalityRequest) -> HttpResponse:
    to_come = Prefetch("dates", CourseDate.objects.filter(starts_at__gt=timezone.now()), "dates_to_come")
    needed = Prefetch("requirements", Requirement.objects.filter(ends_on=None).told())
    found = _courses(request).prefetch_related(needed).prefetch_related(to_come)
    return render(request, "training/courses.html", {"courses": found})


@members_only(Deed.KEEP_COURSES)
@read_or_write
def new_course(request: MunicipalityRequest) -> HttpResponse:
    form = CourseForm(_sent(request), instance=Course(municipality=municipality_of(request)))
    if form.is_valid():
        made = requirements.save_course(form.instance, by=request.user)
        messages.success(request, _("„%(course)s“ ist angelegt. Wer braucht die Schulung?") % {"course": made.title})
        return redirect("course", made.pk)
    return render(request, "training/new_course.html", {"form": form}, status=400 if form.errors else 200)


@members_only(Deed.KEEP_COURSES)
@read_or_write
def course(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """A course with its requirements and dates; saves the course's own fields."""
    found = get_object_or_404(_courses(request), pk=pk)
    form = CourseForm(_sent(request), instance=found)
    if form.is_valid():
        requirements.save_course(form.instance, by=request.user)
        messages.success(request, _("„%(course)s“ ist gespeichert.") % {"course": found.title})
        return redirect("course", pk)
    return _course_page(request, found, form=form)


@members_only(Deed.KEEP_COURSES)
@require_POST
def add_date(request: MunicipalityRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_courses(request), pk=pk)
    form = CourseDateForm(request.POST, instance=CourseDate(course=found))
    if form.is_valid():
        form.save()
        messages.success(request, _("Der Termin steht zur Wahl."))
        return redirect("course", pk)
    return _course_page(request, found, date=form)


@members_only(Deed.KEEP_COURSES)
@read_or_write
def change_date(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """A date to come with its people: moved here, or cancelled."""
    found = get_object_or_404(_dates(request), pk=pk)
    form = CourseDateForm(_sent(request), instance=CourseDate.objects.get(pk=pk))
    if form.is_valid():
        try:
            told = change_course_date(found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Der Termin ist geändert.") + _told(told))
            return redirect("course", found.course_id)
    context = {"date": found, "form": form}
    return render(request, "training/course_date.html", context, status=400 if form.errors else 200)


@members_only(Deed.KEEP_COURSES)
@require_POST
def cancel_date(request: MunicipalityRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_dates(request), pk=pk)
    try:
        told = cancel_course_date(found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Der Termin ist abgesagt.") + _told(told))
    return redirect("course", found.course_id)


def _told(people: int) -> str:
    if not people:
        return ""
    words = ngettext(
        "Eine Person hatte ihn gewählt und bekommt eine Nachricht.",
        "%(number)d Personen hatten ihn gewählt und bekommen eine Nachricht.",
        people,
    )
    return " " + words % {"number": people}


def _sent(request: MunicipalityRequest) -> QueryDict | None:
    """What was sent, an empty form too, which would otherwise pass for none."""
    return request.POST if request.method == "POST" else None


def _dates(request: MunicipalityRequest) -> "QuerySet[CourseDate]":
    dates = CourseDate.objects.editable_by(request.user).filter(course__municipality=request.municipality)
    return _with_people(dates.select_related("course"))


def _with_people(dates: "QuerySet[CourseDate]") -> "QuerySet[CourseDate]":
    return dates.annotate(people=Count("tasks", filter=Q(tasks__completed_on=None, tasks__withdrawn_on=None)))


def _courses(request: MunicipalityRequest) -> CourseQuerySet:
    return Course.objects.visible_to(request.user).filter(municipality=request.municipality)


def _course_page(
    request: MunicipalityRequest,
    course: Course,
    form: CourseForm | None = None,
    date: CourseDateForm | None = None,
) -> HttpResponse:
    """The page with the form that was refused, if one was, and fresh ones beside it."""
    context = {
        "course": course,
        "title": course.title if form is None else form.initial["title"],
        "form": form or CourseForm(instance=course),
        "date_form": date or CourseDateForm(),
        "requirements": course.requirements.told().prefetch_related("people"),
        "dates": _with_people(course.dates.all()).order_by("-starts_at"),
        "now": timezone.now(),
    }
    refused = any(each is not None and each.errors for each in (form, date))
    return render(request, "training/course.html", context, status=400 if refused else 200)
