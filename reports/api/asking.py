"""What the doors of the API to reports ask first: who it is, what was sent, whether it may be."""

from typing import cast

from django.utils.translation import gettext as _t
from rest_framework.exceptions import ErrorDetail, PermissionDenied, ValidationError
from rest_framework.request import Request

from ozg_tracker.accounts import access
from ozg_tracker.accounts.models import Deed, Municipality, User
from ozg_tracker.api.ids import named_in


def refuse(request: Request, municipality: Municipality, deed: Deed) -> None:
    if not access.may(request.user, municipality, deed):
        raise PermissionDenied(_t("Über Berichte entscheidet die OZG-Koordination."))


def user_of(request: Request) -> User:
    return cast("User", request.user)


def own_municipality(request: Request, pk: object, deed: Deed) -> Municipality:
    """The municipality that was sent, where the person may do `deed`."""
    mine = Municipality.objects.visible_to(user_of(request))
    found: Municipality | None = named_in(mine, pk)
    if found is None:
        message = _t("Diese Kommune gibt es nicht.")
        raise ValidationError({"municipality": [ErrorDetail(message, "does_not_exist")]})
    refuse(request, found, deed)
    return found
