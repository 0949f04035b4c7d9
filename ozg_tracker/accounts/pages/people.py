"""Pages of the municipality's people: for the coordination and the operator."""

from base64 import b64encode
from datetime import date, timedelta
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.coordinators import waiting_for
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.filters import MembershipFilter
from ozg_tracker.accounts.holdings import holdings_of
from ozg_tracker.accounts.letting_in.lost_factors import take_second_factor
from ozg_tracker.accounts.letting_in.slips import give_slip, may_need_slip
from ozg_tracker.accounts.memberships import movements, spans
from ozg_tracker.accounts.models import (
    CoordinatorRequest,
    Deed,
    Membership,
    MembershipEvent,
    Municipality,
    Role,
    StaffNumber,
)
from ozg_tracker.accounts.pages.people_forms import NAMES, DayForm, EndForm, LeaveForm, NewPersonForm, PersonForm
from ozg_tracker.accounts.people import (
    add_user,
    belongs_elsewhere,
    change_role,
    first_password_link,
    holdings,
    let_go,
    rename_person,
    roles_to_give,
    take_back,
)
from ozg_tracker.accounts.signing_in.factor_adapter import FactorAdapter
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.accounts.signing_in.passwords import signs_on_elsewhere
from ozg_tracker.accounts.signing_in.second_factors import factors_of
from ozg_tracker.accounts.staff_numbers import keep_staff_number
from ozg_tracker.api.query import PAGED, page_of, read_query

PAGE = 50
read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@members_only(Deed.MANAGE_PEOPLE)
@require_safe
def people(request: MunicipalityRequest) -> HttpResponse:
    municipality = municipality_of(request)
    asked = read_query(request.GET, (*MembershipFilter.base_filters, *PAGED, "as_of"))
    day = DayForm(asked)
    past = day.cleaned_data["as_of"] if day.is_valid() else None
    people = _people_on(municipality, past) if past else _people(request)
    found = MembershipFilter(asked, cast("QuerySet[Membership]", people), request=request)
    page = page_of(found.qs, PAGE, asked)
    _add_spans(municipality, page, past or timezone.localdate())
    wrong = bool(found.form.errors or day.errors)
    context = {
        "filter": found,
        "day": day,
        "past": past,
        "wrong": wrong,
        "page": page,
        "filtered": found.form.has_changed() or bool(past),
        "roles": Role.choices,
        "departments": [(str(pk), name) for pk, name in municipality.departments.values_list("pk", "name")],
        "planned": len(movements(municipality, timezone.localdate() + timedelta(days=1))),
    }
    context["waiting"] = CoordinatorRequest.objects.waiting().filter(municipality=municipality).count()
    context["access"] = [("true", _("aktiv")), ("false", _("stillgelegt"))]
    return render(request, "people/people.html", context, status=400 if wrong else 200)


@members_only(Deed.MANAGE_PEOPLE)
@read_or_write
@never_cache
def new_person(request: MunicipalityRequest) -> HttpResponse:
    """Take a person in, and show the way to the first password this one time."""
    roles = roles_to_give(request.user, municipality_of(request))
    sent = request.POST if request.method == "POST" else None
    form = NewPersonForm(municipality_of(request), roles, sent, initial={"role": Role.STAFF})
    if form.is_valid():
        try:
            user = add_user(**form.cleaned_data, municipality=municipality_of(request), by=request.user)
        except ValidationError as error:
            _add(form, error)
        else:
            here = _people(request).filter(user=user).first()
            if here is not None:
                return _person(request, here, made=True)
            messages.success(request, _("„%(person)s“ ist vorgemerkt.") % {"person": user})
            return redirect("movements")
    return render(request, "people/new.html", {"form": form}, status=400 if form.errors else 200)


@members_only(Deed.MANAGE_PEOPLE)
@read_or_write
def person(request: MunicipalityRequest, pk: int) -> HttpResponse:
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
            if waiting_for(found):
                messages.info(request, _("Die Koordination gilt, sobald eine zweite Person sie bestätigt."))
            return redirect("people")
    return _person(request, get_object_or_404(_people(request), pk=pk), form)


@members_only(Deed.MANAGE_PEOPLE)
@require_POST
def end_person(request: MunicipalityRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_people(request), pk=pk)
    form = LeaveForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError([sentence for sentences in form.errors.values() for sentence in sentences])
        anyway = form.cleaned_data.pop("anyway")
        left = let_go(found, by=request.user, holding_nothing=not anyway, **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("person", pk)
    day = form.cleaned_data["effective_on"] or timezone.localdate()
    if day > timezone.localdate():
        sentence = _("„%(person)s“ gehört ab %(day)s nicht mehr dazu.")
    else:
        sentence = _("„%(person)s“ ist stillgelegt.") if left else _("„%(person)s“ hat hier keine Rolle mehr.")
    messages.success(request, sentence % {"person": found.user, "day": date_format(day, "d.m.Y")})
    return redirect("people")


@members_only(Deed.MANAGE_PEOPLE)
@require_POST
def resume_person(request: MunicipalityRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_people(request), pk=pk)
    try:
        take_back(found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("„%(person)s“ kann sich wieder anmelden.") % {"person": found.user})
    return redirect("person", pk)


@members_only(Deed.MANAGE_PEOPLE)
@require_POST
@never_cache
def password_way(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """Show a new way to the first password; with a password there is none."""
    return _person(request, get_object_or_404(_people(request), pk=pk), show_link=True)


@members_only(Deed.MANAGE_PEOPLE)
@require_POST
def take_factor(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """Take a lost second factor away."""
    found = get_object_or_404(_people(request), pk=pk)
    try:
        take_second_factor(found, reason=request.POST.get("reason", ""), by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        sentence = _("Der zweite Faktor von „%(person)s“ ist entfernt; die Person hat eine Mail bekommen.")
        plain = _(
            "Der zweite Faktor von „%(person)s“ ist entfernt. Eine Mailadresse hat sie nicht: Bitte sagen Sie es ihr."
        )
        messages.success(request, (sentence if found.user.email else plain) % {"person": found.user})
    return redirect("person", pk)


@members_only(Deed.MANAGE_PEOPLE)
@require_POST
@never_cache
def slip(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """Show the slip this one time; a reload would make another, so it is not redirected and not cached."""
    found = get_object_or_404(_people(request), pk=pk)
    try:
        given = give_slip(found, reason=request.POST.get("reason", ""), by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("person", pk)
    picture = b64encode(FactorAdapter().build_totp_svg(given.address).encode()).decode()
    return render(request, "people/slip.html", {"slip": given, "member": found, "picture": picture})


@transaction.atomic
def _change(request: MunicipalityRequest, found: Membership, entered: dict[str, Any]) -> None:
    if names := {name: entered[name] for name in NAMES if name in entered}:
        rename_person(found, **names, by=request.user)
    keep_staff_number(found.user, found.municipality, entered["staff_number"], by=request.user)
    said = {name: entered[name] for name in ("role", "department", "effective_on", "reason")}
    change_role(found, **said, by=request.user)


def _person(
    request: MunicipalityRequest,
    found: Membership,
    form: PersonForm | None = None,
    made: bool = False,
    show_link: bool = False,
) -> HttpResponse:
    roles = roles_to_give(request.user, found.municipality)
    held = holdings(found.municipality, found.user_id)
    context = {
        "member": found,
        "form": form or _form(request, found),
        "ending": (LeaveForm if held else EndForm)(auto_id="end_%s"),
        "held": held,
        "history": spans(found.municipality, [found.user_id]).get(found.user_id, [])[::-1],
        "editable": found.role in roles,
        "oneself": found.user_id == request.user.pk,
        "elsewhere": belongs_elsewhere(found),
        "waiting": waiting_for(found),
        "factors": factors_of(found.user),
        "slip": may_need_slip(found.user),
        "signs_on": signs_on_elsewhere(found.user),
        "made": made,
        "link": first_password_link(found, by=request.user) if made or show_link else None,
    }
    return render(request, "people/person.html", context, status=400 if form else 200)


def _form(request: MunicipalityRequest, found: Membership, data: Any = None) -> PersonForm:
    roles = roles_to_give(request.user, found.municipality)
    initial = {name: getattr(found.user, name) for name in NAMES}
    numbers = StaffNumber.objects.filter(user=found.user_id, municipality=found.municipality_id)
    initial |= {"role": found.role, "department": found.department_id}
    initial |= {"staff_number": numbers.values_list("number", flat=True).first() or ""}
    names = not belongs_elsewhere(found)
    return PersonForm(found.municipality, roles, data, initial=initial, names=names)


def _people(request: MunicipalityRequest) -> "QuerySet[Membership]":
    found = Membership.objects.visible_to(request.user).filter(municipality=request.municipality)
    ordered = found.order_by("-user__is_active", "user__last_name", "user__first_name", "user__username")
    return ordered.select_related("user", "department", "municipality")


def _add_spans(municipality: Municipality, page: "Page[Membership]", day: date) -> None:
    """Each with `span`, from when to when the person is what stands in the line, and what the person holds today."""
    page.object_list = list(page.object_list)
    found = spans(municipality, [each.user_id for each in page.object_list])
    holding = holdings_of(municipality, [each.user_id for each in page.object_list])
    for each in page.object_list:
        each.holding = holding.get(each.user_id)  # type: ignore[attr-defined]
        held = [span for span in found.get(each.user_id, []) if span.since <= day]
        each.span = held[-1] if held and held[-1].belongs else None  # type: ignore[attr-defined]


def _people_on(municipality: Municipality, day: date) -> "QuerySet[MembershipEvent]":
    """The members of a day, each with `member`, the membership of today where there is one."""
    today = Membership.objects.filter(user=OuterRef("user"), municipality=municipality)
    found = MembershipEvent.objects.members_as_of(municipality, day).annotate(member=Subquery(today.values("pk")[:1]))
    ordered = found.order_by("user__last_name", "user__first_name", "user__username")
    return ordered.select_related("user", "department")


def _add(form: PersonForm, error: ValidationError) -> None:
    """Each sentence beside its field where the form has it, else above them all."""
    for name, errors in (error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}).items():
        form.add_error(name if name in form.fields else None, errors)
