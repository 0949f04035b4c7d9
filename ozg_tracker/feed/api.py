"""The feed in the API."""

import time
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from ozg_tracker.accounts.models import User
from ozg_tracker.api.views import ApiView, Keys
from ozg_tracker.feed.logs import LOGS
from ozg_tracker.feed.reading import Gone, mark_of, read

SIZE, MAX_SIZE = 100, 1000
LONGEST_WAIT = 25  # seconds; servers in front often end a request after 30
LOOK_EVERY = 0.5
# How many may wait in one process: each keeps a worker of the server to itself. Whoever comes then is answered at once.
_waiting = BoundedSemaphore(2)


class PlaceIsGone(APIException):
    status_code = HTTPStatus.GONE
    default_code = "place_is_gone"
    default_detail = gettext_lazy(
        "An dieser Stelle steht inzwischen etwas anderes: Eine Sicherung wurde eingespielt. Bitte mit einer älteren "
        "Marke weiterlesen oder ohne „since“ von vorn beginnen."
    )


class AboutSerializer(serializers.Serializer[Any]):
    type = serializers.CharField(help_text=gettext_lazy("Sammlung dieser Schnittstelle"))
    id = serializers.IntegerField()
    url = serializers.URLField()


class EventSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(
        help_text=gettext_lazy("Art und Nummer; nach eingespielter Sicherung kann es sich wiederholen")
    )
    at = serializers.DateTimeField(help_text=gettext_lazy("eingetragen am"))
    kind = serializers.ChoiceField(choices=[(kind, kind) for kind in LOGS])
    municipality = serializers.IntegerField(allow_null=True, help_text=gettext_lazy("null: die ganze Installation"))
    object = AboutSerializer(help_text=gettext_lazy("wovon das Ereignis handelt"))
    cursor = serializers.CharField(
        help_text=gettext_lazy("Marke hinter diesem Ereignis; auch nach einer Sicherung einmalig")
    )


class FeedSerializer(serializers.Serializer[Any]):
    results = EventSerializer(many=True)
    next = serializers.CharField(help_text=gettext_lazy("Marke für den nächsten Abruf"))
    more = serializers.BooleanField(help_text=gettext_lazy("true: Es gibt sofort noch mehr"))


_PARAMETERS = [
    OpenApiParameter(
        "since",
        str,
        description=gettext_lazy("Marke aus „next“ oder „cursor“; leer: von vorn; „now“: ab jetzt"),
    ),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": SIZE},
        description=gettext_lazy("Ereignisse je Abruf"),
    ),
    OpenApiParameter(
        "wait",
        {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT, "default": 0},
        description=gettext_lazy("so viele Sekunden auf das nächste Ereignis warten, wenn keines da ist"),
    ),
]


class Changes(ApiView):
    """Was geschieht, aus allen Bereichen, jedes Ereignis genau einmal, für Programme, die dem folgen."""

    permission_classes = (IsAuthenticated,)

    def query_keys(self) -> Keys:
        return ("since", "limit", "wait")

    @extend_schema(
        parameters=_PARAMETERS,
        responses=forced_singular_serializer(FeedSerializer),  # type: ignore[no-untyped-call]
    )
    def get(self, request: Request) -> Response:
        """Ereignisse hinter einer Marke, in der Reihenfolge, in der sie gespeichert wurden.

        Keines fehlt und keines kommt zweimal, auch wenn viele zugleich schreiben. Sie erhalten, was Sie beim Abruf
        sehen dürfen. 410: An der Stelle der Marke steht etwas anderes, weil eine Sicherung eingespielt wurde.
        """
        user, limit = cast("User", request.user), _number(request, "limit", 1, MAX_SIZE, SIZE)
        wait = _number(request, "wait", 0, LONGEST_WAIT, 0)
        try:
            mark = mark_of(request.query_params.get("since", ""))
        except Gone as error:
            raise PlaceIsGone from error
        page = read(user, mark, limit)
        if wait and not page.events and not page.more and _waiting.acquire(blocking=False):
            try:
                end = time.monotonic() + wait
                while not page.events and time.monotonic() < end:
                    time.sleep(LOOK_EVERY)
                    page = read(user, page.mark, limit)
            finally:
                _waiting.release()
        root = reverse("topics-list", request=request).removesuffix("topics/")
        results = [event.told(root) for event in page.events]
        return Response({"results": results, "next": str(page.mark), "more": page.more})


def _number(request: Request, key: str, least: int, most: int, usual: int) -> int:
    text = request.query_params.get(key) or str(usual)
    if not text.isascii() or not text.isdecimal() or not least <= int(text[:6]) <= most:
        message = _("Bitte eine Zahl von %(least)s bis %(most)s.") % {"least": least, "most": most}
        raise ValidationError({key: [ErrorDetail(message, "invalid")]})
    return int(text)
