"""Pages of who leads: how the trainings of one's people stand, assigning one, letting one rest."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, User
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import ids_in, named_in
from ozg_tracker.api.query import PAGED, WrongValues, page_of, read_query
from ozg_tracker.spreadsheets.writing import MEDIA_TYPES
from ozg_tracker.training.assigning.many import Assigned, assign_to_many
from ozg_tracker.training.assigning.suspension import resume_task, suspend_task
from ozg_tracker.training.models import Course, CourseQuerySet, TrainingTask, TrainingTaskQuerySet
from ozg_tracker.training.pages.forms import (
    AssignForm,
    MoveForm,
    ReasonForm,
    SuspensionForm,
    TeamSearch,
    TrainingSearch,
)
from ozg_tracker.training.team.access import led_departments
from ozg_tracker.training.team.downloading import download_team
from ozg_tracker.training.team.standing import Pages, found_people, team, team_members

PAGE = 50
SEARCH = ("name", "department", "late")
TEAM = (*SEARCH, "course")


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
    """Give a course to some of one's people, or all that a search finds; who cannot have it is named with why."""
    asked = request.POST if request.method == "POST" else read_query(request.GET, SEARCH)
    municipality = municipality_of(request)
    search = _searched(TeamSearch(led_departments(request.user, municipality), asked))
    found = found_people(request.user, municipality, **search)
    form = AssignForm(request.user, municipality, request.POST if request.method == "POST" else None)
    chosen = set(ids_in(request.POST.getlist("people")))
    outcome, asked_for = None, 0
    if form.is_valid():
        people = [each.user for each in (found if request.POST.get("all") else found.filter(user__in=chosen))]
        outcome, asked_for = _assigned(form, people, request.user), len(people)
        if outcome is not None and not outcome.refused:
            sentence = ngettext("Einer Person zugewiesen.", "%(number)d Personen zugewiesen.", outcome.number)
            messages.success(request, sentence % {"number": outcome.number})
            return redirect("department_trainings")
        if outcome is not None:
            chosen = {person.pk for person, _why in outcome.refused}
    context = {
        "form": form,
        "outcome": outcome,
        "asked_for": asked_for,
        "chosen": chosen,
        "page": page_of(Pages(found), PAGE, QueryDict()),
        "search": search,
        "departments": led_departments(request.user, municipality_of(request)),
    }
    return render(request, "training/team/assign.html", context, status=400 if form.errors else 200)


def _assigned(form: AssignForm, people: list[User], by: User) -> Assigned | None:
    if not people:
        form.add_error(None, _("Bitte wählen Sie mindestens eine Person."))
        return None
    asked = form.cleaned_data
    try:
        return assign_to_many(asked["course"], people, due_on=asked["due_on"], reason=asked["reason"], by=by)
    except ValidationError as error:
        form.add_error(None, error)
        return None


@members_only(Deed.LEAD_TRAININGS)
@require_safe
def department_file(request: MunicipalityRequest, form: str) -> HttpResponse:
    """What the page shows with its search, of all its pages, as a workbook."""
    if form not in MEDIA_TYPES:
        raise Http404
    municipality = municipality_of(request)
    search = _search(request, read_query(request.GET, TEAM))
    found = team_members(request.user, municipality, **search)
    made = download_team(found, municipality, form, by=request.user, course=search["course"])
    headers = {"Content-Disposition": f'attachment; filename="schulungen-{municipality.ars}.{form}"'}
    return HttpResponse(made, content_type=MEDIA_TYPES[form], headers=headers)


def _department(
    request: MunicipalityRequest, suspension: tuple[Any, ...] | None = None, status: int = 200
) -> HttpResponse:
    asked, municipality = _query(request), municipality_of(request)
    search = _search(request, asked)
    page = page_of(Pages(team_members(request.user, municipality, **search)), PAGE, asked)
    if suspension is not None:
        suspension = (*suspension, MoveForm(), ReasonForm())
    context = {
        "team": team(list(page), municipality, course=search["course"]),
        "page": page,
        "suspension": suspension,
        "search": search,
        "filtered": any(search.values()),
        "departments": led_departments(request.user, municipality),
        "courses": list(_courses(request).values_list("pk", "title")),
        "query": asked,
        "kept": _without_suspension(asked),
    }
    return render(request, "training/team/department.html", context, status=status)


def _search(request: MunicipalityRequest, asked: QueryDict) -> dict[str, Any]:
    """What is asked of the team; WrongValues for what nobody can mean."""
    return _searched(TrainingSearch(led_departments(request.user, municipality_of(request)), _courses(request), asked))


def _searched(search: TeamSearch) -> dict[str, Any]:
    if not search.is_valid():
        raise WrongValues(search)
    return search.cleaned_data | {"late": bool(search.cleaned_data["late"])}


def _courses(request: MunicipalityRequest) -> CourseQuerySet:
    return Course.objects.visible_to(request.user).filter(municipality=request.municipality)


def _query(request: MunicipalityRequest) -> QueryDict:
    return read_query(request.GET, ("suspend", *TEAM, *PAGED))


def _without_suspension(asked: QueryDict) -> str:
    """The page's address up to which training's suspension is asked for; made once, and not for each of them."""
    kept = asked.copy()
    kept.pop("suspend", None)
    return f"?{kept.urlencode()}&" if kept else "?"


def _suspendable(request: MunicipalityRequest) -> TrainingTaskQuerySet:
    tasks = TrainingTask.objects.suspendable_by(request.user).open().filter(municipality=request.municipality)
    return tasks.select_related("course", "person")


def _held(task: TrainingTask) -> dict[str, Any]:
    """What the form shows of a suspension that stands."""
    return {"until": task.suspended_until, "reason": task.suspension_reason}
