"""Who speaks to the API: a personal key as `Authorization: Bearer …`, or the session of the pages."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured
from django.core.exceptions import PermissionDenied as NoAddress
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from ozg_tracker import log
from ozg_tracker.accounts.models import Scope, Token, User
from ozg_tracker.accounts.signing_in.tokens import token_of

if TYPE_CHECKING:  # a settings' class that imports views imports DRF in a circle
    from rest_framework.views import APIView

# What a key must open for the views of a package; of two that fit, the longer name holds.
ROOMS: Mapping[str, Scope] = {
    "catalog": Scope.CATALOGUE,
    "ozg_tracker.accounts": Scope.PEOPLE,
    "ozg_tracker.accounts.api.maturity_models": Scope.STATUS,
    "ozg_tracker.accounts.api.municipalities": Scope.STATUS,
    "ozg_tracker.api": Scope.READ,
    "ozg_tracker.feed": Scope.READ,
    "ozg_tracker.handover": Scope.STATUS,
    "ozg_tracker.people_list": Scope.PEOPLE,
    "ozg_tracker.personal": Scope.PEOPLE,
    "ozg_tracker.reorganising": Scope.PEOPLE,
    "ozg_tracker.tracking": Scope.STATUS,
    **{f"ozg_tracker.tracking.api.{room}": Scope.CATALOGUE for room in ("releases", "scope_profiles", "successions")},
    "ozg_tracker.training": Scope.PEOPLE,
    "ozg_tracker.webhooks": Scope.PEOPLE,
    "reports": Scope.REPORTS,
}


@cache
def scope_of(module: str) -> Scope:
    """Of the views in `module`, a dotted name. LookupError for a package that has none."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        if (scope := ROOMS.get(".".join(parts[:length]))) is not None:
            return scope
    raise LookupError(module)


class KeyAuthentication(TokenAuthentication):
    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        found: tuple[None, str] | None = super().authenticate(request)
        if found is None:
            return None
        token = token_of(found[1], address_of(request))
        if token is None:
            raise AuthenticationFailed(_("Dieser Zugangsschlüssel gilt nicht oder nicht mehr."))
        _refuse_unless_opens(token, request, request.parser_context["view"])
        return token.user, token

    def authenticate_credentials(self, key: str) -> tuple[None, str]:
        """Only the key itself: from where it comes and what for, the request knows."""
        return None, key


def _refuse_unless_opens(token: Token, request: Request, view: "APIView") -> None:
    """Reading wants the room's scope or, where it is not about people, the one for reading; all else the room's."""
    wanted = scope_of(type(view).__module__)
    reads = request.method in SAFE_METHODS and wanted != Scope.PEOPLE and token.opens(Scope.READ)
    if not reads and not token.opens(wanted):
        sentence = _("Dieser Zugangsschlüssel darf das nicht. Er darf: %(has)s. Hier braucht es: %(wanted)s.")
        raise PermissionDenied(sentence % {"has": ", ".join(token.scope_labels()), "wanted": wanted.label})


def address_of(request: Request) -> str:
    """From where the request came, behind the proxies that are trusted; "" where that cannot be told."""
    try:
        return str(get_adapter().get_client_ip(request))
    except (NoAddress, ImproperlyConfigured):
        return ""


class HasRole(BasePermission):
    """Lets in people with a role, in any municipality, that the view is not closed to. What they see is the view's."""

    message = gettext_lazy("Dafür fehlt Ihnen die Rolle. Ihre OZG-Koordination kann sie einrichten.")

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user.is_authenticated:
            return False
        if isinstance(request.auth, Token):  # also where a list reads from another room what its rows name
            _refuse_unless_opens(request.auth, request, view)
        held = request.user.roles_held
        if held is None:  # came by the session of the pages
            held = list(request.user.memberships.order_by().values_list("role", "municipality"))
            request.user.roles_held = held
        if len(held) == 1:  # with more of them only the view knows of which the request speaks
            log.municipality_id.set(held[0][1])
        return not {role for role, _municipality in held} <= set(getattr(view, "closed_to", ()))
