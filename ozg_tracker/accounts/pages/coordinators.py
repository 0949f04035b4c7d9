"""Who is to become a coordinator and waits for a second person, and whether the municipality asks for one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ozg_tracker.accounts.coordinators import decide, set_second_coordinator
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import CoordinatorRequest, Deed, Role
from ozg_tracker.accounts.models.membership_events import LONGEST_REASON
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest

SHOWN = 20


@members_only(Deed.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def second_coordinator(request: MunicipalityRequest) -> HttpResponse:
    """What waits and what was decided; sent, it says whether a second person is asked for."""
    municipality = municipality_of(request)
    if request.method == "POST":
        asked = request.POST.get("asked") == "yes"
        try:
            changed = set_second_coordinator(municipality, asked, reason=_reason(request), by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            on, off = _("Jede neue Koordination wartet jetzt auf eine zweite Person."), _("Eine Person genügt jetzt.")
            messages.success(request, (on if asked else off) if changed else _("Das ist schon so."))
        return redirect("second_coordinator")
    found = CoordinatorRequest.objects.visible_to(request.user).filter(municipality=municipality)
    found = found.select_related("user", "department", "asked_by", "decided_by")
    context = {
        "asks": municipality.asks_second_coordinator,
        "may_end": request.membership is not None and request.membership.role == Role.OPERATOR,
        "waiting": [(each, request.user.pk not in (each.asked_by_id, each.user_id)) for each in found.waiting()],
        "decided": found.exclude(outcome="").order_by("-decided_at")[:SHOWN],
    }
    return render(request, "people/second_coordinator.html", context)


@members_only(Deed.MANAGE_PEOPLE)
@require_POST
def decide_coordinator(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """Confirm or decline what waits."""
    visible = CoordinatorRequest.objects.visible_to(request.user).filter(municipality=municipality_of(request))
    found = get_object_or_404(visible.select_related("municipality", "user"), pk=pk)
    confirmed = request.POST.get("decision") == "confirm"
    try:
        decide(found, confirmed=confirmed, reason=_reason(request), by=request.user)
    except (ValidationError, PermissionDenied) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
    else:
        sentence = _("„%(person)s“ gehört jetzt zur Koordination.") if confirmed else _("„%(person)s“ ist abgelehnt.")
        messages.success(request, sentence % {"person": found.user})
    return redirect("second_coordinator")


def _reason(request: MunicipalityRequest) -> str:
    return request.POST.get("reason", "").strip()[:LONGEST_REASON]
