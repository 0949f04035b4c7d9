"""Where one is signed in, in the API."""

from typing import Any, cast

from django.http import Http404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.models import User
from ozg_tracker.accounts.signing_in.sessions import end_others, end_session, open_sessions
from ozg_tracker.api.views import ApiView


class OpenSessionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    device = serializers.CharField()
    address = serializers.CharField()
    signed_in_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField()
    here = serializers.BooleanField()


class MySessions(ApiView):
    """Die Geräte, auf denen man angemeldet ist."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=inline_serializer("SessionList", {"results": OpenSessionSerializer(many=True)}))
    def get(self, request: Request) -> Response:
        found = open_sessions(cast("User", request.user), request.session.session_key)
        return Response({"results": OpenSessionSerializer(found, many=True).data})


class EndMySession(ApiView):
    """Eine Anmeldung beenden."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        if not end_session(cast("User", request.user), pk):
            raise Http404
        return Response(status=204)


class EndMyOtherSessions(ApiView):
    """Alle Anmeldungen außer der, die fragt, beenden."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses=inline_serializer("EndedSessions", {"ended": serializers.IntegerField()}))
    def post(self, request: Request) -> Response:
        return Response({"ended": end_others(cast("User", request.user), request.session.session_key)})
