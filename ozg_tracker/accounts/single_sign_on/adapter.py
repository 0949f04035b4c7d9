"""What we change in allauth's single sign-on: one provider, from the settings; who comes in is `joining`'s to say."""

import logging
from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from ozg_tracker.accounts.single_sign_on.joining import join, refuse_known
from ozg_tracker.accounts.single_sign_on.naming import provider_id
from ozg_tracker.accounts.single_sign_on.trusted import Unreachable

security = logging.getLogger("ozg_tracker.security")


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """The provider of the settings and no other, none from the database."""
        if not settings.OIDC:
            return []
        return [
            SocialApp(
                provider="openid_connect",
                provider_id=provider_id(),
                name=settings.OIDC.name,
                client_id=settings.OIDC.client_id,
                secret=settings.OIDC.client_secret,
                settings={
                    "server_url": settings.OIDC.issuer,
                    "oauth_pkce_enabled": True,
                    "scope": list(settings.OIDC.scopes),
                },
            )
        ]

    def get_app(self, request: HttpRequest, provider: Any, client_id: Any = None) -> SocialApp:
        apps = self.list_apps(request)
        if not apps:
            raise Http404
        return apps[0]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        account = sociallogin.account
        known = sociallogin.user if sociallogin.is_existing else None
        try:
            sociallogin.user = join(sociallogin.claims, known, provider=account.provider, uid=account.uid)
        except ValidationError as error:
            code = error.code if hasattr(error, "code") and error.code else "refused"
            if known is not None:
                refuse_known(known, code)
            refuse(request, code, " ".join(error.messages), 403)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        if error == AuthError.CANCELLED:
            messages.info(request, _("Die Anmeldung wurde abgebrochen."))
            raise ImmediateHttpResponse(redirect("account_login"))
        if isinstance(exception, Unreachable):
            unreachable(request, exception)
        sentence = _(
            "Die zentrale Anmeldung hat nicht geantwortet, wie sie muss, oder es hat zu lange gedauert. Bitte melden "
            "Sie sich noch einmal an. Bleibt es dabei, sagen Sie dem Betrieb die Uhrzeit."
        )
        refuse(request, str(exception) if exception else "state or answer of the provider", sentence, 401)


def unreachable(request: HttpRequest, error: Exception) -> NoReturn:
    """The page for a provider that cannot be asked."""
    sentence = _(
        "Die zentrale Anmeldung ist gerade nicht zu erreichen. Bitte versuchen Sie es in ein paar Minuten wieder."
    )
    refuse(request, str(error), sentence, 503)


def refuse(request: HttpRequest, why: str, sentence: str, status: int) -> NoReturn:
    """Answer with a page that says the sentence; the log says why, and names nobody."""
    security.warning("Single sign-on refused: %s", why)
    raise ImmediateHttpResponse(render(request, "account/sign_on_refused.html", {"sentence": sentence}, status=status))
