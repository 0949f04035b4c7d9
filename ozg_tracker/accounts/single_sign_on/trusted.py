"""What a provider says, and whether it may be believed: discovery, keys, tokens (OpenID Connect Core 1.0, section
3.1.3.7; Back-Channel Logout 1.0, section 2.6).

allauth believes a token that came straight from the provider without looking at its signature, which the standard
allows over TLS only, and asks for no nonce, no expiry and no token at all. Here all of them are needed.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.core.cache import cache
from requests import RequestException

Claims = Mapping[str, Any]
_ALGORITHMS = ["RS256", "PS256", "ES256"]
_LEEWAY = 60  # seconds by which clocks may differ
_KEPT = 3600  # seconds for which discovery and keys are kept
_PAUSE = 60  # seconds between two looks for a key that is not known
_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


class Refused(OAuth2Error):  # type: ignore[misc]  # allauth has no types
    """Not believed. The text says why, for the log, and names nobody."""


class Unreachable(Refused):
    """The provider does not answer, or not in its own form."""


def nonce_of(state: str) -> str:
    """What ties a token to the sign-in that asked for it: the state is used once, and by one browser."""
    return sha256(f"nonce{state}".encode()).hexdigest()


def discovery() -> dict[str, Any]:
    """What the provider says of itself, at most an hour old. Refused for another issuer or an address without TLS."""
    found = _kept(f"{settings.OIDC.issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != settings.OIDC.issuer:
        raise Refused("discovery names another issuer")
    scheme = settings.OIDC.issuer.split("://")[0]
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not str(found.get(name, "")).startswith(("https://", f"{scheme}://")):
            raise Refused(f"discovery has no {name} over TLS")
    return found


def id_token(token: object, state: str) -> Claims:
    """The claims of an ID token that was asked for with `state`."""
    told = _decoded(token, ["iss", "sub", "aud", "exp", "iat", "nonce"])
    if told["nonce"] != nonce_of(state):
        raise Refused("nonce differs")
    return told


def logout_token(token: object) -> str:
    """The `sub` whose sessions a logout token ends; each counts once."""
    told = _decoded(token, ["iss", "sub", "aud", "exp", "iat", "jti", "events"])
    if not isinstance(told["events"], dict) or not isinstance(told["events"].get(_LOGOUT), dict):
        raise Refused("no event of a logout")
    if "nonce" in told:
        raise Refused("a logout token has no nonce")
    used = sha256(f"{told['jti']}".encode()).hexdigest()
    if not cache.add(f"oidc-logout:{used}", True, timeout=_KEPT):
        raise Refused("logout token was used before")
    return str(told["sub"])


def _decoded(token: object, needed: list[str]) -> dict[str, Any]:
    if not isinstance(token, str) or not token:
        raise Refused("no token")
    try:
        header = jwt.get_unverified_header(token)
        told: dict[str, Any] = jwt.decode(
            token,
            _key(header),
            algorithms=_ALGORITHMS,
            audience=settings.OIDC.client_id,
            issuer=settings.OIDC.issuer,
            leeway=_LEEWAY,
            options={"require": needed},
        )
    except jwt.PyJWTError as error:
        raise Refused(f"token: {type(error).__name__}") from error
    if not isinstance(told["sub"], str) or not 0 < len(told["sub"]) <= 191:
        raise Refused("sub is no text of 1 to 191 characters")
    if isinstance(told["aud"], list) and len(told["aud"]) > 1 and told.get("azp") != settings.OIDC.client_id:
        raise Refused("token was issued to another client")
    return told


def _key(header: Mapping[str, Any]) -> Any:
    """The provider's key that a token's header names; of several without a name none is guessed."""
    address = str(discovery()["jwks_uri"])
    named = header.get("kid")
    found = _fitting(_kept(address), named)
    if len(found) != 1 and cache.add(f"oidc-keys:{address}", True, timeout=_PAUSE):
        found = _fitting(_kept(address, anew=True), named)
    if len(found) != 1:
        raise Refused("no key of the provider fits")
    return found[0].key


def _fitting(keys: dict[str, Any], named: object) -> list[jwt.PyJWK]:
    try:
        found = jwt.PyJWKSet.from_dict(keys).keys
    except (jwt.PyJWTError, AttributeError, TypeError, ValueError) as error:
        raise Unreachable("keys cannot be read") from error
    signing = [each for each in found if each.public_key_use in (None, "sig")]
    return [each for each in signing if named is None or each.key_id == named]


def _kept(address: str, anew: bool = False) -> dict[str, Any]:
    name = f"oidc:{sha256(address.encode()).hexdigest()}"
    found: dict[str, Any] | None = None if anew else cache.get(name)
    if found is None:
        found = _fetched(address)
        cache.set(name, found, timeout=_KEPT)
    return found


def _fetched(address: str) -> dict[str, Any]:
    try:
        with get_adapter().get_requests_session() as session:
            answer = session.get(address)
            answer.raise_for_status()
            found = answer.json()
    except (RequestException, ValueError) as error:
        raise Unreachable(f"{type(error).__name__} at {address}") from error
    if not isinstance(found, dict):
        raise Unreachable(f"no object at {address}")
    return found
