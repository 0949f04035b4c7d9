"""In the API: how a municipality stands beside others that agree, and whether it agrees."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.models import Deed, Municipality
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import ApiView, Keys
from reports import months
from reports.api.asking import own_municipality, user_of
from reports.comparing.agreeing import agree_to_comparison, agreement_of, end_comparison
from reports.comparing.shown import Comparison, compared_months, comparison_of
from reports.models import ComparedFigure, ComparedGroup

_MUNICIPALITY = OpenApiParameter("municipality", int, required=True)
_MONTH = OpenApiParameter("month", str, description="2026-10; ohne: der neueste verglichene")


class ComparedRateSerializer(serializers.Serializer[Any]):
    figure = serializers.ChoiceField(ComparedFigure.Figure.choices)
    numerator = serializers.IntegerField(help_text=_("der eigene Wert"))
    denominator = serializers.IntegerField()
    lower = serializers.IntegerField(allow_null=True, help_text=_("unteres Quartil der Gruppe, ganze Prozent"))
    median = serializers.IntegerField(allow_null=True)
    upper = serializers.IntegerField(allow_null=True)


class ComparedGroupSerializer(serializers.Serializer[Any]):
    grouping = serializers.ChoiceField(ComparedGroup.Grouping.choices)
    name = serializers.CharField()
    members = serializers.IntegerField(allow_null=True, help_text=_("null: Für diese Gruppe wird nichts gezeigt."))
    lines = ComparedRateSerializer(many=True)


class ComparisonSerializer(serializers.Serializer[Any]):
    agreed = serializers.BooleanField(help_text=_("false: Ohne Zustimmung gibt es keine Zahlen."))
    seen = serializers.IntegerField(help_text=_("was bei der nächsten Zustimmung als „seen“ zu schicken ist"))
    months = serializers.ListField(child=serializers.CharField(), help_text=_("die verglichenen, neueste zuerst"))
    month = serializers.CharField(allow_null=True)
    groups = ComparedGroupSerializer(many=True)


class AgreementRequest(RequestBody):
    municipality = serializers.IntegerField()
    agreed = serializers.BooleanField(help_text=_("false beendet die Teilnahme."))
    reason = serializers.CharField(max_length=LONGEST_REASON)
    seen = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        help_text=_("„seen“ dessen, was galt, als Sie lasen. Sonst wird nicht verglichen."),
    )


class Comparisons(ApiView):
    """Vergleich mit anderen Kommunen dieser Installation, die zustimmen."""

    closed_to = ("operator",)

    def query_keys(self) -> Keys:
        return ("municipality", "month") if self.request.method in ("GET", "HEAD") else ()

    @extend_schema(parameters=[_MUNICIPALITY, _MONTH], responses=ComparisonSerializer)
    def get(self, request: Request) -> Response:
        """Median und Quartile der Gruppen, zu denen die Kommune gehört, mit den eigenen Werten daneben."""
        asked = request.query_params
        municipality = own_municipality(request, asked.get("municipality"), Deed.READ_EDITIONS)
        return Response(_told(municipality, asked.get("month") or None))

    @extend_schema(request=AgreementRequest, responses=ComparisonSerializer)
    def post(self, request: Request) -> Response:
        """Dem Vergleich zustimmen oder die Teilnahme beenden."""
        sent = AgreementRequest.read(request)
        municipality = own_municipality(request, sent.pop("municipality"), Deed.DECIDE_EDITIONS)
        deed = agree_to_comparison if sent.pop("agreed") else end_comparison
        deed(municipality, user_of(request), **sent)
        return Response(_told(municipality, None))


def _told(municipality: Municipality, asked: str | None) -> dict[str, Any]:
    holds = agreement_of(municipality)
    agreed = holds is not None and holds.agreed
    known = compared_months() if agreed else []
    comparison = _comparison(municipality, [months.name(each) for each in known], asked)
    return {
        "agreed": agreed,
        "seen": holds.pk if holds else 0,
        "months": [months.name(each) for each in known],
        "month": months.name(comparison.month) if comparison else None,
        "groups": ComparedGroupSerializer(comparison.groups if comparison else [], many=True).data,
    }


def _comparison(municipality: Municipality, known: list[str], asked: str | None) -> Comparison | None:
    """None where nothing can be shown; NotFound for a month that was not compared."""
    name = asked or next(iter(known), None)
    if name is None:
        return None
    if name not in known:
        raise NotFound(_("Dieser Monat ist nicht verglichen."))
    return comparison_of(municipality, months.parse(name))
