"""Maturity models in the API: the scales there are, and which municipality rates with which from which day on."""

from typing import cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import MaturityLevel, MaturityModel
from ozg_tracker.accounts.filters import MaturityModelChangeFilter, visible_municipalities
from ozg_tracker.accounts.maturity import call_off, change_model
from ozg_tracker.accounts.models import MaturityModelEvent, User
from ozg_tracker.accounts.models.maturity_events import LONGEST_REASON
from ozg_tracker.accounts.named import named_municipality, no_such
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.ids import id_or_404
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Rows


class LevelSerializer(serializers.ModelSerializer[MaturityLevel]):
    class Meta:
        model = MaturityLevel
        fields = ("number", "name", "meaning")


class MaturityModelSerializer(serializers.ModelSerializer[MaturityModel]):
    levels = LevelSerializer(many=True, source="*", help_text=gettext_lazy("vom niedrigsten an"))

    class Meta:
        model = MaturityModel
        fields = ("id", "version", "name", "valid_from", "conform_level", "online_level", "source", "levels")


class MaturityModels(Collection):
    """Reifegradmodelle mit ihren Reifegraden; „fertig“ ist eine Leistung ab „conform_level“."""

    serializer_class = MaturityModelSerializer
    orderings = ("id", "version")

    def get_queryset(self) -> QuerySet[MaturityModel]:
        return MaturityModel.objects.all()

    def fill(self, rows: Rows) -> None:
        found = MaturityLevel.objects.filter(model__in=[row["id"] for row in rows]).order_by("number")
        levels = list(found.values("model", "number", "name", "meaning"))
        for row in rows:
            own = [level for level in levels if level["model"] == row["id"]]
            row["levels"] = [{name: level[name] for name in ("number", "name", "meaning")} for level in own]


class ModelChangeSerializer(serializers.ModelSerializer[MaturityModelEvent]):
    maturity_model = serializers.CharField(source="model.version")
    by = serializers.CharField(source="by.username", allow_null=True, help_text=gettext_lazy("Benutzername"))

    class Meta:
        model = MaturityModelEvent
        fields = ("id", "municipality", "maturity_model", "effective_on", "recorded_at", "by", "reason")


class ModelChangeRequest(RequestBody):
    municipality = serializers.IntegerField()
    maturity_model = serializers.CharField(max_length=8, help_text=gettext_lazy("Fassung, etwa 2.0"))
    effective_on = DayInBody(required=False, help_text=gettext_lazy("gilt ab; ohne Angabe: heute"))
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text=gettext_lazy("Begründung"))


class CallOffModelRequest(RequestBody):
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=LONGEST_REASON)


class MaturityModelChanges(Collection):
    """Wechsel des Reifegradmodells einer Kommune, jeder von einem Tag an. Umgerechnet wird dabei nichts."""

    serializer_class = ModelChangeSerializer
    filterset_class = MaturityModelChangeFilter
    orderings = ("id", "effective_on")
    closed_to = ("council",)

    def get_queryset(self) -> QuerySet[MaturityModelEvent]:
        return MaturityModelEvent.objects.filter(municipality__in=visible_municipalities(self.request))

    @extend_schema(request=ModelChangeRequest, responses={201: ModelChangeSerializer})
    def create(self, request: Request) -> Response:
        """Das Modell von einem Tag an wechseln; was bewertet ist, wartet darauf, neu bewertet zu werden."""
        body = ModelChangeRequest(data=request.data)
        body.is_valid(raise_exception=True)
        sent = dict(body.validated_data)
        municipality = named_municipality(request, sent.pop("municipality"))
        model = MaturityModel.objects.filter(version=sent.pop("maturity_model")).first()
        if model is None:
            raise no_such("maturity_model", _("Dieses Reifegradmodell gibt es nicht."))
        made = change_model(municipality, model, **sent, by=cast("User", request.user))
        return Response(self.item(made.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=CallOffModelRequest, responses={201: ModelChangeSerializer})
    @action(detail=True, methods=["post"], url_path="call-off")
    def call_off(self, request: Request, pk: str) -> Response:
        """Einen Wechsel absagen, dessen Tag noch kommt: Es gilt weiter, was am Tag davor gilt."""
        found = get_object_or_404(self.get_queryset().select_related("municipality", "model"), pk=id_or_404(pk))
        sent = CallOffModelRequest.read(request)
        made = call_off(found, reason=sent["reason"], by=cast("User", request.user))
        return Response(self.item(made.pk), status=status.HTTP_201_CREATED)
