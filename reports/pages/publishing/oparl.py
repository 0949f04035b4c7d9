"""The doors of OParl 1.1: a system, lists and objects as JSON, and errors as OParl has them."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from ozg_tracker.api.query import BadQuery
from reports.pages.publishing.doors import Door, open_to_all, publication_or_404
from reports.publishing.oparl import listing
from reports.publishing.oparl.opened import Opened
from reports.publishing.oparl.thing import LISTS, SCHEMA, Said

_KIND = "application/json"


def _door(*keys: str) -> Callable[[Callable[..., Said]], Door]:
    """Gives what the view says, in German whoever asks; what there is not, and what nobody understands, is told too."""

    def decorate(view: Callable[..., Said]) -> Door:
        @open_to_all(*keys)
        def opened(request: HttpRequest, ars: str, *args: Any, **kwargs: Any) -> HttpResponse:
            found = Opened(publication_or_404(ars))
            with translation.override("de"):
                return _json(view(request, found, *args, **kwargs))

        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return opened(request, *args, **kwargs)
            except Http404:
                return _refused(_("Hier ist nichts, oder nichts mehr öffentlich."), HTTPStatus.NOT_FOUND)
            except BadQuery as error:
                return _refused(str(error), HTTPStatus.BAD_REQUEST)

        return door

    return decorate


@_door()
def system(request: HttpRequest, opened: Opened) -> Said:
    return opened.system()


@_door(*listing.KEYS)
def objects(request: HttpRequest, opened: Opened, name: str) -> Said:
    """A list, page by page."""
    if name not in LISTS:
        raise Http404
    return _page(request, opened.things(name), f"{opened.base.addresses.oparl}{name}/")


@_door(*listing.KEYS)
def meetings(request: HttpRequest, opened: Opened, key: str) -> Said:
    """Those of one committee."""
    committee = opened.thing("organizations", key)
    if committee is None:
        raise Http404
    return _page(request, opened.meetings.of_committee(key), f"{committee.url}meetings/")


@_door()
def one(request: HttpRequest, opened: Opened, name: str, key: str) -> Said:
    """An object, deleted or not."""
    found = opened.thing(name, key) if name in LISTS else None
    if found is None:
        raise Http404
    return found.told()


def _page(request: HttpRequest, things: Any, address: str) -> Said:
    found = listing.page(things, listing.read(request.GET), address)
    if found is None:
        raise Http404
    return found


def _refused(sentence: str, code: HTTPStatus) -> HttpResponse:
    debug = f"{code.value} {code.phrase}"
    return _json({"type": f"{SCHEMA}Error", "message": sentence, "debug": debug}, code)


def _json(said: Said, code: int = HTTPStatus.OK) -> HttpResponse:
    response = HttpResponse(json.dumps(said, ensure_ascii=False).encode(), content_type=_KIND, status=code)
    response["Access-Control-Allow-Origin"] = "*"
    return response
