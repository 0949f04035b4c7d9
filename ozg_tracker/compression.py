"""Pages go out compressed: five hundred rows are a megabyte of words that repeat.

Django's own middleware, since it guards against BREACH (an attacker who makes a browser send guesses that a page
repeats, and reads from the page's length whether they were right): a random number of bytes is added to each answer,
and the token of the forms is masked anew in each. No library does more.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_TEXTS = ("text/", "application/json", "application/problem+json")


class CompressedPages(GZipMiddleware):
    """Compresses texts. What has a strong ETag stays as it is: the API's `If-Match` wants it strong, and a file made of
    compressed parts (XLSX, PDF) gains nothing.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        text = response.headers.get("Content-Type", "").startswith(_TEXTS)
        strong = response.headers.get("ETag", "").startswith('"')
        if response.streaming or strong or not text:
            return response
        return super().process_response(request, response)
