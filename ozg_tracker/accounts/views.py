"""The account page: which town one works for, the keys for programs, the way to a new password."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ozg_tracker.accounts.forms import TownForm
from ozg_tracker.accounts.middleware import TownRequest, choose_municipality
from ozg_tracker.accounts.models import Municipality, Token
from ozg_tracker.accounts.tokens import create_token, revoke_token


@login_required
@require_safe
def account(request: TownRequest) -> HttpResponse:
    return _account(request)


@login_required
@require_POST
def choose_town(request: TownRequest) -> HttpResponse:
    form = TownForm(request.user, request.POST)
    if not form.is_valid():
        return _account(request, form)
    town: Municipality = form.cleaned_data["municipality"]
    choose_municipality(request, town)
    messages.success(request, _("Sie arbeiten jetzt für %(town)s.") % {"town": town.name})
    return redirect("/")


@login_required
@require_POST
@never_cache
def new_token(request: TownRequest) -> HttpResponse:
    """Show the new key this one time; a reload would make another, so it is not redirected and not cached."""
    try:
        plain = create_token(request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("account")
    return _account(request, plain=plain)


@login_required
@require_POST
def end_token(request: TownRequest, pk: int) -> HttpResponse:
    revoke_token(get_object_or_404(Token, pk=pk, user=request.user))
    messages.success(request, _("Der Zugangsschlüssel öffnet nichts mehr."))
    return redirect("account")


def _account(request: TownRequest, form: TownForm | None = None, plain: str = "") -> HttpResponse:
    context = {
        "memberships": request.user.memberships.select_related("municipality", "department"),
        "form": form or TownForm(request.user, initial={"municipality": request.municipality}),
        "tokens": request.user.tokens.all(),
        "plain": plain,
    }
    return render(request, "account/account.html", context, status=400 if form else 200)
