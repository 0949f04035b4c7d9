"""How our API says no: RFC 9457 `application/problem+json`, in the request's language, whatever went wrong."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.apps import apps
from django.core import signals
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import JsonResponse
from django.utils.log import log_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from ozg_tracker import log
from ozg_tracker.api.parsers import null_character
from ozg_tracker.database_errors import busy, is_busy

MEDIA_TYPE = "application/problem+json"
_TITLES = {
    400: gettext_lazy("Die Anfrage enthält Fehler"),
    401: gettext_lazy("Nicht angemeldet"),
    403: gettext_lazy("Nicht erlaubt"),
    404: gettext_lazy("Nicht gefunden"),
    405: gettext_lazy("Diese Methode gibt es hier nicht"),
    406: gettext_lazy("Dieses Format gibt es hier nicht"),
    409: gettext_lazy("Inzwischen geändert"),
    410: gettext_lazy("Diese Stelle gibt es nicht mehr"),
    412: gettext_lazy("Inzwischen geändert"),
    413: gettext_lazy("Zu groß"),
    415: gettext_lazy("Dieses Format wird hier nicht gelesen"),
    422: gettext_lazy("Schon für eine andere Anfrage verwendet"),
    428: gettext_lazy("If-Match fehlt"),
    429: gettext_lazy("Zu viele Anfragen"),
    500: gettext_lazy("Unerwarteter Fehler"),
    503: gettext_lazy("Gerade belegt"),
}


class PreconditionRequired(exceptions.APIException):
    status_code = HTTPStatus.PRECONDITION_REQUIRED
    default_code = "precondition_required"
    default_detail = gettext_lazy(
        "Eine Änderung braucht den Kopf If-Match mit dem ETag des Standes, den Sie gelesen haben. "
        "Geändert wurde nichts."
    )


class Stale(exceptions.APIException):
    """Somebody else was faster. `current` is the state as it stands: read, decide, send again."""

    status_code = HTTPStatus.PRECONDITION_FAILED
    default_code = "stale"
    default_detail = gettext_lazy(
        "Diese Leistung wurde inzwischen geändert. Ihre Änderung ist nicht gespeichert; "
        "unter „current“ steht der neue Stand."
    )

    def __init__(self, current: Any, etag: str = "") -> None:
        super().__init__()
        self.current = current
        self.etag = etag


class StaleMany(Stale):
    """The same where the versions stand in the body, so that no header's precondition failed: 409."""

    status_code = HTTPStatus.CONFLICT
    default_detail = gettext_lazy(
        "Mindestens eine Leistung wurde inzwischen geändert. Keine Ihrer Änderungen ist gespeichert; "
        "unter „current“ steht der neue Stand."
    )


class Busy(exceptions.APIException):
    """Others were writing for too long: nothing was changed, and the same request may be sent again."""

    status_code = 503
    wait = 5  # seconds; DRF's name for Retry-After


def handle(exc: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler. The unexpected is logged, and nothing of it is told."""
    exc = _as_api_exception(exc)
    response = exception_handler(exc, context)
    if response is None:
        return _unexpected(exc, context)
    errors = list(_errors(response.data)) if isinstance(exc, exceptions.ValidationError) else []
    response.data = _body(response.status_code, _detail(exc), errors)
    response.data |= getattr(exc, "more", {})
    if isinstance(exc, Stale):
        response.data["current"] = exc.current
        if exc.etag:
            response["ETag"] = exc.etag
    response.content_type = MEDIA_TYPE
    return response


def _as_api_exception(exc: Exception) -> Exception:
    """What deeds and the database raise, in DRF's words."""
    if isinstance(exc, ValidationError):
        return exceptions.ValidationError(_deed_errors(exc))
    if isinstance(exc, PermissionDenied):
        return exceptions.PermissionDenied(*exc.args)
    if isinstance(exc, IntegrityError):
        set_rollback()
        return exceptions.ValidationError({"__all__": [_refusal(exc)]})
    if is_busy(exc):
        return Busy(busy())
    return exc


def _deed_errors(exc: ValidationError) -> dict[str, list[exceptions.ErrorDetail]]:
    by_field = exc.error_dict if hasattr(exc, "error_dict") else {"__all__": exc.error_list}
    return {
        field: [
            exceptions.ErrorDetail(message, error.code or "invalid") for error in errors for message in error.messages
        ]
        for field, errors in by_field.items()
    }


def _refusal(exc: IntegrityError) -> exceptions.ErrorDetail:
    """The sentence of the constraint that the database names, so that both doors say the same."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name in str(exc):
                return exceptions.ErrorDetail(str(constraint.get_violation_error_message()), constraint.name)
    return exceptions.ErrorDetail(_("Das passt nicht zu dem, was schon gespeichert ist."), "refused")


def _errors(data: Any, path: tuple[str, ...] = ()) -> Iterator[dict[str, str | None]]:
    """Flatten DRF's nested errors; a field inside others is named with dots, an error of no field has none."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _errors(value, path if key in ("__all__", "non_field_errors") else (*path, str(key)))
    elif isinstance(data, list):
        nested = any(isinstance(each, dict | list) for each in data)
        for place, value in enumerate(data):
            yield from _errors(value, (*path, str(place)) if nested else path)
    else:
        code = getattr(data, "code", None) or "invalid"
        yield {"field": ".".join(path) or None, "code": code, "message": str(data)}


def _detail(exc: Exception) -> str:
    if type(exc) is exceptions.ParseError:  # what is more precise speaks for itself
        return _("Der Inhalt der Anfrage ist kein gültiges JSON. Geändert wurde nichts.")
    if isinstance(exc, exceptions.ValidationError):
        return _("Die Anfrage enthält Fehler, die unter „errors“ stehen. Geändert wurde nichts.")
    return str(exc.detail) if isinstance(exc, exceptions.APIException) else _("Das gibt es nicht oder nicht für Sie.")


def _unexpected(exc: Exception, context: dict[str, Any]) -> Response:
    set_rollback()
    request = context["request"]
    signals.got_request_exception.send(sender=None, request=request)
    detail = _(
        "Das hätte nicht geschehen dürfen. Der Fehler ist unter „request_id“ im Protokoll des Betriebs zu finden."
    )
    response = Response(_body(500, detail, []), status=500, content_type=MEDIA_TYPE)
    log_response("%s: %s", "Error", request.path, response=response, request=request._request, exception=exc)
    return response


def too_large(limit: int) -> JsonResponse:
    """The answer to a body of more than `limit` MB, given before any of it is read."""
    detail = _("Eine Anfrage darf höchstens %s MB groß sein. Geändert wurde nichts.") % limit
    return refusal(413, detail)


def refusal(status: int, detail: str) -> JsonResponse:
    """The answer to a request that is refused before a view of the API is asked."""
    return JsonResponse(_body(status, detail, []), status=status, content_type=MEDIA_TYPE)


def unreadable_text(key: str | None) -> JsonResponse:
    """The answer to an address whose path, or the value or name of `key` in it, holds the character U+0000."""
    errors = list(_errors({key or "__all__": [null_character()]}))
    return JsonResponse(_body(400, _detail(exceptions.ValidationError()), errors), status=400, content_type=MEDIA_TYPE)


def _body(status: int, detail: str, errors: list[dict[str, str | None]]) -> dict[str, Any]:
    title = str(_TITLES.get(status, HTTPStatus(status).phrase))
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": errors,
        "request_id": log.request_id.get(),
    }
