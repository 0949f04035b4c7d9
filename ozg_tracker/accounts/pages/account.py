"""The account page: which municipality one works for, the keys for programs, the way to a new password."""

from allauth.account.views import password_change
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ozg_tracker.accounts.addresses import change_details, is_confirmed, send_confirmation, waiting_address
from ozg_tracker.accounts.calendar.address import calendar_address
from ozg_tracker.accounts.models import Municipality, Token
from ozg_tracker.accounts.pages.account_forms import ChooseMunicipalityForm, NewKeyForm, OwnDetailsForm, RemindersForm
from ozg_tracker.accounts.reminder_choices import choice_of, choose
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest, choose_municipality
from ozg_tracker.accounts.signing_in.passwords import signs_on_elsewhere
from ozg_tracker.accounts.signing_in.second_factors import has_one
from ozg_tracker.accounts.signing_in.sessions import open_sessions
from ozg_tracker.accounts.signing_in.tokens import create_token, revoke_token


@login_required
@require_safe
def account(request: MunicipalityRequest) -> HttpResponse:
    return _account(request)


@login_required
@require_POST
def work_for(request: MunicipalityRequest) -> HttpResponse:
    form = ChooseMunicipalityForm(request.user, request.POST)
    if not form.is_valid():
        return _account(request, form)
    municipality: Municipality = form.cleaned_data["municipality"]
    choose_municipality(request, municipality)
    messages.success(request, _("Sie arbeiten jetzt für %(municipality)s.") % {"municipality": municipality.name})
    return redirect("/")


@login_required
@require_POST
@never_cache
def new_token(request: MunicipalityRequest) -> HttpResponse:
    """Show the new key this one time; a reload would make another, so it is not redirected and not cached."""
    form = NewKeyForm(request.user, request.POST)
    if form.is_valid():
        try:
            return _account(request, plain=create_token(request.user, **form.cleaned_data, by=request.user))
        except ValidationError as error:
            form.add_error(None, error)
    return _account(request, key=form)


@login_required
@require_POST
def end_token(request: MunicipalityRequest, pk: int) -> HttpResponse:
    revoke_token(get_object_or_404(Token, pk=pk, user=request.user), by=request.user)
    messages.success(request, _("Der Zugangsschlüssel öffnet nichts mehr."))
    return redirect(f"{reverse('account')}#schluessel")


@login_required
def change_password(request: MunicipalityRequest) -> HttpResponseBase:
    """allauth's page; who has no password here is told so, where it would look for a page we have not."""
    if request.user.has_usable_password():
        page: HttpResponseBase = password_change(request)
        return page
    messages.info(request, _("Sie haben hier kein Passwort, weil Sie sich auf anderem Weg anmelden."))
    return redirect("account")


@login_required
@require_POST
def own_details(request: MunicipalityRequest) -> HttpResponse:
    """Name and address of oneself, which the password confirms."""
    form = OwnDetailsForm(request.user, request.POST)
    if form.is_valid():
        try:
            change_details(request.user, **form.details(), by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Gespeichert. Eine neue Adresse gilt, sobald sie bestätigt ist."))
            return redirect("account")
    request.user.refresh_from_db()
    return _account(request, details=form)


@login_required
@require_POST
def send_link(request: MunicipalityRequest) -> HttpResponse:
    send_confirmation(request.user)
    messages.success(request, _("Der Link zum Bestätigen ist unterwegs; er gilt drei Tage."))
    return redirect("account")


@login_required
@require_POST
def reminders(request: MunicipalityRequest) -> HttpResponse:
    """How often oneself is reminded."""
    form = RemindersForm(choice_of(request.user), request.POST)
    if not form.is_valid():
        return _account(request, wanted=form)
    choose(request.user, **form.cleaned_data)
    messages.success(request, _("Gespeichert. So werden Sie von jetzt an erinnert."))
    return redirect(f"{reverse('account')}#erinnerungen")


def _account(
    request: MunicipalityRequest,
    form: ChooseMunicipalityForm | None = None,
    plain: str = "",
    details: OwnDetailsForm | None = None,
    wanted: RemindersForm | None = None,
    key: NewKeyForm | None = None,
) -> HttpResponse:
    waiting = waiting_address(request.user)
    context = {
        "confirmed": is_confirmed(request.user),
        "waiting": waiting,
        "details": details or OwnDetailsForm(request.user),
        "memberships": request.user.memberships.select_related("municipality", "department"),
        "form": form or ChooseMunicipalityForm(request.user, initial={"municipality": request.municipality}),
        "tokens": request.user.tokens.select_related("municipality"),
        "key_form": key or NewKeyForm(request.user),
        "wanted": wanted or RemindersForm(choice_of(request.user)),
        "plain": plain,
        "second_factor": has_one(request.user),
        "elsewhere": signs_on_elsewhere(request.user),
        "sessions": open_sessions(request.user, request.session.session_key),
        "idle": settings.SESSION_IDLE_HOURS,
        "calendar_address": calendar_address(request.user),
    }
    return render(request, "account/account.html", context, status=400 if form or details or wanted or key else 200)
