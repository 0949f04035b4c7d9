"""allauth's OpenID Connect with the checks of `trusted`. Named twice: by the setting, which builds the way to the
provider, and by the view that the provider leads back to. With one alone no nonce is sent, and every sign-in refused.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from django.urls import reverse

from ozg_tracker.accounts.single_sign_on.trusted import Refused, discovery, id_token, nonce_of


class StrictClient(OAuth2Client):  # type: ignore[misc]  # allauth has no types
    def get_redirect_url(self, authorization_url: str, scope: Iterable[str], extra_params: Mapping[str, str]) -> str:
        more = {**extra_params, "nonce": nonce_of(self.state)}
        address: str = super().get_redirect_url(authorization_url, scope, more)
        return address

    def get_access_token(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Whatever the provider answers is a token or a refusal."""
        try:
            found = super().get_access_token(*args, **kwargs)
        except OAuth2Error as error:
            raise Refused("no access token") from error
        except Exception as error:  # an answer without a type, in no charset, with no JSON
            raise Refused(f"token endpoint: {type(error).__name__}") from error
        if not isinstance(found, dict) or not isinstance(found.get("access_token"), str):
            raise Refused("no access token")
        return found


class StrictAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    client_class = StrictClient

    @property
    def openid_config(self) -> dict[str, Any]:
        return discovery()

    @property
    def basic_auth(self) -> bool:
        """As the standard has it where the provider says nothing."""
        return "client_secret_basic" in self.openid_config.get(
            "token_endpoint_auth_methods_supported", ["client_secret_basic"]
        )

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("single_sign_on_back"))

    def parse_token(self, data: Mapping[str, Any]) -> SocialToken:
        return SocialToken(token=data["access_token"])  # which is not kept

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Who signs in, with all that was told as `.claims`; what the signed token says goes before userinfo."""
        told = id_token(kwargs["response"].get("id_token"), request.GET.get("state", ""))
        more = self._userinfo(token) if "userinfo_endpoint" in self.openid_config else {}
        if more and more.get("sub") != told["sub"]:
            raise Refused("userinfo is of another sub")
        login: SocialLogin = self.get_provider().sociallogin_from_response(request, {"sub": told["sub"]})
        login.claims = {**more, **told}
        return login

    def _userinfo(self, token: SocialToken) -> dict[str, Any]:
        try:
            found = self._fetch_user_info(token.token)
        except Exception as error:
            raise Refused(f"userinfo: {type(error).__name__}") from error
        if not isinstance(found, dict) or not found:
            raise Refused("userinfo is no object")
        return found


class StrictProvider(OpenIDConnectProvider):  # type: ignore[misc]
    oauth2_adapter_class = StrictAdapter

    def extract_extra_data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Nothing is kept of what was told but whose account it is."""
        return {}

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        params: dict[str, str] = self.get_auth_params()  # nothing of anybody's link
        return params

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        scope: list[str] = self.get_scope()
        return scope
