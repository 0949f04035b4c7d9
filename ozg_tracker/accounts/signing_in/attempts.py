"""Who tried to sign in too often. What a stranger tries with somebody's name shuts that person out on no device they
have signed in on before: there, attempts are counted apart.
"""

import secrets

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from ozg_tracker.accounts.models import User

COOKIE = "geraet"
_YEAR = 365 * 24 * 60 * 60  # seconds
_MOST = 20  # people who share a machine at the counter


def hidden(key: str, prefix: str, version: int) -> str:
    """The name under which attempts are counted: whose address or name it is cannot be read from it."""
    return salted_hmac("attempts", f"{prefix}:{version}:{key}", algorithm="sha256").hexdigest()


def device_of(request: HttpRequest, username: str) -> str:
    """The device's own id where this person has signed in on it within a year, else empty."""
    device, people = _read(request)
    known = username and User.objects.filter(username__iexact=username, pk__in=people).exists() if people else False
    return device if known else ""


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """The browser keeps a signed cookie: the device's random id, and who has signed in on it."""
    device, people = _read(request)
    people = [*(each for each in people if each != user.pk), user.pk][-_MOST:]
    response.set_cookie(
        COOKIE,
        signing.dumps([device or secrets.token_urlsafe(12), people], salt=COOKIE),
        max_age=_YEAR,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[int]]:
    try:
        device, people = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=_YEAR)
    except signing.BadSignature:
        return "", []
    return device, people
