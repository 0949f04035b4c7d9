"""Who speaks to the API: a personal key as `Authorization: Bearer …`, or the session of the pages."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from ozg_tracker import log
from ozg_tracker.accounts.models import Membership, User
from ozg_tracker.accounts.signing_in.tokens import user_of_token

if TYPE_CHECKING:  # a settings' class that imports views imports DRF in a circle
    from rest_framework.views import APIView


class KeyAuthentication(TokenAuthentication):
    keyword = "Bearer"

    def authenticate_credentials(self, key: str) -> tuple[User, str]:
        user = user_of_token(key)
        if user is None:
            raise AuthenticationFailed(_("Dieser Zugangsschlüssel gilt nicht oder nicht mehr."))
        return user, key


class HasRole(BasePermission):
    """Lets in people with a role, in any municipality, that the view is not closed to. What they see is the view's."""

    message = gettext_lazy("Dafür fehlt Ihnen die Rolle. Ihre OZG-Koordination kann sie einrichten.")

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user.is_authenticated:
            return False
        held = Membership.objects.filter(user=request.user.pk).order_by().values_list("role", "municipality")
        request.user.roles_held = list(held)
        if len(held) == 1:  # with more of them only the view knows of which the request speaks
            log.municipality_id.set(held[0][1])
        return not {role for role, _municipality in request.user.roles_held} <= set(getattr(view, "closed_to", ()))
