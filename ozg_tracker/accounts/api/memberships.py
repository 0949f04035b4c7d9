"""Who was what in a municipality from which day on, in the API: as of any day, as known at any instant."""

from typing import cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.filters import MembershipEventFilter
from ozg_tracker.accounts.journal.reading import tell_read
from ozg_tracker.accounts.models import MembershipEvent, User
from ozg_tracker.accounts.models.membership_events import LONGEST_REASON
from ozg_tracker.accounts.people import call_off
from ozg_tracker.api.ids import id_or_404
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Rows


class MembershipSerializer(serializers.ModelSerializer[MembershipEvent]):
    username = serializers.CharField(source="user.username")
    by = serializers.CharField(source="by.username", allow_null=True, help_text=_("Benutzername"))
    role = serializers.CharField(allow_blank=True, help_text=_("leer: gehört von da an nicht mehr dazu"))

    class Meta:
        model = MembershipEvent
        fields = (
            *("id", "municipality", "username", "role", "department", "effective_on", "recorded_at", "by", "reason"),
        )


class CallOffMoveRequest(RequestBody):
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=LONGEST_REASON)


class Memberships(Collection):
    """Wer von welchem Tag an was ist; mit „as_of“ je Person nur, was an jenem Tag galt."""

    serializer_class = MembershipSerializer
    filterset_class = MembershipEventFilter
    orderings = ("id", "effective_on")
    closed_to = ("manager", "staff", "council")

    def get_queryset(self) -> QuerySet[MembershipEvent]:
        return MembershipEvent.objects.visible_to(self.request.user)

    def told(self, rows: Rows) -> None:
        by = cast("User", self.request.user)
        tell_read(_("Mitgliedschaften"), (row["municipality"] for row in rows if row["username"] != by.username), by=by)

    @extend_schema(request=CallOffMoveRequest, responses={204: None})
    @action(detail=True, methods=["post"], url_path="call-off")
    def call_off(self, request: Request, pk: str) -> Response:
        """Absagen, was für einen Tag vorgesehen ist, der noch kommt."""
        found = get_object_or_404(self.get_queryset().select_related("municipality"), pk=id_or_404(pk))
        sent = CallOffMoveRequest.read(request)
        call_off(found, reason=sent["reason"], by=cast("User", request.user))
        return Response(status=204)
