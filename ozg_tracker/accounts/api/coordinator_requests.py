"""Proposals for new coordinators in the API: what waits for a second person, and its decision."""

from typing import cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.coordinators import decide
from ozg_tracker.accounts.filters import CoordinatorRequestFilter
from ozg_tracker.accounts.models import CoordinatorRequest, User
from ozg_tracker.accounts.models.membership_events import LONGEST_REASON
from ozg_tracker.api.ids import id_or_404
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection


class CoordinatorRequestSerializer(serializers.ModelSerializer[CoordinatorRequest]):
    username = serializers.CharField(source="user.username")
    asked_by = serializers.CharField(source="asked_by.username")
    decided_by = serializers.CharField(source="decided_by.username", allow_null=True)

    class Meta:
        model = CoordinatorRequest
        fields = (
            *("id", "municipality", "username", "department", "effective_on", "reason", "asked_by", "asked_at"),
            *("outcome", "decided_by", "decided_at"),
        )


class DecisionRequest(RequestBody):
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=LONGEST_REASON)


class CoordinatorRequests(Collection):
    """Vorschläge für die Koordination; „outcome“ ist leer, solange eine zweite Person noch nicht entschieden hat."""

    serializer_class = CoordinatorRequestSerializer
    filterset_class = CoordinatorRequestFilter
    orderings = ("id",)
    closed_to = ("manager", "staff", "council")

    def get_queryset(self) -> QuerySet[CoordinatorRequest]:
        return CoordinatorRequest.objects.visible_to(self.request.user)

    @extend_schema(request=DecisionRequest, responses=CoordinatorRequestSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Die Person wird OZG-Koordination; bestätigen kann nur eine zweite Person."""
        return self._decided(request, pk, confirmed=True)

    @extend_schema(request=DecisionRequest, responses=CoordinatorRequestSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        """Die Person bleibt, was sie ist."""
        return self._decided(request, pk, confirmed=False)

    def _decided(self, request: Request, pk: str, *, confirmed: bool) -> Response:
        found = get_object_or_404(self.get_queryset().select_related("municipality"), pk=id_or_404(pk))
        sent = DecisionRequest.read(request)
        decide(found, confirmed=confirmed, reason=sent["reason"], by=cast("User", request.user))
        return Response(self.item(found.pk))
