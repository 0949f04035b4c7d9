"""Pages of who leads: how the trainings of one's people stand, assigning one, letting one rest."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, town
from ozg_tracker.accounts.middleware import TownRequest
from ozg_tracker.accounts.models import Role, User
from ozg_tracker.training.access import assignable_people
from ozg_tracker.training.assignment import assign_training
from ozg_tracker.training.forms import AssignForm, SuspensionForm
from ozg_tracker.training.models import TrainingTask, TrainingTaskQuerySet
from ozg_tracker.training.suspension import resume_task, suspend_task
from ozg_tracker.training.team import team

LEADERS = (Role.COORDINATOR, Role.MANAGER)
PAGE = 50


@members_only(*LEADERS)
@require_safe
def department(request: TownRequest) -> HttpResponse:
    """Due and done by name; `?aussetzen=` opens the form of an open training of one of them."""
    asked = request.GET.get("aussetzen", "")
    task = _suspendable(request).filter(pk=asked).first() if asked.isdecimal() else None
    return _department(request, (task, SuspensionForm(initial=_held(task))) if task else None)


@members_only(*LEADERS)
@require_POST
def suspend(request: TownRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(_suspendable(request), pk=pk)
    form = SuspensionForm(request.POST)
    if form.is_valid():
        try:
            suspend_task(task, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            words = {"course": task.course, "person": task.person, "day": f"{task.suspended_until:%d.%m.%Y}"}
            messages.success(request, _("„%(course)s“ ruht für %(person)s bis %(day)s.") % words)
            return redirect("department_trainings")
    return _department(request, (task, form), status=400)


@members_only(*LEADERS)
@require_POST
def resume(request: TownRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(_suspendable(request), pk=pk)
    resume_task(task, by=request.user)
    words = {"course": task.course, "person": task.person, "day": f"{task.due_on:%d.%m.%Y}"}
    messages.success(request, _("„%(course)s“ läuft für %(person)s wieder, fällig am %(day)s.") % words)
    return redirect("department_trainings")


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


def _department(
    request: TownRequest, suspension: tuple[TrainingTask, SuspensionForm] | None = None, status: int = 200
) -> HttpResponse:
    found = team(request.user, town(request))
    page = Paginator(found.lines, PAGE).get_page(request.GET.get("seite"))
    context = {"team": found, "page": page, "suspension": suspension}
    return render(request, "training/department.html", context, status=status)


def _suspendable(request: TownRequest) -> TrainingTaskQuerySet:
    tasks = TrainingTask.objects.suspendable_by(request.user).filter(municipality=request.municipality, completion=None)
    return tasks.select_related("course", "person")


def _held(task: TrainingTask) -> dict[str, Any]:
    """What the form shows of a suspension that stands."""
    return {"until": task.suspended_until, "reason": task.suspension_reason}
