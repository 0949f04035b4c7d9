"""A version as ETag, and what If-Match says of it (RFC 9110, strong comparison)."""

from django.utils.http import parse_etags
from rest_framework.request import Request

from ozg_tracker.api.problem_documents import PreconditionRequired


def etag(version: int) -> str:
    return f'"{version}"'


def matches(request: Request, version: int) -> bool:
    """Whether If-Match names `version`, or any by `*`. PreconditionRequired (428) without the header."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise PreconditionRequired
    named = parse_etags(header)
    return named == ["*"] or etag(version) in named
