"""Whoever asks, and all that is stored of them, in the API."""

from typing import TYPE_CHECKING, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.api.views import ApiView
from ozg_tracker.personal.own_file import take_own_file

if TYPE_CHECKING:
    from ozg_tracker.accounts.models import User


class StoredTableSerializer(serializers.Serializer[dict[str, object]]):
    table = serializers.CharField()
    group = serializers.CharField()
    title = serializers.CharField()
    why = serializers.CharField()
    who = serializers.CharField()
    how_long = serializers.CharField()
    fields_ = serializers.DictField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.DictField())

    def get_fields(self) -> dict[str, serializers.Field[object, object, object, object]]:
        found = super().get_fields()
        found["fields"] = found.pop("fields_")
        return found


class OwnFileSerializer(serializers.Serializer[dict[str, object]]):
    person = serializers.CharField()
    made_at = serializers.DateTimeField()
    tables = StoredTableSerializer(many=True)


class Me(ApiView):
    """Die anfragende Person und alles, was über sie gespeichert ist (Auskunft nach Art. 15 DSGVO)."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=OwnFileSerializer)
    def get(self, request: Request) -> Response:
        return Response(take_own_file(cast("User", request.user), "json"))
