"""Municipalities in the API."""

from typing import cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.coordinators import set_second_coordinator
from ozg_tracker.accounts.filters import MunicipalityFilter
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.api.ids import id_or_404
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Rows


class MunicipalitySerializer(serializers.ModelSerializer[Municipality]):
    ags = serializers.CharField(source="*", help_text=_("Amtlicher Gemeindeschlüssel"))
    maturity_model = serializers.CharField(source="maturity_model.version")
    conform_level = serializers.IntegerField(source="maturity_model.conform_level", help_text=_("fertig ab Reifegrad"))

    class Meta:
        model = Municipality
        fields = (
            *("id", "name", "ars", "ags", "kind", "maturity_model", "maturity_model_since", "conform_level"),
            "asks_second_coordinator",
        )


class SecondCoordinatorRequest(RequestBody):
    asked = serializers.BooleanField(help_text=_("ob eine zweite Person jede neue Koordination bestätigt"))
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class Municipalities(Collection):
    """Kommunen, in denen Sie eine Rolle haben."""

    serializer_class = MunicipalitySerializer
    filterset_class = MunicipalityFilter
    orderings = ("id", "name", "ars")

    def get_queryset(self) -> QuerySet[Municipality]:
        return Municipality.objects.visible_to(self.request.user)

    @extend_schema(request=SecondCoordinatorRequest, responses=MunicipalitySerializer)
    @action(detail=True, methods=["post"], url_path="second-coordinator")
    def second_coordinator(self, request: Request, pk: str) -> Response:
        """Ob eine zweite Person jede neue Koordination bestätigt; darauf verzichten kann nur der Betrieb."""
        found = get_object_or_404(self.get_queryset(), pk=id_or_404(pk))
        sent = SecondCoordinatorRequest.read(request)
        set_second_coordinator(found, **sent, by=cast("User", request.user))
        return Response(self.item(found.pk))

    def fill(self, rows: Rows) -> None:
        for row in rows:
            row["ags"] = Municipality(ars=row["ars"]).ags
