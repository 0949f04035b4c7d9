"""Which municipality a page speaks of: the one chosen in the session, else the first of the person's."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from ozg_tracker import log
from ozg_tracker.accounts.journal.writing import way
from ozg_tracker.accounts.models import JournalEntry, Membership, Municipality, User

_SESSION_KEY = "municipality"


class MunicipalityRequest(HttpRequest):
    """A request of a signed-in person, as pages see it behind `MunicipalityMiddleware`."""

    user: User  # pages that need it ask for sign-in first
    municipality: Municipality | None
    membership: Membership | None


class MunicipalityMiddleware:
    """Sets `request.municipality` and `request.membership`; both are None without sign-in or without any role. What is
    written into the journal meanwhile came by page or API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        membership = _membership(request)
        request.membership = membership  # type: ignore[attr-defined]
        request.municipality = membership.municipality if membership else None  # type: ignore[attr-defined]
        log.municipality_id.set(membership.municipality_id if membership else None)
        came = way.set(JournalEntry.Way.API if request.path.startswith("/api/") else JournalEntry.Way.PAGE)
        try:
            return self.get_response(request)
        finally:
            way.reset(came)


def choose_municipality(request: HttpRequest, municipality: Municipality) -> None:
    """Remember in the session that the person now works for `municipality`; the door has checked that it is visible."""
    request.session[_SESSION_KEY] = municipality.pk


def _membership(request: HttpRequest) -> Membership | None:
    if not request.user.is_authenticated:
        return None
    chosen = request.session.get(_SESSION_KEY)
    held = list(request.user.memberships.select_related("municipality", "municipality__maturity_model", "department"))
    held.sort(key=lambda each: (each.municipality_id != chosen, each.municipality.name, each.municipality.ars))
    return held[0] if held else None
