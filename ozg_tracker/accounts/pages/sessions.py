"""Ending sessions of oneself on the account page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.accounts.signing_in.sessions import end_others, end_session


@login_required
@require_POST
def end(request: MunicipalityRequest, pk: int) -> HttpResponse:
    if not end_session(request.user, pk):
        raise Http404
    messages.success(request, _("Dort sind Sie abgemeldet."))
    return _back()


@login_required
@require_POST
def end_all_others(request: MunicipalityRequest) -> HttpResponse:
    ended = end_others(request.user, request.session.session_key)
    said = ngettext("Auf einem Gerät abgemeldet.", "Auf %(count)d Geräten abgemeldet.", ended) % {"count": ended}
    messages.success(request, said if ended else _("Sie sind nirgends sonst angemeldet."))
    return _back()


def _back() -> HttpResponse:
    return redirect(f"{reverse('account')}#angemeldet")
