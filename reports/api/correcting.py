"""In the API: months that would be counted otherwise today, several corrected in one deed, the rules of approval."""

from dataclasses import asdict
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.models import Deed
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.ids import id_or_404
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Keys
from reports.api.asking import own_municipality, refuse, user_of
from reports.api.publishing import Publishing
from reports.editions import approving
from reports.editions.correcting import correct_months, deviations
from reports.models import LONGEST_CORRECTION, Edition

_MUNICIPALITY = OpenApiParameter("municipality", int, required=True)


class CorrectMonthsRequest(RequestBody):
    municipality = serializers.IntegerField()
    months = serializers.ListField(child=DayInBody(), help_text=_("erster Tag jedes Monats"))
    reason = serializers.CharField(max_length=LONGEST_CORRECTION)


class CorrectedSerializer(serializers.Serializer[Any]):
    results = serializers.ListField(child=serializers.IntegerField(), help_text=_("„id“ der neuen Ausgaben"))


class DeviationSerializer(serializers.Serializer[Any]):
    month = serializers.DateField()
    number = serializers.IntegerField()
    then = serializers.CharField(help_text=_("wie berichtet: fertig von relevant"))
    now = serializers.CharField(help_text=_("nach heutigem Wissen"))
    causes = serializers.ListField(child=serializers.CharField())
    more = serializers.IntegerField(help_text=_("weitere Leistungen"))


class DeviationListSerializer(serializers.Serializer[Any]):
    results = DeviationSerializer(many=True)


class RulesSerializer(serializers.Serializer[Any]):
    second_person = serializers.BooleanField(help_text=_("Eine zweite Person genehmigt"))


class RulesRequest(RequestBody):
    municipality = serializers.IntegerField()
    second_person = serializers.BooleanField()


class Correcting(Publishing):
    """The part of the collection of editions that is about several of them, or none."""

    def query_keys(self) -> Keys:
        return ("municipality",) if self.action == "rules" else super().query_keys()

    @extend_schema(request=CorrectMonthsRequest, responses={201: CorrectedSerializer})
    @action(detail=False, methods=["post"], url_path="correct-months")
    def correct_months(self, request: Request) -> Response:
        """Mehrere Monate mit einer Begründung berichtigen: alle oder keinen."""
        sent = CorrectMonthsRequest.read(request)
        municipality = own_municipality(request, sent["municipality"], Deed.DECIDE_EDITIONS)
        made = correct_months(municipality, sent["months"], sent["reason"], user_of(request))
        return Response({"results": [each.pk for each in made]}, status=status.HTTP_201_CREATED)

    @extend_schema(responses=DeviationListSerializer)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def deviations(self, request: Request, pk: str) -> Response:
        """Frühere Monate, die nach dem Wissen dieser Ausgabe anders gezählt würden, und warum."""
        found: Edition = get_object_or_404(self.get_queryset().select_related("municipality"), pk=id_or_404(pk))
        refuse(request, found.municipality, Deed.DECIDE_EDITIONS)
        return Response({"results": [asdict(each) for each in deviations(found)]})

    @extend_schema(methods=["get"], parameters=[_MUNICIPALITY], responses=RulesSerializer)
    @extend_schema(methods=["patch"], request=RulesRequest, responses=RulesSerializer)
    @action(detail=False, methods=["get", "patch"], pagination_class=None, filterset_class=None)
    def rules(self, request: Request) -> Response:
        """Wie die Berichte einer Kommune genehmigt werden."""
        if request.method == "PATCH":
            sent = RulesRequest.read(request)
            municipality = own_municipality(request, sent["municipality"], Deed.DECIDE_EDITIONS)
            approving.set_rules(municipality, second_person=sent["second_person"], by=user_of(request))
        else:
            municipality = own_municipality(request, request.query_params.get("municipality"), Deed.DECIDE_EDITIONS)
        return Response({"second_person": approving.second_person(municipality)})
