"""Pages of the municipality's people: for the coordination and the operator."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, town
from ozg_tracker.accounts.filters import MembershipFilter
from ozg_tracker.accounts.middleware import TownRequest
from ozg_tracker.accounts.models import MANAGES_PEOPLE, Membership, Role
from ozg_tracker.accounts.people import (
    add_user,
    belongs_elsewhere,
    change_role,
    first_password_link,
    let_go,
    rename_person,
    roles_to_give,
    take_back,
)
from ozg_tracker.accounts.people_forms import NAMES, NewPersonForm, PersonForm

PAGE = 50
read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@members_only(*MANAGES_PEOPLE)
@require_safe
def people(request: TownRequest) -> HttpResponse:
    found = MembershipFilter(request.GET, _people(request), request=request)
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("seite"))
    context = {"filter": found, "page": page, "filtered": found.form.has_changed(), "roles": Role.choices}
    return render(request, "people/people.html", context, status=400 if found.form.errors else 200)


@members_only(*MANAGES_PEOPLE)
@read_or_write
@never_cache
def new_person(request: TownRequest) -> HttpResponse:
    """Take a person in, and show the way to the first password this one time."""
    roles = roles_to_give(request.user, town(request))
    sent = request.POST if request.method == "POST" else None
    form = NewPersonForm(town(request), roles, sent, initial={"role": Role.STAFF})
    if form.is_valid():
        try:
            user = add_user(**form.cleaned_data, municipality=town(request), by=request.user)
        except ValidationError as error:
            _add(form, error)
        else:
            return _person(request, _people(request).get(user=user), made=True)
    return render(request, "people/new.html", {"form": form}, status=400 if form.errors else 200)


@members_only(*MANAGES_PEOPLE)
@read_or_write
def person(request: TownRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_people(request), pk=pk)
    if request.method != "POST":
        return _person(request, found)
    form = _form(request, found, request.POST)
    if form.is_valid():
        try:
            _change(request, found, form.cleaned_data)
        except ValidationError as error:
            _add(form, error)
        else:
            messages.success(request, _("„%(person)s“ ist gespeichert.") % {"person": found.user})
            return redirect("people")
    return _person(request, get_object_or_404(_people(request), pk=pk), form)


@members_only(*MANAGES_PEOPLE)
@require_POST
def end_person(request: TownRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_people(request), pk=pk)
    try:
        left = let_go(found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("person", pk)
    sentence = _("„%(person)s“ ist stillgelegt.") if left else _("„%(person)s“ hat hier keine Rolle mehr.")
    messages.success(request, sentence % {"person": found.user})
    return redirect("people")


@members_only(*MANAGES_PEOPLE)
@require_POST
def resume_person(request: TownRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_people(request), pk=pk)
    try:
        take_back(found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("„%(person)s“ kann sich wieder anmelden.") % {"person": found.user})
    return redirect("person", pk)


@members_only(*MANAGES_PEOPLE)
@require_POST
@never_cache
def password_way(request: TownRequest, pk: int) -> HttpResponse:
    """Show a new way to the first password; with a password there is none."""
    return _person(request, get_object_or_404(_people(request), pk=pk), show_link=True)


@transaction.atomic
def _change(request: TownRequest, found: Membership, entered: dict[str, Any]) -> None:
    if names := {name: entered[name] for name in NAMES if name in entered}:
        rename_person(found, **names, by=request.user)
    change_role(found, role=entered["role"], department=entered["department"], by=request.user)


def _person(
    request: TownRequest, found: Membership, form: PersonForm | None = None, made: bool = False, show_link: bool = False
) -> HttpResponse:
    roles = roles_to_give(request.user, found.municipality)
    context = {
        "member": found,
        "form": form or _form(request, found),
        "editable": found.role in roles,
        "oneself": found.user_id == request.user.pk,
        "elsewhere": belongs_elsewhere(found),
        "made": made,
        "link": first_password_link(found, by=request.user) if made or show_link else None,
    }
    return render(request, "people/person.html", context, status=400 if form else 200)


def _form(request: TownRequest, found: Membership, data: Any = None) -> PersonForm:
    roles = roles_to_give(request.user, found.municipality)
    initial = {name: getattr(found.user, name) for name in NAMES}
    initial |= {"role": found.role, "department": found.department_id}
    names = not belongs_elsewhere(found)
    return PersonForm(found.municipality, roles, data, initial=initial, names=names)


def _people(request: TownRequest) -> "QuerySet[Membership]":
    found = Membership.objects.visible_to(request.user).filter(municipality=request.municipality)
    ordered = found.order_by("-user__is_active", "user__last_name", "user__first_name", "user__username")
    return ordered.select_related("user", "department", "municipality")


def _add(form: PersonForm, error: ValidationError) -> None:
    """Each sentence beside its field where the form has it, else above them all."""
    for name, errors in (error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}).items():
        form.add_error(name if name in form.fields else None, errors)
