"""Pages of the trainings: mine, my department's, and the courses."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Prefetch
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, town
from ozg_tracker.accounts.middleware import TownRequest
from ozg_tracker.accounts.models import Role, User
from ozg_tracker.training.access import assignable_people
from ozg_tracker.training.assignment import assign_training
from ozg_tracker.training.calendar import calendar
from ozg_tracker.training.completion import choose_course_date, complete_task
from ozg_tracker.training.forms import AssignForm, CompletionForm, DateChoiceForm
from ozg_tracker.training.models import LEARNERS, Completion, CourseDate, TrainingTask, TrainingTaskQuerySet
from ozg_tracker.training.team import team

LEADERS = (Role.COORDINATOR, Role.MANAGER)
PAGE = 50


@members_only(*LEARNERS)
@require_safe
def my_trainings(request: TownRequest) -> HttpResponse:
    """Open and done; `?melden=` and `?termin=` open the form of one of the own tasks."""
    reported, dated = _asked(request, "melden"), _asked(request, "termin")
    return _mine(
        request,
        report=(reported, CompletionForm()) if reported else None,
        choice=(dated, DateChoiceForm(dated)) if dated else None,
    )


@members_only(*LEARNERS)
@require_POST
def complete(request: TownRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(_own(request), pk=pk)
    form = CompletionForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            complete_task(task, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("„%(course)s“ ist als erledigt gemeldet.") % {"course": task.course.title})
            return redirect("my_trainings")
    return _mine(request, report=(task, form), status=400)


@members_only(*LEARNERS)
@require_POST
def choose_date(request: TownRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(_own(request), pk=pk)
    form = DateChoiceForm(task, request.POST)
    if form.is_valid():
        try:
            choose_course_date(task, form.cleaned_data["course_date"], by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Ihr Termin ist vorgemerkt.") if task.course_date else _("Kein Termin mehr."))
            return redirect("my_trainings")
    return _mine(request, choice=(task, form), status=400)


@members_only(*LEARNERS)
@require_safe
def calendar_file(request: TownRequest) -> HttpResponse:
    response = HttpResponse(calendar(request.user), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="schulungen.ics"'
    return response


@members_only(*LEARNERS)
@require_safe
def proof(request: TownRequest, pk: int) -> FileResponse:
    """The file of a completion, for the person and the coordination; never shown inside our pages."""
    completions = Completion.objects.visible_to(request.user).filter(task__municipality=request.municipality)
    completion = get_object_or_404(completions, pk=pk)
    if not completion.proof:
        raise Http404
    try:
        return FileResponse(completion.proof.open(), as_attachment=True, filename=_proof_name(completion))
    except FileNotFoundError as error:
        raise Http404 from error


@members_only(*LEADERS)
@require_safe
def department(request: TownRequest) -> HttpResponse:
    found = team(request.user, town(request))
    page = Paginator(found.lines, PAGE).get_page(request.GET.get("seite"))
    return render(request, "training/department.html", {"team": found, "page": page})


@members_only(*LEADERS)
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: TownRequest) -> HttpResponse:
    """Give a course to some of one's people, all or none."""
    people = assignable_people(request.user, town(request))
    form = AssignForm(request.user, people, request.POST if request.method == "POST" else None)
    if form.is_valid() and _assigned(form, {each.user_id: each.user for each in people}):
        number = len(form.cleaned_data["people"])
        sentence = ngettext("Einer Person zugewiesen.", "%(number)d Personen zugewiesen.", number)
        messages.success(request, sentence % {"number": number})
        return redirect("department_trainings")
    return render(request, "training/assign.html", {"form": form}, status=400 if form.errors else 200)


def _assigned(form: AssignForm, people: dict[int, User]) -> bool:
    """Assign what `form` asks for; on a refusal nobody gets it, and the form says who stood in the way."""
    asked = form.cleaned_data
    try:
        with transaction.atomic():
            for person_id in asked["people"]:
                person = people[person_id]
                assign_training(asked["course"], person, due_on=asked["due_on"], reason=asked["reason"])
    except ValidationError as error:
        field = "due_on" if hasattr(error, "error_dict") and "due_on" in error.error_dict else None
        form.add_error(field, [f"{person}: {sentence}" if field is None else sentence for sentence in error.messages])
        return False
    return True


def _mine(
    request: TownRequest,
    report: tuple[TrainingTask, CompletionForm] | None = None,
    choice: tuple[TrainingTask, DateChoiceForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    to_come = Prefetch("course__dates", CourseDate.objects.filter(starts_at__gt=timezone.now()), "dates_to_come")
    own = _own(request).with_standing(today).select_related("course", "course_date", "completion")
    due = list(own.filter(completion=None).prefetch_related(to_come).order_by("due_on", "id"))
    for task in due:
        task.days_left = (task.due_on - today).days  # type: ignore[attr-defined]
    context = {
        "open": due,
        "done": own.exclude(completion=None).order_by("-completion__completed_on", "-id"),
        "report": report,
        "choice": choice,
        "retention": settings.TRAINING_RETENTION_MONTHS,
    }
    return render(request, "training/mine.html", context, status=status)


def _own(request: TownRequest) -> TrainingTaskQuerySet:
    return TrainingTask.objects.filter(person=request.user, municipality=request.municipality)


def _asked(request: TownRequest, name: str) -> TrainingTask | None:
    """The own open task that the address names; a wrong one opens nothing."""
    pk = request.GET.get(name, "")
    if not pk.isdecimal():
        return None
    return _own(request).filter(pk=pk, completion=None).select_related("course").first()


def _proof_name(completion: Completion) -> str:
    ending = str(completion.proof.name).rsplit(".", 1)[-1]
    return f"nachweis-{completion.completed_on:%Y-%m-%d}-{completion.pk}.{ending}"
