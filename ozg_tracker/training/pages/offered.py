"""Pages of the courses as whoever learns reads them: the catalogue, one course, and taking part."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import WrongValues, read_query
from ozg_tracker.training.courses.enrolling import enrol, is_enrolment, leave_course
from ozg_tracker.training.courses.topics import topics
from ozg_tracker.training.dates.registering import register
from ozg_tracker.training.dates.telling import offers, registered_words
from ozg_tracker.training.filters import CourseFilter
from ozg_tracker.training.models import (
    Category,
    Course,
    CourseDate,
    CourseQuerySet,
    Requirement,
    TrainingTask,
    TrainingTaskQuerySet,
)


@members_only(Deed.LEARN)
@require_safe
def courses(request: MunicipalityRequest) -> HttpResponse:
    """The catalogue; who keeps courses finds the archived ones too."""
    asked = read_query(request.GET, ("category", "archived"))
    found = CourseFilter(
        {**asked.dict(), "archived": asked.get("archived", "false")}, _courses(request), request=request
    )
    if not found.form.is_valid():
        raise WrongValues(found.form)
    needed = Prefetch("requirements", Requirement.objects.filter(ends_on=None).told())
    to_come = Prefetch("dates", CourseDate.objects.to_come(timezone.now()), "dates_to_come")
    context = {
        "courses": found.qs.prefetch_related(needed).prefetch_related(to_come),
        "filter": found,
        "category": asked.get("category", ""),
        "archived": asked.get("archived") == "true",
        "categories": Category.choices,
    }
    return render(request, "training/courses/courses.html", context)


@members_only(Deed.LEARN)
@require_safe
def course_page(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """All about a course, how one stands to it, and its dates."""
    read_query(request.GET, ())
    found = get_object_or_404(_courses(request).prefetch_related("prerequisites", "equivalents"), pk=pk)
    own = _own(request, found).with_standing(timezone.localdate()).select_related("course_date", "course")
    task = own.open().first()
    if task is not None:
        task.days_left = (task.due_on - timezone.localdate()).days  # type: ignore[attr-defined]
    context = {
        "course": found,
        "task": task,
        "left": task is not None and is_enrolment(task),
        "done": own.exclude(completed_on=None).order_by("-completed_on", "-id").first(),
        "offers": offers(found, task, timezone.now()),
        "may_register": task is not None or found.self_enrolment,
        "topic": topics().get(found.topic),
    }
    return render(request, "training/courses/course_page.html", context)


@members_only(Deed.LEARN)
@require_POST
def enrol_in(request: MunicipalityRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_courses(request), pk=pk)
    try:
        enrol(found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Sie sind in „%(course)s“ eingeschrieben.") % {"course": found.title})
    return redirect("course_page", pk)


@members_only(Deed.LEARN)
@require_POST
def leave(request: MunicipalityRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_courses(request), pk=pk)
    try:
        leave_course(get_object_or_404(_own(request, found).open()), by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Sie sind aus „%(course)s“ ausgetragen.") % {"course": found.title})
    return redirect("course_page", pk)


@members_only(Deed.LEARN)
@require_POST
def take_date(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """Register for the date; where everybody may enrol, this is enough."""
    wanted = get_object_or_404(_dates(request), pk=pk)
    try:
        with transaction.atomic():
            task = _own(request, wanted.course).open().first() or enrol(wanted.course, by=request.user)
            found = register(task, wanted, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, registered_words(found, wanted))
    return redirect("course_page", wanted.course_id)


@members_only(Deed.LEARN)
@require_POST
def give_date_back(request: MunicipalityRequest, pk: int) -> HttpResponse:
    wanted = get_object_or_404(_dates(request), pk=pk)
    task = _own(request, wanted.course).open().filter(course_date=wanted, registered_at__isnull=False).first()
    try:
        if task is None:
            raise ValidationError(_("Sie sind zu diesem Termin nicht angemeldet."))
        register(task, None, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Sie sind abgemeldet."))
    return redirect("course_page", wanted.course_id)


def _courses(request: MunicipalityRequest) -> CourseQuerySet:
    return Course.objects.visible_to(request.user).filter(municipality=request.municipality)


def _dates(request: MunicipalityRequest) -> QuerySet[CourseDate]:
    visible = CourseDate.objects.visible_to(request.user).filter(course__municipality=request.municipality)
    return visible.select_related("course")


def _own(request: MunicipalityRequest, course: Course) -> TrainingTaskQuerySet:
    return TrainingTask.objects.filter(person=request.user, course=course)
