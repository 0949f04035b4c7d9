"""Addresses at which nobody signs in: so many requests a minute from one place, counted alike for pages and the API."""

from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from ozg_tracker.accounts.signing_in.authentication import address_of

View = Callable[..., HttpResponseBase]


class FromOneAddress(SimpleRateThrottle):
    """Counts by the address that trusted proxies name; a subclass says `scope` and `rate`. Doors of one scope count
    together.
    """

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.cache_format % {"scope": self.scope, "ident": address_of(request)}


def throttled(throttle: type[FromOneAddress]) -> Callable[[View], View]:
    """A page that answers 429, with when to come again, to who asks too often."""

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            asked = throttle()
            if asked.allow_request(cast("Request", request), cast("APIView", view)):
                return view(request, *args, **kwargs)
            seconds = max(1, ceil(asked.wait() or 1))
            response = render(request, "429_open.html", {"seconds": seconds}, status=429)
            response["Retry-After"] = str(seconds)
            return response

        return door

    return decorate
