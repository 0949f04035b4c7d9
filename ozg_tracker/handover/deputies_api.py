"""Deputies in the API: who stands in for whom, naming one, and calling it off."""

from typing import cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.journal.reading import tell_read
from ozg_tracker.accounts.models import Deputyship, User
from ozg_tracker.accounts.models.deputies import LONGEST_DEPUTY_REASON
from ozg_tracker.accounts.named import named_municipality, no_such
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.ids import id_or_404
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Rows
from ozg_tracker.handover.deputies import call_off_deputy, name_deputy, who_can_be_represented, who_can_stand_in
from ozg_tracker.handover.filters import DeputyshipFilter


class DeputyshipSerializer(serializers.ModelSerializer[Deputyship]):
    absent = serializers.CharField(source="absent.username", help_text=_("Benutzername"))
    deputy = serializers.CharField(source="deputy.username", help_text=_("Benutzername"))
    by = serializers.CharField(source="by.username", help_text=_("Benutzername"))
    called_off_by = serializers.CharField(
        source="called_off_by.username", allow_null=True, help_text=_("null: nicht abgesagt")
    )

    class Meta:
        model = Deputyship
        fields = (
            *("id", "municipality", "absent", "deputy", "starts_on", "until", "reason", "by", "recorded_at"),
            *("called_off_by", "called_off_at"),
        )


class NewDeputyshipRequest(RequestBody):
    municipality = serializers.IntegerField()
    absent = serializers.CharField(max_length=150, help_text=_("Benutzername"))
    deputy = serializers.CharField(max_length=150, help_text=_("Benutzername"))
    starts_on = DayInBody(help_text=_("erster Tag"))
    until = DayInBody(help_text=_("letzter Tag"))
    reason = serializers.CharField(max_length=LONGEST_DEPUTY_REASON)


class Deputies(Collection):
    """Vertretungen: wer in welchen Tagen für wen den Stand meldet."""

    serializer_class = DeputyshipSerializer
    filterset_class = DeputyshipFilter
    orderings = ("id",)
    closed_to = ("operator", "council")

    def get_queryset(self) -> QuerySet[Deputyship]:
        return Deputyship.objects.visible_to(self.request.user)

    def told(self, rows: Rows) -> None:
        by = cast("User", self.request.user)
        mine = {by.username}
        others = (row["municipality"] for row in rows if not mine & {row["absent"], row["deputy"]})
        tell_read(_("Vertretungen"), others, by=by)

    @extend_schema(request=NewDeputyshipRequest, responses={201: DeputyshipSerializer})
    def create(self, request: Request) -> Response:
        """Eine Vertretung benennen; sie endet nach ihrem letzten Tag von selbst."""
        sent, by = NewDeputyshipRequest.read(request), cast("User", request.user)
        municipality = named_municipality(request, sent.pop("municipality"))
        people = {
            "absent": who_can_be_represented(municipality, by).filter(username=sent.pop("absent")).first(),
            "deputy": who_can_stand_in(municipality).filter(username=sent.pop("deputy")).first(),
        }
        for name, person in people.items():
            if person is None:
                raise no_such(name, _t("Diese Person gibt es hier nicht."))
        made = name_deputy(municipality, **people, **sent, by=by)  # type: ignore[arg-type]  # none is None by now
        return Response(self.item(made.pk), status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=DeputyshipSerializer)
    @action(detail=True, methods=["post"], url_path="call-off")
    def call_off(self, request: Request, pk: str) -> Response:
        """Die Vertretung endet jetzt."""
        found = get_object_or_404(self.get_queryset(), pk=id_or_404(pk))
        call_off_deputy(found, by=cast("User", request.user))
        return Response(self.item(found.pk))
