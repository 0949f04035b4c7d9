"""Pages of who leads: how the trainings of one's people stand, assigning one, letting one rest."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, User
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import named_in
from ozg_tracker.api.query import PAGED, WrongValues, page_of, read_query
from ozg_tracker.training.assigning.assignment import assign_training
from ozg_tracker.training.assigning.suspension import resume_task, suspend_task
from ozg_tracker.training.models import TrainingTask, TrainingTaskQuerySet
from ozg_tracker.training.pages.forms import AssignForm, MoveForm, ReasonForm, SuspensionForm, TeamSearch
from ozg_tracker.training.team.access import assignable_people
from ozg_tracker.training.team.standing import team, team_members

PAGE = 50


@members_only(Deed.LEAD_TRAININGS)
@require_safe
def department(request: MunicipalityRequest) -> HttpResponse:
    """Due and done by name; `?suspend=` opens the form of an open training of one of them."""
    task = named_in(_suspendable(request), _query(request).get("suspend"))
    return _department(request, (task, SuspensionForm(initial=_held(task))) if task else None)


@members_only(Deed.LEAD_TRAININGS)
@require_POST
def suspend(request: MunicipalityRequest, pk: int) -> HttpResponse:
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


@members_only(Deed.LEAD_TRAININGS)
@require_POST
def resume(request: MunicipalityRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(_suspendable(request), pk=pk)
    try:
        resume_task(task, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        words = {"course": task.course, "person": task.person, "day": f"{task.due_on:%d.%m.%Y}"}
        messages.success(request, _("„%(course)s“ läuft für %(person)s wieder, fällig am %(day)s.") % words)
    return redirect("department_trainings")


@members_only(Deed.LEAD_TRAININGS)
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: MunicipalityRequest) -> HttpResponse:
    """Give a course to some of one's people, all or none."""
    people = assignable_people(request.user, municipality_of(request))
    form = AssignForm(request.user, people, request.POST if request.method == "POST" else None)
    if form.is_valid() and _assigned(form, {each.user_id: each.user for each in people}, request.user):
        number = len(form.cleaned_data["people"])
        sentence = ngettext("Einer Person zugewiesen.", "%(number)d Personen zugewiesen.", number)
        messages.success(request, sentence % {"number": number})
        return redirect("department_trainings")
    return render(request, "training/assign.html", {"form": form}, status=400 if form.errors else 200)


def _assigned(form: AssignForm, people: dict[int, User], by: User) -> bool:
    """Assign what `form` asks for; on a refusal nobody gets it, and the form says who stood in the way."""
    asked = form.cleaned_data
    try:
        with transaction.atomic():
            for person_id in asked["people"]:
                person = people[person_id]
                assign_training(asked["course"], person, due_on=asked["due_on"], reason=asked["reason"], by=by)
    except ValidationError as error:
        field = "due_on" if hasattr(error, "error_dict") and "due_on" in error.error_dict else None
        form.add_error(field, [f"{person}: {sentence}" if field is None else sentence for sentence in error.messages])
        return False
    return True


def _department(
    request: MunicipalityRequest, suspension: tuple[Any, ...] | None = None, status: int = 200
) -> HttpResponse:
    asked, municipality = _query(request), municipality_of(request)
    search = TeamSearch(asked)
    if not search.is_valid():
        raise WrongValues(search)
    name, late = search.cleaned_data["name"], bool(search.cleaned_data["late"])
    page = page_of(team_members(request.user, municipality, name, late=late), PAGE, asked)
    found = team(list(page), municipality)
    if suspension is not None:
        suspension = (*suspension, MoveForm(), ReasonForm())
    context = {"team": found, "page": page, "suspension": suspension, "name": name, "late": late}
    return render(request, "training/department.html", context, status=status)


def _query(request: MunicipalityRequest) -> QueryDict:
    return read_query(request.GET, ("suspend", "name", "late", *PAGED))


def _suspendable(request: MunicipalityRequest) -> TrainingTaskQuerySet:
    tasks = TrainingTask.objects.suspendable_by(request.user).open().filter(municipality=request.municipality)
    return tasks.select_related("course", "person")


def _held(task: TrainingTask) -> dict[str, Any]:
    """What the form shows of a suspension that stands."""
    return {"until": task.suspended_until, "reason": task.suspension_reason}
