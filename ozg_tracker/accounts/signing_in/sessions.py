"""Where a person is signed in: seen and ended by the person, and by itself after hours in which nothing came."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

from allauth.account.signals import user_logged_in as came_in
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import User

_UNTIL = "single_sign_on_until"  # in the session: when one that a provider let in ends, in seconds since 1970
_SEEN = "seen"  # in the session: when something came last, in seconds since 1970
_NOTED = 300  # seconds; not each request must write
# what a browser says of itself → what people call it; the first that fits, since most claim to be others too
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android")),
    *(("Windows", "Windows"), ("Macintosh", "macOS"), ("Linux", "Linux")),
)


@dataclass(frozen=True)
class OpenSession:
    """A device on which the person is signed in; `here`: the one that asks. Times are UTC."""

    id: int
    device: str
    address: str
    signed_in_at: datetime
    seen_at: datetime
    here: bool


class Idle:
    """Signs out whoever sent nothing for `SESSION_IDLE_HOURS`, or was let in by a provider `OIDC_SESSION_HOURS` ago.
    The page asked for then wants to be signed in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now()
            quiet = now.timestamp() - request.session.get(_SEEN, 0)
            idle = quiet > settings.SESSION_IDLE_HOURS * 3600 and _SEEN in request.session
            if idle or now.timestamp() > request.session.get(_UNTIL, inf):
                logout(request)
            elif quiet > _NOTED:
                request.session[_SEEN] = int(now.timestamp())
                UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now)
        return self.get_response(request)


def listen() -> None:
    """From now on a session knows since when it is quiet."""
    user_logged_in.connect(_signed_in, dispatch_uid="sessions_are_seen")
    came_in.connect(_let_in, dispatch_uid="sessions_of_a_provider_end")


def let_in_by_provider(request: HttpRequest) -> bool:
    """Whether the provider of single sign-on vouched for whoever is signed in."""
    return _UNTIL in request.session


def open_sessions(user: User, here: str | None) -> list[OpenSession]:
    """All of the person that are open, the newest use first; `here` is the key of the session that asks."""
    found = [
        OpenSession(
            id=each.pk,
            device=device(each.user_agent),
            address=each.ip,
            signed_in_at=each.created_at,
            seen_at=each.last_seen_at,
            here=each.session_key == here,
        )
        for each in UserSession.objects.purge_and_list(user)
    ]
    return sorted(found, key=lambda each: (not each.here, -each.seen_at.timestamp(), each.id))


def end_session(user: User, pk: int) -> bool:
    """Sign the person out there; whether there was such a session."""
    found = UserSession.objects.filter(user=user, pk=pk).first()
    if found is not None:
        found.end()
    return found is not None


def end_others(user: User, here: str | None) -> int:
    """Sign the person out everywhere but in the session of the key `here`; says in how many."""
    others = list(UserSession.objects.filter(user=user).exclude(session_key=here or ""))
    for each in others:
        each.end()
    return len(others)


def forget_ended(now: datetime) -> int:
    """Delete the sessions whose time is over, and what is kept of devices for sessions that are gone; says how many."""
    gone, _each = Session.objects.filter(expire_date__lt=now - timedelta(days=1)).delete()
    there = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(there)).delete()
    return gone


def device(user_agent: str) -> str:
    """What people call browser and system: „Firefox, Windows“."""
    names = [next((name for sign, name in known if sign in user_agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in names if name) or _("Unbekanntes Programm")


def _let_in(request: HttpRequest, **kwargs: object) -> None:
    """Whom the provider lets in no more is out in some hours at the latest, also where it does not say so."""
    if kwargs.get("sociallogin"):
        request.session[_UNTIL] = int(timezone.now().timestamp()) + settings.OIDC.session_hours * 3600


def _signed_in(request: HttpRequest, **kwargs: object) -> None:
    request.session[_SEEN] = int(timezone.now().timestamp())
