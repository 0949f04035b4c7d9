"""What every open door has in common: it is read only, so often a minute, in one language, and caches may keep it."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from ozg_tracker.accounts.signing_in.open_addresses import throttled
from ozg_tracker.api.query import read_query
from reports.models import Publication
from reports.publishing.asking import Reading
from reports.publishing.shown import open_publication

PAGE_SECONDS = 5 * 60  # so soon a correction, or that nothing is open any more, is seen everywhere
FILE_SECONDS = 60 * 60  # of an edition's file, which never changes
Door = Callable[..., HttpResponseBase]


def open_to_all(*keys: str, seconds: int = PAGE_SECONDS) -> Callable[[Callable[..., HttpResponse]], Door]:
    """A door that gives everybody the same: the address alone says what, in which language too (`?language=en`).

    `keys`: what else the address may ask. The answer has a strong ETag: the one that the view set, else one of the
    hash that it set as ETag without quotes, of the language and of what is said; and 304 where that is known.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Door:
        @require_safe
        @throttled(Reading)
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            language = read_query(request.GET, ("language", *keys)).get("language", settings.LANGUAGE_CODE)
            if language not in dict(settings.LANGUAGES):
                raise Http404
            with translation.override(language):
                response = view(request, *args, **kwargs)
            response["Cache-Control"] = f"public, max-age={seconds}"
            etag = response.headers.get("ETag", "")
            if not etag.startswith('"'):
                said = hashlib.sha256(response.content).hexdigest()[:32]
                etag = response["ETag"] = f'"{"-".join(part for part in (etag, language, said) if part)}"'
            return get_conditional_response(request, etag=etag, response=response) or response

        return door

    return decorate


def publication_or_404(ars: str) -> Publication:
    found = open_publication(ars)
    if found is None:
        raise Http404
    return found
