"""What waits for whoever asks, in the API."""

from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.models import User
from ozg_tracker.accounts.waiting import waiting_for
from ozg_tracker.api.views import ApiView


class OwnTaskSerializer(serializers.Serializer[Any]):
    municipality = serializers.IntegerField()
    day = serializers.DateField(allow_null=True, help_text=_("null: ohne Tag"))
    what = serializers.CharField()
    words = serializers.CharField()
    room = serializers.CharField()
    deed = serializers.CharField()
    address = serializers.CharField(help_text=_("Seite, auf der es geschieht"))


class OwnTasksSerializer(serializers.Serializer[Any]):
    results = OwnTaskSerializer(many=True)


class MyTasks(ApiView):
    """Was auf die anfragende Person wartet, aus allen Bereichen und allen ihren Kommunen."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=forced_singular_serializer(OwnTasksSerializer))  # type: ignore[no-untyped-call]
    def get(self, request: Request) -> Response:
        """Meine Aufgaben, nach Tag."""
        held = cast("User", request.user).memberships.select_related("municipality", "department", "user")
        found = [(each.municipality_id, task) for each in held.order_by("pk") for task in waiting_for(each)]
        names = ("day", "what", "words", "room", "deed", "address")
        lines = [{"municipality": where} | {name: getattr(task, name) for name in names} for where, task in found]
        return Response({"results": lines})
