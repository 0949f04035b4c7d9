"""Nothing typed is lost when a form arrives from somebody signed out, or with a token that signing in anew made old.

What was sent travels with the page that answers, is carried through signing in, and is offered to be sent once more: it
stays in the person's own browser, is never stored here, and is sent by nobody but the person.
"""

from collections.abc import Callable
from copy import copy
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import render, resolve_url
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from ozg_tracker.accounts.signing_in.second_factors import factors_of, passkeys_work

TYPED = "typed"  # names in a form what another form held, as an address would hold it
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105 (a name)


class KeepsTyped:
    """Answers a form of somebody signed out with the page of signing in, which carries what was typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "POST" or not _asks_to_sign_in(response) or _secret(request.POST):
            return response
        if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
            said = _(
                "Sie sind abgemeldet. Bitte melden Sie sich in einem neuen Fenster an und versuchen Sie es noch einmal."
            )
            return JsonResponse({"errors": [said]}, status=HTTPStatus.FORBIDDEN)
        return offer_again(request)


class SignIn(LoginView):  # type: ignore[misc]  # allauth has no types
    """Signing in; behind it stands what was typed before it, if anything was."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        carried = {"typed": self.request.POST.get(TYPED, ""), **_ways(self.request)}
        found: dict[str, Any] = super().get_context_data(**more, **carried)
        return found

    def form_valid(self, form: Form) -> HttpResponseBase:
        response: HttpResponseBase = super().form_valid(form)
        if TYPED in self.request.POST and response.headers.get("Location") == resolve_url("mfa_authenticate"):
            second = copy(self.request)  # its page carries on what was typed, which an address cannot
            second.method = "GET"
            page: HttpResponseBase = AskSecondFactor.as_view()(second)
            return page
        return carried_on(self.request, response)


class AskSecondFactor(AuthenticateView):  # type: ignore[misc]  # allauth has no types
    """The second step of signing in: a code of the app, a recovery code, or a passkey."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**more)
        carried = {
            "typed": self.request.POST.get(TYPED, ""),
            "redirect_field_name": REDIRECT_FIELD_NAME,
            "redirect_field_value": get_next_redirect_url(self.request) or "",
        }
        kinds = {str(each.type) for each in factors_of(self.stage.login.user)}
        return found | carried | {"kinds": kinds, "passkeys": passkeys_work(self.request)}

    def form_valid(self, form: Form) -> HttpResponseBase:
        return carried_on(self.request, super().form_valid(form))


def carried_on(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """What was typed before signing in, offered to who is signed in by now; else the answer as it is."""
    return offer_again(request, HTTPStatus.OK) if TYPED in request.POST and request.user.is_authenticated else response


def offer_again(request: HttpRequest, status: int = HTTPStatus.FORBIDDEN) -> HttpResponse:
    """A page with all that the request's form held: to sign in first, or to be sent once more by who is signed in."""
    address, typed = _sent(request)
    context: dict[str, Any] = {
        REDIRECT_FIELD_NAME: address,
        **_ways(request),
        "typed": typed.urlencode(),
        "files": list(request.FILES.values()),
    }
    if request.user.is_authenticated:
        context["fields"] = [(name, value) for name, values in typed.lists() for value in values]
        response = render(request, "account/send_again.html", context, status=status)
    else:
        names = {"redirect_field_name": REDIRECT_FIELD_NAME, "redirect_field_value": address}
        response = render(request, "account/login.html", context | names, status=status)
    add_never_cache_headers(response)
    return response


def can_be_offered_again(request: HttpRequest) -> bool:
    """Whether a form with a wrong token came from our own page all the same, and holds no password of its own.

    The browser says where a form comes from; Django has refused another origin before it looks at the token. Without
    that word a stranger's form would be offered as if it were the person's own.
    """
    return "HTTP_ORIGIN" in request.META and (TYPED in request.POST or not _secret(request.POST))


def _ways(request: HttpRequest) -> dict[str, Any]:
    """What the page of signing in offers besides the password."""
    name = settings.OIDC.name or _("zentrale Anmeldung")
    return {"passkeys": passkeys_work(request), "provider": name if settings.OIDC else ""}


def _sent(request: HttpRequest) -> tuple[str, QueryDict]:
    """Where a form was sent, and what it held; of the page of signing in, what that one carries."""
    if TYPED in request.POST:
        return get_next_redirect_url(request) or "/", QueryDict(request.POST[TYPED], encoding="utf-8")
    typed = request.POST.copy()
    typed.pop(_TOKEN, None)
    return request.get_full_path(), typed


def _secret(sent: QueryDict) -> bool:
    return any("password" in name for name in sent)


def _asks_to_sign_in(response: HttpResponse) -> bool:
    """As `login_required` does, with the way back; after signing out there is none."""
    address = urlsplit(response.headers.get("Location", ""))
    return address.path == resolve_url(settings.LOGIN_URL) and bool(address.query)
