"""The own keys for programs, in the API."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _t
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.models import Municipality, Scope, Token, User
from ozg_tracker.accounts.signing_in.tokens import create_token, revoke_token
from ozg_tracker.api.ids import named_in
from ozg_tracker.api.once import TELLS_SECRET
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import ApiView


class KeySerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    scopes = serializers.SerializerMethodField()
    municipality = serializers.IntegerField(source="municipality_id", allow_null=True)
    networks = serializers.SerializerMethodField()
    expires_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)

    def get_scopes(self, token: Token) -> list[str]:
        return token.scopes.split()

    def get_networks(self, token: Token) -> list[str]:
        return token.networks.split()


class KeyRequest(RequestBody):
    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices), min_length=1)
    municipality = serializers.IntegerField(required=False, allow_null=True, default=None)
    networks = serializers.ListField(child=serializers.CharField(max_length=60), required=False, default=list)
    expires_on = serializers.DateField(required=False, allow_null=True, default=None)


class MyKeys(ApiView):
    """Die eigenen Zugangsschlüssel für Programme."""

    permission_classes = (IsAuthenticated,)
    takes_no_key = TELLS_SECRET

    @extend_schema(responses=inline_serializer("KeyList", {"results": KeySerializer(many=True)}))
    def get(self, request: Request) -> Response:
        keys = cast("User", request.user).tokens.all()
        return Response({"results": KeySerializer(keys, many=True).data})

    @extend_schema(request=KeyRequest, responses={201: inline_serializer("NewKey", {"token": serializers.CharField()})})
    def post(self, request: Request) -> Response:
        """Einen Schlüssel erstellen; er wird nur dieses eine Mal gezeigt. Das geht nicht mit einem Schlüssel, sondern
        nur angemeldet: Sonst könnte sich einer, der verloren ging, selbst verlängern.
        """
        request.data  # noqa: B018 (raises where it cannot be read)
        if isinstance(request.auth, Token):
            raise PermissionDenied(_t("Einen Schlüssel erstellt nur, wer angemeldet ist, kein anderer Schlüssel."))
        body = KeyRequest(data=request.data)
        body.is_valid(raise_exception=True)
        sent, user = body.validated_data, cast("User", request.user)
        named = sent.pop("municipality")
        municipality = None if named is None else named_in(Municipality.objects.visible_to(user), named)
        if named is not None and municipality is None:
            raise serializers.ValidationError({"municipality": _t("In dieser Kommune haben Sie keine Rolle.")})
        networks = " ".join(sent.pop("networks"))
        plain = create_token(user, **sent, municipality=municipality, networks=networks, by=user)
        return Response({"token": plain}, status.HTTP_201_CREATED)


class EndMyKey(ApiView):
    """Einen eigenen Zugangsschlüssel widerrufen."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses=KeySerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Von jetzt an öffnet er nichts mehr."""
        user = cast("User", request.user)
        revoke_token(get_object_or_404(Token, pk=pk, user=user), by=user)
        return Response(KeySerializer(user.tokens.get(pk=pk)).data)
