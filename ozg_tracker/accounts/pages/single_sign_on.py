"""Signing in by the provider of the settings: the way there, the way back, and signing out by its word."""

from http import HTTPStatus

from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from ozg_tracker.accounts.signing_in.open_addresses import FromOneAddress, throttled
from ozg_tracker.accounts.signing_in.sessions import end_others
from ozg_tracker.accounts.single_sign_on.adapter import security, unreachable
from ozg_tracker.accounts.single_sign_on.naming import provider_id
from ozg_tracker.accounts.single_sign_on.strict import StrictAdapter
from ozg_tracker.accounts.single_sign_on.trusted import Refused, Unreachable, logout_token


class PerAddress(FromOneAddress):
    scope, rate = "single_sign_on", "300/min"


@throttled(PerAddress)
@require_POST
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """To the provider, by a form of ours alone, and with nothing that an address could slip in."""
    if request.user.is_authenticated:
        return redirect(get_next_redirect_url(request) or "/")
    provider = get_adapter().get_provider(request, provider_id())
    try:
        answer: HttpResponse = provider.redirect(
            request, process=AuthProcess.LOGIN, next_url=get_next_redirect_url(request)
        )
    except ImmediateHttpResponse as refused:
        page: HttpResponse = refused.response
        return page
    except Refused as error:
        return _refused(request, error)
    return answer


@throttled(PerAddress)
@require_GET
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """From the provider, with a code that is changed for a token."""
    if not settings.OIDC:
        raise Http404
    answer: HttpResponse = OAuth2CallbackView.adapter_view(StrictAdapter(request, provider_id()))(request)
    return answer


@csrf_exempt
@throttled(PerAddress)
@require_POST
@never_cache
def logout(request: HttpRequest) -> HttpResponse:
    """The provider says that somebody has signed out or may no more (OpenID Connect Back-Channel Logout 1.0)."""
    if not settings.OIDC:
        raise Http404
    try:
        sub = logout_token(request.POST.get("logout_token"))
    except Refused as error:
        security.warning("Sign-out by the provider refused: %s", error)
        status = HTTPStatus.SERVICE_UNAVAILABLE if isinstance(error, Unreachable) else HTTPStatus.BAD_REQUEST
        return JsonResponse({"error": "invalid_request", "error_description": str(error)}, status=status)
    for account in SocialAccount.objects.filter(provider=provider_id(), uid=sub).select_related("user"):
        end_others(account.user, None)
    return HttpResponse(status=HTTPStatus.OK)


def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    try:
        unreachable(request, error)
    except ImmediateHttpResponse as page:
        answer: HttpResponse = page.response
        return answer
