"""How often oneself is reminded, in the API."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.models import HowOften, User
from ozg_tracker.accounts.reminder_choices import choice_of, choose
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import ApiView


class ReminderChoiceSerializer(RequestBody):
    how_often = serializers.ChoiceField(choices=HowOften.choices)
    quiet_from = serializers.IntegerField(min_value=0, max_value=23)
    quiet_until = serializers.IntegerField(min_value=0, max_value=23)


class MyReminders(ApiView):
    """Wie oft und zu welchen Stunden man an etwas erinnert wird."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=ReminderChoiceSerializer)
    def get(self, request: Request) -> Response:
        return Response(ReminderChoiceSerializer(choice_of(cast("User", request.user))).data)

    @extend_schema(request=ReminderChoiceSerializer(partial=True), responses=ReminderChoiceSerializer)
    def patch(self, request: Request) -> Response:
        """Was genannt ist, gilt von jetzt an; das Übrige bleibt."""
        user = cast("User", request.user)
        body = ReminderChoiceSerializer(choice_of(user), data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        now = ReminderChoiceSerializer(choice_of(user)).data
        return Response(ReminderChoiceSerializer(choose(user, **(now | body.validated_data))).data)
