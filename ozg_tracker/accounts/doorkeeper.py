"""Who may come in at a page: people with a role in the chosen municipality."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Deed, Membership, Municipality, who_may

View = Callable[..., HttpResponseBase]


def members_only(deed: Deed) -> Callable[[View], View]:
    """A view for people whose role in the municipality the request speaks of may do `deed`.

    Without sign-in to the sign-in page; with another role, or none, refused with a sentence (403).
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            membership = getattr(request, "membership", None)
            if membership is None:
                raise PermissionDenied(
                    _("Sie haben noch keine Rolle in einer Kommune. Ihre OZG-Koordination richtet sie ein.")
                )
            if deed not in membership.deeds:
                names = " · ".join(str(role.label) for role in who_may(deed))
                raise PermissionDenied(_("Diese Seite ist für eine andere Rolle: %(roles)s.") % {"roles": names})
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return guard


def membership_of(request: HttpRequest) -> Membership:
    """As whom the person of the request is there, behind `members_only`."""
    found: Membership | None = getattr(request, "membership", None)
    if found is None:
        raise PermissionDenied
    return found


def municipality_of(request: HttpRequest) -> Municipality:
    """The municipality the request speaks of, behind `members_only`."""
    found: Municipality | None = getattr(request, "municipality", None)
    if found is None:
        raise PermissionDenied
    return found
