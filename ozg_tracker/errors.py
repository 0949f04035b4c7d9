"""Error pages: a sentence, what is safe, and a way on; with DEBUG on too, so that no traceback reaches a person."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core import signals
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseServerError
from django.middleware.csrf import REASON_BAD_ORIGIN, REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _

from ozg_tracker.api import problems

_log = logging.getLogger("django.request")
_FORM_OVERHEAD = 1024 * 1024  # field names and boundaries around an upload of exactly the allowed size


class ErrorPages:
    """Turns what a view raises into our page, and refuses a body that is too large before a byte of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _length(request) > settings.UPLOAD_MAX_MB * 1024 * 1024 + _FORM_OVERHEAD:
            return too_large(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None  # the API speaks its own language of errors
        if isinstance(error, Http404):
            return not_found(request, error)
        if isinstance(error, PermissionDenied):
            return forbidden(request, error)
        if isinstance(error, RequestDataTooBig):
            return too_large(request)
        if isinstance(error, SuspiciousOperation):
            return bad_request(request, error)
        return self._broken(request)

    def _broken(self, request: HttpRequest) -> HttpResponse:
        signals.got_request_exception.send(sender=None, request=request)
        _log.exception("Fehler in %s", request.path)
        return server_error(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"sentence": str(exception)}, status=HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)


def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:
    """The last address: whatever leads nowhere else."""
    raise Http404


def too_large(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problems.too_large(settings.UPLOAD_MAX_MB)
    return HttpResponse(
        get_template("413.html").render({"limit": settings.UPLOAD_MAX_MB}),
        status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the request: its person and town would have to come from a database that may be the broken part."""
    return HttpResponseServerError(get_template("500.html").render())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was not sent from our own page, was too old, or came without cookies."""
    if reason == REASON_NO_CSRF_COOKIE:
        sentence = _("Ihr Browser nimmt keine Cookies an. Der OZG-Tracker braucht eines, um Formulare zu schützen.")
    elif reason.startswith(REASON_BAD_ORIGIN.split("%s")[0]):
        sentence = _("Das Formular kam von einer anderen Adresse als der, unter der Sie angemeldet sind.")
    else:
        sentence = _("Das Formular war zu alt oder wurde in einem anderen Fenster ungültig.")
    return render(request, "403_csrf.html", {"sentence": sentence}, status=HTTPStatus.FORBIDDEN)


def _length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0
