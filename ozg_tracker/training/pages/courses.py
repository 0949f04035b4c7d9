"""Pages where the coordination keeps the courses and who needs them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import read_query
from ozg_tracker.training.courses.archiving import archive_course, bring_course_back
from ozg_tracker.training.courses.keeping import CoursePreview, preview_course, save_course
from ozg_tracker.training.courses.topics import course_from, topics
from ozg_tracker.training.models import Category, Course, CourseQuerySet
from ozg_tracker.training.pages.course_forms import CourseForm

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@members_only(Deed.KEEP_COURSES)
@require_safe
def course_topics(request: MunicipalityRequest) -> HttpResponse:
    """What we propose to teach, by category; what there is already says so."""
    read_query(request.GET, ())
    taken = dict(_courses(request).exclude(topic="").values_list("topic", "pk"))
    groups = [
        (category.label, [(each, taken.get(each.slug)) for each in topics().values() if each.category == category])
        for category in Category
    ]
    return render(request, "training/courses/course_topics.html", {"groups": groups})


@members_only(Deed.KEEP_COURSES)
@read_or_write
def new_course(request: MunicipalityRequest) -> HttpResponse:
    """A course of one's own, or from one of the topics that `?topic=` names."""
    topic = topics().get(read_query(request.GET, ("topic",)).get("topic", ""))
    fresh = Course(municipality=municipality_of(request))
    form = CourseForm(_sent(request), instance=course_from(topic, fresh) if topic else fresh)
    if form.is_valid():
        made = save_course(form.instance, form.links, by=request.user)
        messages.success(request, _("„%(course)s“ ist angelegt. Wer braucht die Schulung?") % {"course": made.title})
        return redirect("course", made.pk)
    context = {"form": form, "topic": topic}
    return render(request, "training/courses/new_course.html", context, status=400 if form.errors else 200)


@members_only(Deed.KEEP_COURSES)
@read_or_write
def course(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """A course with its requirements and dates; saves the course's own fields, after a look at what that does to people
    where it does something.
    """
    found = get_object_or_404(_courses(request), pk=pk)
    form = CourseForm(_sent(request), instance=found)
    if form.is_valid():
        preview = preview_course(form.instance, form.links)
        if any(preview) and request.POST.get("mark") != preview.mark:
            return _course_page(request, found, form=form, preview=preview)
        save_course(form.instance, form.links, by=request.user)
        messages.success(request, _("„%(course)s“ ist gespeichert.") % {"course": found.title})
        return redirect("course", pk)
    return _course_page(request, found, form=form)


@members_only(Deed.KEEP_COURSES)
@require_POST
def archive(request: MunicipalityRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_courses(request), pk=pk)
    try:
        archive_course(found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("„%(course)s“ ist archiviert.") % {"course": found.title})
    return redirect("course", pk)


@members_only(Deed.KEEP_COURSES)
@require_POST
def bring_back(request: MunicipalityRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_courses(request), pk=pk)
    bring_course_back(found, by=request.user)
    messages.success(request, _("„%(course)s“ steht wieder im Katalog.") % {"course": found.title})
    return redirect("course", pk)


def _sent(request: MunicipalityRequest) -> QueryDict | None:
    """What was sent, an empty form too, which would otherwise pass for none."""
    return request.POST if request.method == "POST" else None


def _courses(request: MunicipalityRequest) -> CourseQuerySet:
    return Course.objects.editable_by(request.user).filter(municipality=request.municipality)


def _course_page(
    request: MunicipalityRequest,
    course: Course,
    form: CourseForm | None = None,
    preview: CoursePreview | None = None,
) -> HttpResponse:
    """The page with the form that was refused, if one was, and fresh ones beside it."""
    context = {
        "course": course,
        "title": course.title if form is None else form.initial["title"],
        "form": form or CourseForm(instance=course),
        "requirements": course.requirements.told().prefetch_related("people"),
        "dates": course.dates.with_places().select_related("trainer", "course").order_by("-starts_at"),
        "now": timezone.now(),
        "preview": preview,
        "changes": _changes(preview) if preview else [],
    }
    refused = form is not None and bool(form.errors)
    return render(request, "training/courses/course.html", context, status=400 if refused else 200)


def _changes(preview: CoursePreview) -> list[tuple[str, int]]:
    """What becomes of how many people."""
    words = {
        "sooner": _("sind früher wieder dran"),
        "later": _("sind später wieder dran"),
        "never": _("müssen sie nicht wiederholen"),
        "open": _("bekommen die nächste Runde gleich"),
        "accepted": _("haben sie durch einen anerkannten Kurs schon erledigt"),
    }
    return [(words[name], number) for name, number in preview.figures().items() if number]
