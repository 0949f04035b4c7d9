"""Cases of services by channel, in the API."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, NumberFilter
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.filters import visible_municipalities
from ozg_tracker.accounts.models import User
from ozg_tracker.accounts.named import named_municipality
from ozg_tracker.api.days import InstantFilter
from ozg_tracker.api.filters import FilterSet, VisibleChoiceFilter
from ozg_tracker.api.ids import BIGGEST, named_in
from ozg_tracker.api.paging import as_dicts
from ozg_tracker.api.serializers import ListProblemSerializer, RequestBody
from ozg_tracker.api.views import Collection
from ozg_tracker.tracking.cases.known import last_said
from ozg_tracker.tracking.cases.recording import Entry, Number, record_cases
from ozg_tracker.tracking.exchange.import_cases import import_cases
from ozg_tracker.tracking.filters import visible_rows
from ozg_tracker.tracking.models import (
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST_CASE_REASON,
    MOST_CASES,
    CaseCount,
    Channel,
    MunicipalService,
)
from ozg_tracker.tracking.rows.rights import rights_in
from ozg_tracker.tracking.uploads import refuse_large, remove, store

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


class CaseCountFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities, label=_("Kommune"))
    service = VisibleChoiceFilter(field_name="row", visible=visible_rows)
    year = NumberFilter(min_value=FIRST_YEAR, max_value=LAST_YEAR, label=_("Jahr"))
    channel = ChoiceFilter(choices=Channel.choices, label=_("Eingangskanal"))
    known_at = InstantFilter(
        method="holding_at",
        label=_("wie zu diesem Zeitpunkt bekannt"),
        help_text=_("je Leistung, Jahr und Kanal nur die Angabe, die da galt"),
    )

    class Meta:
        model = CaseCount
        fields: list[str] = []

    def holding_at(self, counts: "QuerySet[CaseCount]", name: str, instant: datetime) -> "QuerySet[CaseCount]":
        return counts.filter(pk__in=last_said(counts, instant).values("pk"))


class CaseCountSerializer(serializers.ModelSerializer[CaseCount]):
    service = serializers.IntegerField(source="row", help_text=_("„id“ der Leistung der Kommune"))
    by = serializers.CharField(source="by.username", allow_null=True, help_text=_("Benutzername"))
    on_behalf_of = serializers.CharField(
        source="on_behalf_of.username", allow_null=True, help_text=_("Benutzername; null: niemand wurde vertreten")
    )
    channel = serializers.ChoiceField(choices=Channel.choices)
    how = serializers.ChoiceField(choices=CaseCount.How.choices)

    class Meta:
        model = CaseCount
        fields = (
            *("id", "municipality", "service", "year", "channel", "number", "low", "high"),
            *("how", "reason", "by", "on_behalf_of", "recorded_at"),
        )


class NumbersRequest(RequestBody):
    """A number for each channel that is named; null: it is not known."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            channel: serializers.IntegerField(
                required=False, allow_null=True, min_value=0, max_value=MOST_CASES, help_text=str(label)
            )
            for channel, label in Channel.choices
        }


class CaseCountRequest(RequestBody):
    service = serializers.IntegerField(help_text=_("„id“ der Leistung der Kommune"))
    year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    numbers = NumbersRequest()
    reason = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_CASE_REASON)
    seen = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=BIGGEST,
        help_text=_(
            "„id“ der letzten Angabe zu Leistung und Jahr, die Sie kennen, 0: keine; hat jemand seither etwas "
            "eingetragen, wird nichts gespeichert"
        ),
    )


class CaseListRequest(RequestBody):
    file = serializers.FileField(help_text=_("die Liste: XLSX, ODS oder CSV"))
    municipality = serializers.IntegerField()
    dry_run = serializers.BooleanField(required=False, default=False, help_text=_("nur sagen, was sich ändern würde"))

    def validate_file(self, file: "UploadedFile[Any]") -> "UploadedFile[Any]":
        return refuse_large(file)


class CaseListSerializer(serializers.Serializer[Any]):
    rows = serializers.IntegerField()
    applied = serializers.BooleanField()
    entered = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    problems = ListProblemSerializer(many=True)


class CaseCountsSerializer(serializers.Serializer[Any]):
    results = CaseCountSerializer(many=True)


class CaseCounts(Collection):
    """Fallzahlen von Leistungen nach Jahr und Eingangskanal; sie kommen nur hinzu, und die letzte gilt."""

    serializer_class = CaseCountSerializer
    filterset_class = CaseCountFilter
    closed_to = ("operator", "council")

    def get_queryset(self) -> QuerySet[CaseCount]:
        return CaseCount.objects.visible_to(self.request.user)

    @extend_schema(
        request=CaseCountRequest,
        responses={201: forced_singular_serializer(CaseCountsSerializer)},  # type: ignore[no-untyped-call]
    )
    def create(self, request: Request) -> Response:
        """Fälle einer Leistung in einem Jahr eintragen; was schon so gilt, kommt nicht noch einmal hinzu."""
        sent = CaseCountRequest.read(request)
        by = cast("User", request.user)
        rows = MunicipalService.objects.visible_to(by).select_related("municipality")
        row = named_in(rows, sent["service"])
        if row is None:
            raise ValidationError({"service": [ErrorDetail(_t("Diese Leistung gibt es nicht."), "does_not_exist")]})
        numbers = {channel: Number(value) for channel, value in sent["numbers"].items()}
        entry = Entry(row.pk, sent["year"], numbers, sent.get("seen"))
        rights = rights_in(row.municipality, by)
        made = record_cases(row.municipality, [entry], by=by, rights=rights, reason=sent.get("reason", ""))
        kept = self.get_queryset().filter(pk__in=[each.pk for each in made]).order_by("pk")
        return Response({"results": as_dicts(kept, self.columns(), len(made))}, status=status.HTTP_201_CREATED)

    @extend_schema(
        request=CaseListRequest,
        responses=forced_singular_serializer(CaseListSerializer),  # type: ignore[no-untyped-call]
    )
    @action(detail=False, methods=["post"], url_path="import", parser_classes=(MultiPartParser,))
    def import_file(self, request: Request) -> Response:
        """Fälle aus einer Liste eintragen, alles oder nichts; mit „dry_run“ nur der Plan."""
        sent = CaseListRequest.read(request)
        municipality = named_municipality(request, sent["municipality"])
        path = store(sent["file"])
        try:
            outcome = import_cases(path, municipality, dry_run=sent["dry_run"], by=cast("User", request.user))
        finally:
            remove(path)
        return Response(outcome.as_json())
