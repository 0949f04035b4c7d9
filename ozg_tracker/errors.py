"""Error pages: a sentence, what is safe, and a way on; with DEBUG on too, so that no traceback reaches a person."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core import signals
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseServerError, QueryDict
from django.middleware.csrf import REASON_BAD_ORIGIN, REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.log import log_response
from django.utils.translation import gettext as _

from ozg_tracker import log
from ozg_tracker.accounts.signing_in.typed import can_be_offered_again, offer_again
from ozg_tracker.api import problem_documents
from ozg_tracker.api.query import BadQuery
from ozg_tracker.database_errors import busy, is_busy
from ozg_tracker.tracking.rows.clock import WrongClock

_NULL = "\x00"
AGAIN_AFTER = 5  # seconds after which a busy database may be asked again
_FORM_OVERHEAD = 1024 * 1024  # field names and boundaries around an upload of exactly the allowed size


class ReadableText:
    """Refuses U+0000 wherever a request may hold it: in its path, query, cookies and form. No text has it, PostgreSQL
    takes none, and so nothing behind needs to ask. The API's bodies are read by a parser of their own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = _with_null(request.GET)
        if key is None and not any(_NULL in each for each in (request.path, *request.COOKIES.values())):
            return self.get_response(request)
        return self._refuse(request, key)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        if _is_api(request) or _with_null(request.POST) is None:
            return None
        return self._refuse(request, None)

    def _refuse(self, request: HttpRequest, key: str | None) -> HttpResponse:
        if _is_api(request):
            return problem_documents.unreadable_text(key and key.replace(_NULL, ""))
        return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)


def _with_null(sent: QueryDict) -> str | None:
    """The first key whose values, or whose own name, hold U+0000."""
    return next((key for key, values in sent.lists() if any(_NULL in each for each in (key, *values))), None)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


class ErrorPages:
    """Turns what a view raises into our page, and refuses a body that is too large before a byte of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _length(request) > settings.UPLOAD_MAX_MB * 1024 * 1024 + _FORM_OVERHEAD:
            return too_large(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if _is_api(request):
            return None  # the API speaks its own language of errors
        if isinstance(error, Http404):
            return not_found(request, error)
        if isinstance(error, PermissionDenied):
            return forbidden(request, error)
        if isinstance(error, RequestDataTooBig):
            return too_large(request)
        if isinstance(error, SuspiciousOperation):
            return bad_request(request, error)
        if isinstance(error, WrongClock):
            return wrong_clock(request, error)
        if is_busy(error):
            return database_is_busy(request, error)
        return self._broken(request, error)

    def _broken(self, request: HttpRequest, error: Exception) -> HttpResponse:
        signals.got_request_exception.send(sender=None, request=request)
        response = server_error(request)
        log_response(
            "%s: %s", response.reason_phrase, request.path, response=response, request=request, exception=error
        )
        return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    sentence = str(exception) if isinstance(exception, BadQuery) else ""
    return render(request, "400.html", {"sentence": sentence}, status=HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"sentence": str(exception)}, status=HTTPStatus.FORBIDDEN)


def wrong_clock(request: HttpRequest, error: WrongClock) -> HttpResponse:
    return render(request, "503.html", {"sentence": error.messages[0]}, status=HTTPStatus.SERVICE_UNAVAILABLE)


def database_is_busy(request: HttpRequest, error: Exception) -> HttpResponse:
    """No failure of ours: what was sent may be sent again. In bare words where the page cannot be drawn either."""
    try:
        response = render(request, "503.html", {"sentence": busy(), "again": True})
    except Exception:
        logging.getLogger("django.request").exception("The page of a busy database failed too")
        response = HttpResponse(busy(), content_type="text/plain; charset=utf-8")
    response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    response["Retry-After"] = str(AGAIN_AFTER)
    log_response("%s: %s", "Busy", request.path, response=response, request=request, exception=error, level="warning")
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)


def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:
    """The last address: whatever leads nowhere else."""
    raise Http404


def too_large(request: HttpRequest) -> HttpResponse:
    if _is_api(request):
        return problem_documents.too_large(settings.UPLOAD_MAX_MB)
    return HttpResponse(
        get_template("413.html").render({"limit": settings.UPLOAD_MAX_MB}),
        status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the request: its person and municipality would come from a database that may be the broken part; and
    bare where the page breaks too, as every page does whose style sheets were not collected.
    """
    said = {"request_id": log.request_id.get()}
    try:
        return HttpResponseServerError(get_template("500.html").render(said))
    except Exception:
        logging.getLogger("django.request").exception("The page of a failure failed too")
        return HttpResponseServerError(get_template("500_bare.html").render(said))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was not sent from our own page, was too old, or came without cookies."""
    if reason == REASON_NO_CSRF_COOKIE:
        sentence = _("Ihr Browser nimmt keine Cookies an. Der OZG-Tracker braucht eines, um Formulare zu schützen.")
    elif reason.startswith(REASON_BAD_ORIGIN.split("%s")[0]):
        sentence = _("Das Formular kam von einer anderen Adresse als der, unter der Sie angemeldet sind.")
    else:
        if can_be_offered_again(request):
            return offer_again(request)
        sentence = _("Das Formular war zu alt oder wurde in einem anderen Fenster ungültig.")
    return render(request, "403_csrf.html", {"sentence": sentence}, status=HTTPStatus.FORBIDDEN)


def _length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length[:19]) if length.isdecimal() else 0
