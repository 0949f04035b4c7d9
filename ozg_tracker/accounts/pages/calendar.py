"""The calendar under its secret address, and the address in the account."""

from hashlib import sha256

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ozg_tracker.accounts.calendar.address import calendar_behind, end_address, renew_address
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import read_query


@require_safe
def calendar(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Whoever knows the address has the calendar; nobody signs in, and nothing of the session is read."""
    read_query(request.GET, ())
    written = calendar_behind(secret)
    if written is None:
        raise Http404
    response = HttpResponse(written, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="ozg-tracker.ics"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    response["ETag"] = quote_etag(sha256(written).hexdigest()[:32])
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


@login_required
@require_POST
def new_address(request: MunicipalityRequest) -> HttpResponse:
    try:
        renew_address(request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Ihre Kalenderadresse steht unten. Eine frühere gilt nicht mehr."))
    return _back(request)


@login_required
@require_POST
def end(request: MunicipalityRequest) -> HttpResponse:
    if end_address(request.user):
        messages.success(request, _("Die Kalenderadresse gilt nicht mehr."))
    return _back(request)


def _back(request: MunicipalityRequest) -> HttpResponse:
    """To the page with the form."""
    page = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return redirect(f"{page}#kalender" if safe and page.startswith("/") else "account")
