"""The calendar file of the own trainings, and anybody's check of a certificate, in the API."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.calendar.writing import written_calendar
from ozg_tracker.api.views import ApiView, Keys
from ozg_tracker.training.api.bodies import person
from ozg_tracker.training.completing.certificates import LONGEST, check_certificate
from ozg_tracker.training.dates.calendar import training_entries


class TrainingCalendar(ApiView):
    """Die eigenen Schulungen als Kalenderdatei (iCalendar), wie die Seite sie herunterlädt."""

    closed_to = ("operator", "council")

    @extend_schema(responses={(200, "text/calendar"): OpenApiTypes.STR})
    def get(self, request: Request) -> HttpResponse:
        headers = {"Content-Disposition": 'attachment; filename="schulungen.ics"'}
        written = written_calendar(training_entries(person(request)))
        return HttpResponse(written, content_type="text/calendar; charset=utf-8", headers=headers)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        # there is one format, whatever Accept says
        return super().perform_content_negotiation(request, force=True)


class CertificateNumber(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=LONGEST)


class CertificateSerializer(serializers.Serializer[Any]):
    course = serializers.CharField()
    completed_on = serializers.DateField()
    municipality = serializers.CharField()
    name = serializers.CharField()
    holds = serializers.BooleanField(help_text=_("false: wurde berichtigt oder zurückgenommen"))
    valid_until = serializers.DateField(allow_null=True, help_text=_("null: unbefristet, oder gilt nicht mehr"))


class CertificateCheck(ApiView):
    """Ob eine Bescheinigung gilt, für jeden, der ihre Nummer hat; ohne Anmeldung."""

    authentication_classes = ()
    permission_classes = ()

    def query_keys(self) -> Keys:
        return ("number",)

    @extend_schema(
        auth=[],
        parameters=[OpenApiParameter("number", str, required=True, description=_("wie sie auf dem Papier steht"))],
        responses=CertificateSerializer,
    )
    def get(self, request: Request) -> Response:
        """Ob eine Bescheinigung gilt, für jeden, der ihre Nummer hat; 404, wenn es die Nummer nicht gibt."""
        asked = CertificateNumber(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = check_certificate(asked.validated_data["number"])
        if found is None:
            raise Http404
        return Response(
            CertificateSerializer(found).data, headers={"X-Robots-Tag": "noindex", "Cache-Control": "no-store"}
        )
