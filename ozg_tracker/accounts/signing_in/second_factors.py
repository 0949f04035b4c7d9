"""The second factor of signing in: who needs one, who has one, and who is told when that changes.

A factor is an app that shows codes (TOTP) or a passkey (WebAuthn); recovery codes stand in for it and are none alone.
Personal keys for programs ask for none: nobody sits there. They are made and seen behind it (`SecondFactorFirst`).
"""

from collections.abc import Callable
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ozg_tracker.accounts import journal, letters
from ozg_tracker.accounts.journal.sign_ins import home_of
from ozg_tracker.accounts.journal.telling import FACTORS as WORDS
from ozg_tracker.accounts.models import User
from ozg_tracker.accounts.signing_in.sessions import end_others, let_in_by_provider
from ozg_tracker.api.problem_documents import refusal

Type = Authenticator.Type
FACTORS = (Type.TOTP, Type.WEBAUTHN)
# what somebody may open who still has to set one up: that, confirming who it is, leaving, and what all may read
_OPEN = frozenset(
    {
        *("account_logout", "account_reauthenticate", "account_change_password"),
        *("language", "help", "words", "impressum", "datenschutz", "barrierefreiheit"),
    }
)


class SecondFactorFirst:
    """Leads who needs a second factor and has none to setting one up, from every page; the API says so (403)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        if not settings.SECOND_FACTOR_ROLES or not request.user.is_authenticated or _open(request):
            return None
        if not must_set_up(request.user) or (settings.OIDC.second_factor and let_in_by_provider(request)):
            return None
        if request.path.startswith("/api/"):
            sentence = _("Ihre Rolle braucht einen zweiten Faktor. Bitte richten Sie ihn unter „Konto“ ein.")
            return refusal(HTTPStatus.FORBIDDEN, sentence)
        return HttpResponseRedirect(reverse("mfa_index"))


def needs_one(user: User) -> bool:
    """Whether the person has a role, in any municipality, that the operator demands a second factor for."""
    roles = settings.SECOND_FACTOR_ROLES
    return bool(roles) and user.memberships.filter(role__in=roles).exists()


def has_one(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def must_set_up(user: User) -> bool:
    """Whether the person can do nothing but set one up."""
    return not has_one(user) and needs_one(user)


def is_last_needed(authenticator: Authenticator) -> bool:
    """Whether without this one the person could do nothing any more."""
    others = Authenticator.objects.filter(user=authenticator.user_id, type__in=FACTORS).exclude(pk=authenticator.pk)
    return authenticator.type in FACTORS and not others.exists() and needs_one(authenticator.user)


def factors_of(user: User) -> list[Authenticator]:
    """All that is set up, recovery codes too, the oldest first."""
    return list(Authenticator.objects.filter(user=user).order_by("pk"))


def passkeys_work(request: HttpRequest) -> bool:
    """Whether browsers let passkeys work at this address: a name, never a number, and over TLS or on this machine."""
    host = request.get_host().rpartition(":")[0] if not request.get_host().endswith("]") else request.get_host()
    host = (host or request.get_host()).strip("[]")
    try:
        ip_address(host)
    except ValueError:
        return request.is_secure() or host == "localhost" or host.endswith(".localhost")
    return False


def listen() -> None:
    """From now on the journal and a letter tell what becomes of factors."""
    signals.authenticator_added.connect(_added, dispatch_uid="factor_added")
    signals.authenticator_removed.connect(_removed, dispatch_uid="factor_removed")
    signals.authenticator_reset.connect(_reset, dispatch_uid="factor_reset")
    signals.authentication_failed.connect(_failed, dispatch_uid="factor_failed")


def _added(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """With the first one, sessions that were opened without any end."""
    _write(user, after=authenticator)
    if authenticator.type not in FACTORS:
        return
    if Authenticator.objects.filter(user=user, type__in=FACTORS).count() == 1:
        end_others(user, request.session.session_key)
    _tell(user, _("Für Ihr Konto im OZG-Tracker wurde ein zweiter Faktor eingerichtet: %(factor)s."), authenticator)


def _removed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _write(user, before=authenticator)
    if authenticator.type in FACTORS:
        _tell(user, _("Aus Ihrem Konto im OZG-Tracker wurde ein zweiter Faktor entfernt: %(factor)s."), authenticator)


def _reset(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _write(user, after=authenticator)
    _tell(user, _("Für Ihr Konto im OZG-Tracker wurden neue Codes gemacht: %(factor)s."), authenticator)


def _failed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    facts = {"second_factor": str(authenticator.type)}
    journal.write(journal.Kind.SIGN_IN_FAILED, municipality=home_of(user), by=None, person=user, after=facts)


def _write(user: User, before: Authenticator | None = None, after: Authenticator | None = None) -> None:
    told = {name: {"second_factor": str(each.type)} for name, each in (("before", before), ("after", after)) if each}
    journal.write(journal.Kind.ADDRESS, municipality=home_of(user), by=user, person=user, **told)  # type: ignore[arg-type]


def _tell(user: User, what: str, authenticator: Authenticator) -> None:
    text = _(
        "Guten Tag %(name)s,\n\n%(what)s\n\nWaren Sie das nicht? Dann ändern Sie bitte gleich Ihr Passwort und melden "
        "sich bei Ihrer OZG-Koordination oder beim Betrieb."
    )
    words = {"name": user, "what": what % {"factor": WORDS[authenticator.type]}}
    letters.send(user.email, _("Der zweite Faktor Ihres Kontos im OZG-Tracker"), text % words)


def _open(request: HttpRequest) -> bool:
    """What is open to who must set one up; a program's key speaks for itself."""
    match = request.resolver_match
    name = match.url_name if match and not match.namespaces else None
    key = request.headers.get("Authorization", "").split(" ")[0].lower() == "bearer"
    return name in _OPEN or str(name).startswith("mfa_") or (key and request.path.startswith("/api/"))
