"""The address of one's own calendar, in the API."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.calendar.address import calendar_address, end_address, renew_address
from ozg_tracker.accounts.models import User
from ozg_tracker.api.views import ApiView


class CalendarAddressSerializer(serializers.Serializer[dict[str, str | None]]):
    address = serializers.URLField(allow_null=True)


class MyCalendar(ApiView):
    """Die geheime Adresse, unter der ein Kalenderprogramm die eigenen Termine abholt."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=CalendarAddressSerializer)
    def get(self, request: Request) -> Response:
        return Response({"address": calendar_address(cast("User", request.user)) or None})

    @extend_schema(request=None, responses={201: CalendarAddressSerializer})
    def post(self, request: Request) -> Response:
        """Die Adresse anlegen oder erneuern; die frühere gilt nicht mehr."""
        return Response({"address": renew_address(cast("User", request.user))}, 201)


class EndMyCalendar(ApiView):
    """Die Kalenderadresse beenden."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        end_address(cast("User", request.user))
        return Response(status=204)
