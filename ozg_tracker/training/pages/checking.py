"""Pages of who coordinates trainings: looking at what was reported, taking a training back, moving its due day."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import PAGED, page_of, read_query
from ozg_tracker.training.assigning.withdrawing import move_due_day, withdraw_task
from ozg_tracker.training.completing.correcting import confirm_completion, reject_completion
from ozg_tracker.training.completing.waiting import completions_to_check
from ozg_tracker.training.models import TrainingTask
from ozg_tracker.training.pages.forms import MoveForm, ReasonForm

PAGE = 25


@members_only(Deed.KEEP_COURSES)
@require_safe
def to_check(request: MunicipalityRequest) -> HttpResponse:
    """What was reported and waits for a look, the oldest first."""
    return _list(request)


@members_only(Deed.KEEP_COURSES)
@require_POST
def confirm(request: MunicipalityRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(_kept(request), pk=pk)
    try:
        confirm_completion(task, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("„%(course)s“ von %(person)s ist bestätigt.") % _words(task))
    return redirect("completions_to_check")


@members_only(Deed.KEEP_COURSES)
@require_POST
def reject(request: MunicipalityRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(_kept(request), pk=pk)
    form = ReasonForm(request.POST)
    if _done(form, lambda: reject_completion(task, form.cleaned_data["reason"], by=request.user)):
        messages.success(request, _("„%(course)s“ ist zurückgewiesen und für %(person)s wieder offen.") % _words(task))
        return redirect("completions_to_check")
    return _list(request, (task, form), 400)


@members_only(Deed.KEEP_COURSES)
@require_POST
def withdraw(request: MunicipalityRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(_kept(request), pk=pk)
    form = ReasonForm(request.POST)
    if _done(form, lambda: withdraw_task(task, form.cleaned_data["reason"], by=request.user)):
        messages.success(request, _("„%(course)s“ ist für %(person)s zurückgezogen.") % _words(task))
        return redirect("department_trainings")
    return _refused(request, task, {"withdraw": form})


@members_only(Deed.KEEP_COURSES)
@require_POST
def move(request: MunicipalityRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(_kept(request), pk=pk)
    form = MoveForm(request.POST)
    if _done(form, lambda: move_due_day(task, **form.cleaned_data, by=request.user)):
        words = _words(task) | {"day": f"{task.due_on:%d.%m.%Y}"}
        messages.success(request, _("„%(course)s“ ist für %(person)s jetzt am %(day)s fällig.") % words)
        return redirect("department_trainings")
    return _refused(request, task, {"move": form})


def _done(form: forms.Form, deed: Callable[[], object]) -> bool:
    """Whether what the form asks for happened; else the form says why not."""
    if not form.is_valid():
        return False
    try:
        deed()
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _refused(request: MunicipalityRequest, task: TrainingTask, form: dict[str, forms.Form]) -> HttpResponse:
    context: dict[str, Any] = {"task": task, **form}
    return render(request, "training/team/change_task.html", context, status=400)


def _list(
    request: MunicipalityRequest, rejection: tuple[TrainingTask, ReasonForm] | None = None, status: int = 200
) -> HttpResponse:
    waiting = completions_to_check(request.user, municipality_of(request))
    page = page_of(waiting, PAGE, read_query(request.GET, PAGED))
    context = {"page": page, "rejection": rejection}
    return render(request, "training/proofs/to_check.html", context, status=status)


def _kept(request: MunicipalityRequest) -> Any:
    tasks = TrainingTask.objects.kept_by(request.user).filter(municipality=request.municipality)
    return tasks.select_related("course", "person")


def _words(task: TrainingTask) -> dict[str, Any]:
    return {"course": task.course, "person": task.person}
