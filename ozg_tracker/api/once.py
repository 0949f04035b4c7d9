"""A request that is sent again with the same Idempotency-Key is answered again, and not done again.

After the draft "The Idempotency-Key HTTP Header Field" of the IETF. The answer is stored in the transaction of the deed
itself: what a died worker did not finish is undone with it, and of two at once one waits for the other's answer.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.request import Request

from ozg_tracker.api.models import KeptAnswer

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

HEADER = "Idempotency-Key"
METHODS = ("POST", "PATCH")
KEPT = timedelta(hours=24)
# Why an address takes no key, where it takes none.
TELLS_SECRET = gettext_lazy("Diese Adresse zeigt ein Geheimnis, das nicht gespeichert wird, und nimmt keinen %s.")
SPEAKS_OUTSIDE = gettext_lazy("Diese Adresse fragt ein anderes Programm, jedes Mal neu, und nimmt keinen %s.")
_KEY = re.compile(r"[!-~]{1,255}")
_HEADERS = ("Content-Type", "Content-Language", "ETag", "Location")


class Repeated(Exception):
    """The request was done before: no error, its answer."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.answer = answer


class KeyUsed(exceptions.APIException):
    status_code = 422
    default_code = "idempotency_key_used"
    default_detail = gettext_lazy(
        "Unter diesem Idempotency-Key wurde eine andere Anfrage gesendet. Diese ist nicht ausgeführt; "
        "bitte senden Sie sie mit einem neuen."
    )


def named(request: HttpRequest) -> bool:
    return request.method in METHODS and HEADER in request.headers


def begin(request: Request, takes_no_key: "StrOrPromise") -> KeptAnswer | None:
    """Take the key of the request inside the transaction of `finish`; None of whoever is not signed in.

    Repeated with the answer where the same was done in the last 24 hours; KeyUsed where another was; ValidationError
    for a key that is none, for a body that is no JSON, and with the sentence `takes_no_key` where the address has one.
    """
    key, user = request.headers[HEADER], request.user.pk
    if user is None:
        return None
    if takes_no_key:
        raise _wrong(str(takes_no_key))
    if not _KEY.fullmatch(key):
        raise _wrong(_("Ein %s hat 1 bis 255 Zeichen ohne Leerzeichen, etwa eine UUID."))
    if request.content_type and not request.content_type.startswith("application/json"):
        raise _wrong(_("%s gibt es nur zu Anfragen in JSON."))
    asked = f"{request.method} {request.get_full_path()}\n".encode() + request._request.body
    digest, now = sha256(asked).hexdigest(), timezone.now()
    mine = KeptAnswer.objects.filter(user=user, key=key)
    mine.filter(answered_at__lt=now - KEPT).delete()
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(user_id=user, key=key, digest=digest, answered_at=now)
    except IntegrityError:
        kept = mine.get()
    if kept.digest != digest:
        raise KeyUsed
    raise Repeated(_answer(kept))


def finish(run: Callable[[], HttpResponseBase], taken: Callable[[], KeptAnswer | None]) -> HttpResponseBase:
    """Run a request and keep its answer with what it did; one that is refused leaves nothing, and may be sent again."""
    with transaction.atomic():
        response = run()
        if isinstance(response, SimpleTemplateResponse):
            response.render()
        kept = taken()
        if kept is None:
            return response
        if not 200 <= response.status_code < 300 or not isinstance(response, HttpResponse):
            transaction.set_rollback(True)
            return response
        kept.status, kept.body = response.status_code, response.content
        kept.headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
        kept.save(update_fields=["status", "body", "headers"])
    return response


def forget_answers(now: datetime) -> None:
    """What nobody may ask for any more."""
    KeptAnswer.objects.filter(answered_at__lt=now - KEPT).delete()


def _answer(kept: KeptAnswer) -> HttpResponse:
    answer = HttpResponse(bytes(kept.body), status=kept.status, headers=kept.headers)
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def _wrong(sentence: str) -> exceptions.ValidationError:
    return exceptions.ValidationError({HEADER: [exceptions.ErrorDetail(sentence % HEADER, "idempotency_key")]})
