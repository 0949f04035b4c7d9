"""Who comes, moves within the municipality or leaves: what is planned, and the last months."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ozg_tracker.accounts import people
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.memberships import movements
from ozg_tracker.accounts.models import Deed, MembershipEvent
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest

SHOWN = timedelta(days=90)


@members_only(Deed.MANAGE_PEOPLE)
@require_safe
def moves(request: MunicipalityRequest) -> HttpResponse:
    today = timezone.localdate()
    found = movements(municipality_of(request), today - SHOWN)
    context = {
        "planned": [each for each in found if each.since > today],
        "happened": [each for each in found if each.since <= today][::-1],
        "since": today - SHOWN,
    }
    return render(request, "people/movements.html", context)


@members_only(Deed.MANAGE_PEOPLE)
@require_POST
def call_off(request: MunicipalityRequest, pk: int) -> HttpResponse:
    event = get_object_or_404(MembershipEvent, pk=pk, municipality=municipality_of(request))
    try:
        people.call_off(event, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("„%(person)s“: Das ist abgesagt.") % {"person": event.user})
    return redirect("movements")
