"""Pages of the own trainings."""

from datetime import date

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ozg_tracker.accounts.calendar.address import calendar_address
from ozg_tracker.accounts.calendar.writing import written_calendar
from ozg_tracker.accounts.doorkeeper import members_only
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import named_in
from ozg_tracker.api.query import read_query
from ozg_tracker.training.completing.completion import complete_task, seen_proof
from ozg_tracker.training.completing.correcting import correct_completion, take_back_completion
from ozg_tracker.training.dates.calendar import training_entries
from ozg_tracker.training.dates.registering import register
from ozg_tracker.training.dates.telling import registered_words
from ozg_tracker.training.models import Completion, CourseDate, Exemption, TrainingTask, TrainingTaskQuerySet
from ozg_tracker.training.pages.forms import CompletionForm, DateChoiceForm


@members_only(Deed.LEARN)
@require_safe
def my_trainings(request: MunicipalityRequest) -> HttpResponse:
    """Open and done; `?report=`, `?date=` and `?correct=` open the form of one of the own tasks."""
    asked = read_query(request.GET, ("report", "date", "correct"))
    reported, dated = _named(request, asked, "report"), _named(request, asked, "date")
    done = _own(request).exclude(completed_on=None).select_related("course")
    corrected = named_in(done, asked.get("correct"))
    return _mine(
        request,
        report=(reported, CompletionForm()) if reported else None,
        choice=(dated, DateChoiceForm(dated)) if dated else None,
        correction=(corrected, CompletionForm(initial={"completed_on": corrected.completed_on})) if corrected else None,
    )


@members_only(Deed.LEARN)
@require_POST
def complete(request: MunicipalityRequest, pk: int) -> HttpResponse:
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


@members_only(Deed.LEARN)
@require_POST
def correct(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """Another day or another proof for what I reported."""
    task = get_object_or_404(_own(request).exclude(completed_on=None), pk=pk)
    form = CompletionForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            correct_completion(task, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("„%(course)s“ ist berichtigt.") % {"course": task.course.title})
            return redirect("my_trainings")
    return _mine(request, correction=(task, form), status=400)


@members_only(Deed.LEARN)
@require_POST
def take_back(request: MunicipalityRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(_own(request).exclude(completed_on=None), pk=pk)
    try:
        take_back_completion(task, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("„%(course)s“ ist wieder offen.") % {"course": task.course.title})
    return redirect("my_trainings")


@members_only(Deed.LEARN)
@require_POST
def choose_date(request: MunicipalityRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(_own(request), pk=pk)
    form = DateChoiceForm(task, request.POST)
    if form.is_valid():
        try:
            wanted = form.cleaned_data["course_date"]
            found = register(task, wanted, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, registered_words(found, wanted) if wanted else _("Sie sind abgemeldet."))
            return redirect("my_trainings")
    return _mine(request, choice=(task, form), status=400)


@members_only(Deed.LEARN)
@require_safe
def calendar_file(request: MunicipalityRequest) -> HttpResponse:
    read_query(request.GET, ())
    response = HttpResponse(
        written_calendar(training_entries(request.user)), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="schulungen.ics"'
    return response


@members_only(Deed.LEARN)
@require_safe
def proof(request: MunicipalityRequest, pk: int) -> FileResponse:
    """The file of a completion, for the person and the coordination; never shown inside our pages."""
    completions = Completion.objects.visible_to(request.user).filter(task__municipality=request.municipality)
    completion = get_object_or_404(completions, pk=pk)
    if not completion.proof:
        raise Http404
    seen_proof(completion, by=request.user)
    try:
        return FileResponse(completion.proof.open(), as_attachment=True, filename=_proof_name(completion))
    except FileNotFoundError as error:
        raise Http404 from error


def _mine(
    request: MunicipalityRequest,
    report: tuple[TrainingTask, CompletionForm] | None = None,
    choice: tuple[TrainingTask, DateChoiceForm] | None = None,
    correction: tuple[TrainingTask, CompletionForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    to_come = Prefetch("course__dates", CourseDate.objects.to_come(timezone.now()), "dates_to_come")
    own = _own(request).with_standing(today).select_related("course", "course_date", "completion")
    due = list(own.open().prefetch_related(to_come, "course__prerequisites").order_by("due_on", "id"))
    done = list(own.with_next_due().exclude(completed_on=None).order_by("-completed_on", "-id"))
    for task in done:
        task.due_again = _due_again(task)  # type: ignore[attr-defined]
    _with_steps(due, {task.course_id for task in done}, today)
    context = {
        "open": due,
        "done": done,
        "report": report,
        "choice": choice,
        "correction": correction,
        "calendar_address": calendar_address(request.user),
        "exemptions": _exemptions(request, today),
        "today": today,
        "retention": settings.TRAINING_RETENTION_MONTHS,
    }
    return render(request, "training/mine/mine.html", context, status=status)


def _with_steps(due: list[TrainingTask], done: set[int], today: date) -> None:
    """What can be taken up now comes first, the rest after it; each with the courses to be done before it, and with the
    next step: a date to choose, or else to learn and report.
    """
    for task in due:
        first = [each for each in task.course.prerequisites.all() if each.pk not in done]
        chooses = bool(task.course.dates_to_come) and task.registered is None  # type: ignore[attr-defined]
        task.days_left = (task.due_on - today).days  # type: ignore[attr-defined]
        task.first = first  # type: ignore[attr-defined]
        task.chooses = chooses and not first  # type: ignore[attr-defined]
    due.sort(key=lambda task: bool(task.first))  # type: ignore[attr-defined]


def _exemptions(request: MunicipalityRequest, today: date) -> QuerySet[Exemption]:
    own = Exemption.objects.standing(today).filter(person=request.user, municipality=request.municipality)
    return own.select_related("course", "by")


def _own(request: MunicipalityRequest) -> TrainingTaskQuerySet:
    return TrainingTask.objects.filter(person=request.user, municipality=request.municipality)


def _due_again(task: TrainingTask) -> date | None:
    """When a training that is done is owed again: the next round's due day, else its begin; None: never."""
    known: date | None = task.next_due  # type: ignore[attr-defined]
    return known or task.renews_on


def _named(request: MunicipalityRequest, asked: QueryDict, name: str) -> TrainingTask | None:
    """The own open task that the address names; a wrong one opens nothing."""
    return named_in(_own(request).open().select_related("course"), asked.get(name))


def _proof_name(completion: Completion) -> str:
    ending = str(completion.proof.name).rsplit(".", 1)[-1]
    return f"nachweis-{completion.task.completed_on:%Y-%m-%d}-{completion.pk}.{ending}"
