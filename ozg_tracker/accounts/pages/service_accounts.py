"""Pages of the accounts for programs: for the coordination and the operator."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, ServiceAccount, ServiceAccountQuerySet, Token
from ozg_tracker.accounts.pages.service_account_forms import (
    ChangeForm,
    EndForm,
    NewServiceAccountForm,
    ServiceKeyForm,
)
from ozg_tracker.accounts.people import roles_to_give
from ozg_tracker.accounts.service_accounts.keeping import (
    add_key,
    add_service_account,
    change_service_account,
    end_key,
    end_service_account,
    role_of,
)
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@members_only(Deed.MANAGE_PEOPLE)
@require_safe
def service_accounts(request: MunicipalityRequest) -> HttpResponse:
    """All of the municipality, those that have ended last, each with its next last day and its last use."""
    of = Token.objects.filter(user=OuterRef("user"), revoked_at=None).order_by("expires_on")
    used = Token.objects.filter(user=OuterRef("user"), last_used_at__isnull=False).order_by("-last_used_at")
    found = _accounts(request).annotate(
        opens_until=Subquery(of.values("expires_on")[:1]), last_used_at=Subquery(used.values("last_used_at")[:1])
    )
    orphaned = set(_accounts(request).orphaned().values_list("pk", flat=True))
    accounts = list(found.order_by("-ended_on", "name", "pk"))
    lines = [(each, each.user.memberships.all()[0], each.pk in orphaned) for each in accounts]
    lines.sort(key=lambda line: line[0].ended_on is not None)
    return render(request, "people/service_accounts.html", {"lines": lines})


@members_only(Deed.MANAGE_PEOPLE)
@read_or_write
def new_service_account(request: MunicipalityRequest) -> HttpResponse:
    municipality = municipality_of(request)
    sent = request.POST if request.method == "POST" else None
    form = NewServiceAccountForm(municipality, roles_to_give(request.user, municipality), sent)
    if form.is_valid():
        try:
            made = add_service_account(municipality, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            _add(form, error)
        else:
            messages.success(request, _("„%(account)s“ ist angelegt. Jetzt braucht es einen Schlüssel.") % _named(made))
            return redirect("service_account", made.pk)
    return render(request, "people/new_service_account.html", {"form": form}, status=400 if form.errors else 200)


@members_only(Deed.MANAGE_PEOPLE)
@read_or_write
def service_account(request: MunicipalityRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_accounts(request), pk=pk)
    if request.method != "POST":
        return _shown(request, found)
    form = ChangeForm(found, request.POST)
    if form.is_valid():
        try:
            change_service_account(found, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            _add(form, error)
        else:
            messages.success(request, _("„%(account)s“ ist gespeichert.") % _named(found))
            return redirect("service_account", pk)
    return _shown(request, found, form=form)


@members_only(Deed.MANAGE_PEOPLE)
@require_POST
@never_cache
def new_service_key(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """Show the new key this one time; a reload would make another, so it is not redirected and not cached."""
    found = get_object_or_404(_accounts(request), pk=pk)
    form = ServiceKeyForm(found.user, request.POST)
    if form.is_valid():
        try:
            return _shown(request, found, plain=add_key(found, **form.cleaned_data, by=request.user))
        except ValidationError as error:
            _add(form, error)
    return _shown(request, found, key=form)


@members_only(Deed.MANAGE_PEOPLE)
@require_POST
def end_service_key(request: MunicipalityRequest, pk: int, key: int) -> HttpResponse:
    found = get_object_or_404(_accounts(request), pk=pk)
    end_key(found, get_object_or_404(Token, pk=key, user=found.user_id), by=request.user)
    messages.success(request, _("Der Zugangsschlüssel öffnet nichts mehr."))
    return redirect("service_account", pk)


@members_only(Deed.MANAGE_PEOPLE)
@require_POST
def end_account(request: MunicipalityRequest, pk: int) -> HttpResponse:
    found, form = get_object_or_404(_accounts(request), pk=pk), EndForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError([sentence for sentences in form.errors.values() for sentence in sentences])
        end_service_account(found, **form.cleaned_data, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("service_account", pk)
    messages.success(request, _("„%(account)s“ ist beendet; seine Schlüssel öffnen nichts mehr.") % _named(found))
    return redirect("service_accounts")


def _shown(
    request: MunicipalityRequest,
    found: ServiceAccount,
    *,
    form: ChangeForm | None = None,
    key: ServiceKeyForm | None = None,
    plain: str = "",
) -> HttpResponse:
    roles = roles_to_give(request.user, found.municipality)
    context = {
        "account": found,
        "held": found.user.memberships.select_related("department").get(),
        "editable": found.ended_on is None and role_of(found) in roles,
        "orphaned": ServiceAccount.objects.orphaned().filter(pk=found.pk).exists(),
        "form": form or ChangeForm(found),
        "key_form": key or ServiceKeyForm(found.user),
        "tokens": found.user.tokens.select_related("municipality"),
        "ending": EndForm(auto_id="end_%s"),
        "plain": plain,
    }
    return render(request, "people/service_account.html", context, status=400 if form or key else 200)


def _accounts(request: MunicipalityRequest) -> ServiceAccountQuerySet:
    visible = ServiceAccount.objects.visible_to(request.user).filter(municipality=municipality_of(request))
    related = ("user", "municipality", "responsible", "responsible_department", "made_by")
    return visible.select_related(*related).prefetch_related("user__memberships__department")


def _named(account: ServiceAccount) -> dict[str, object]:
    return {"account": account.user}


def _add(form: Form, error: ValidationError) -> None:
    """Each sentence beside its field where the form has it, else above them all."""
    for name, errors in (error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}).items():
        form.add_error(name if name in form.fields else None, errors)
