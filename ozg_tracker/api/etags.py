"""A version as ETag, and what If-Match says of it (RFC 9110, strong comparison); what was read before is 304."""

from hashlib import blake2b

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils.cache import get_conditional_response
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


def unless_known(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """`response` with an ETag of what it says, weak since it may go out compressed; 304 where If-None-Match names it.

    One with an ETag of its own is left alone: a version says which state a change is made from, and not that
    everything the answer tells of other things is still so.
    """
    if response.status_code != 200 or response.streaming or response.has_header("ETag"):
        return response
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    if not isinstance(response, HttpResponse):
        return response
    response.headers["ETag"] = f'W/"{blake2b(response.content, digest_size=16).hexdigest()}"'
    return get_conditional_response(request, response.headers["ETag"], None, response) or response
