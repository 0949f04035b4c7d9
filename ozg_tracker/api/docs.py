"""The OpenAPI description of our API, and a page to read and try it, with our own files alone."""

from functools import lru_cache
from types import SimpleNamespace
from typing import Any, cast

from django.http import HttpResponse
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

from ozg_tracker.api.once import HEADER
from ozg_tracker.api.problem_documents import MEDIA_TYPE

PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail", "errors", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": ["string", "null"]},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
        "request_id": {
            "type": "string",
            "description": "Kennung der Anfrage im Protokoll des Betriebs, auch im Kopf X-Request-ID",
        },
        "problems": {
            "description": "was an einer Datei zu beanstanden ist",
            "type": "array",
            "items": {"$ref": "#/components/schemas/ListProblem"},
        },
        "current": {"description": "409 und 412: der Stand, wie er jetzt ist"},
    },
}

# a file: its header Content-Type says what kind; a client keeps its bytes as they are, whatever the kind
FILE = {(200, "application/octet-stream"): OpenApiTypes.BINARY}
_ONCE = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "Kennung der Anfrage, etwa eine UUID. Binnen 24 Stunden noch einmal gesendet, wird sie wie zuvor "
    "beantwortet (mit dem Kopf Idempotency-Replayed), und nichts geschieht noch einmal; zu einer anderen Anfrage ist "
    "sie 422. Nur zu JSON, und nicht, wo die Antwort ein Geheimnis zeigt oder ein anderes Programm gefragt wird.",
}
_BOUNDS = (2**15 - 1, 2**31 - 1, 2**63 - 1)


class ByQueryKey(DefaultContentNegotiation):
    """`?format=json` beside Accept; the rest of the API has no such key."""

    settings = SimpleNamespace(URL_FORMAT_OVERRIDE="format")  # type: ignore[assignment]


class Schema(SpectacularAPIView):
    """The same for everybody, and a second's work: drawn once in a language and form while the program runs."""

    content_negotiation_class = ByQueryKey

    def _get_schema_response(self, request: Request) -> HttpResponse:
        form = request.accepted_renderer
        named = f'inline; filename="OZG-Tracker.{form.format}"'
        content = _drawn(get_language(), cast("Any", type(form)))
        return HttpResponse(content, f"{form.media_type}; charset=utf-8", headers={"Content-Disposition": named})


@lru_cache(maxsize=8)
def _drawn(language: str | None, renderer: Any) -> bytes:
    """In the language in force, which `language` names for the cache alone."""
    described = SpectacularAPIView.generator_class().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    content: str | bytes = renderer().render(described)
    return content.encode() if isinstance(content, str) else content


class Docs(SpectacularSwaggerSplitView):
    template_name = "api/docs.html"


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A drf-spectacular hook: name the errors that an operation can answer with, all in one form."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    answer = {"description": "Problem", "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            if method in ("post", "patch") and _keeps_answers(operation):
                operation.setdefault("parameters", []).append(_ONCE)
            for status in _problems(path, method, operation):
                operation["responses"][str(status)] = answer
    return result


def drop_bounds_of_the_database(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A drf-spectacular hook: how large a number SQLite or PostgreSQL can hold is no promise of the API."""
    for schema in result["components"]["schemas"].values():
        for field in schema.get("properties", {}).values():
            if field.get("type") in ("integer", ["integer", "null"]) and field.get("maximum", 0) in _BOUNDS:
                field.pop("maximum")
                field.pop("format", None)
    return result


def _keeps_answers(operation: dict[str, Any]) -> bool:
    """Whether a body, if there is one, can be sent as JSON."""
    return "requestBody" not in operation or "application/json" in operation["requestBody"]["content"]


def _problems(path: str, method: str, operation: dict[str, Any]) -> list[int]:
    statuses = [400, 401, 403, 406, 500]
    if "{" in path or path.endswith("/certificate-checks/"):  # there a number names the thing
        statuses.append(404)
    if "requestBody" in operation:
        statuses.append(415)
    if path.endswith("/check/"):  # without sign-in, and so only so often
        statuses.append(429)
    if any(parameter["name"] == "If-Match" for parameter in operation.get("parameters", ())):
        statuses += [412, 428]
    if any(parameter["name"] == HEADER for parameter in operation.get("parameters", ())):
        statuses.append(422)
    if path.endswith("/bulk/"):
        statuses.append(409)
    return sorted(statuses)
