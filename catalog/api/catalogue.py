"""The catalogue in the API, for everybody who works with it."""

from collections import defaultdict

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.filters import BundleFilter, CatalogueImportFilter, NameFilter, ServiceFilter, SituationFilter
from catalog.models import Bundle, CatalogueImport, ImportProblem, Service, ServiceBundle, Situation, Topic
from ozg_tracker.api.views import Collection, Rows

CLOSED_TO = ("council",)


class TopicSerializer(serializers.ModelSerializer[Topic]):
    class Meta:
        model = Topic
        fields = ("id", "name")


class Topics(Collection):
    """Themenfelder."""

    serializer_class = TopicSerializer
    filterset_class = NameFilter
    orderings = ("id", "name")
    closed_to = CLOSED_TO

    def get_queryset(self) -> QuerySet[Topic]:
        return Topic.objects.all()


class SituationSerializer(serializers.ModelSerializer[Situation]):
    class Meta:
        model = Situation
        fields = ("id", "topic", "name")


class Situations(Collection):
    """Lebens- und Geschäftslagen."""

    serializer_class = SituationSerializer
    filterset_class = SituationFilter
    orderings = ("id", "name")
    closed_to = CLOSED_TO

    def get_queryset(self) -> QuerySet[Situation]:
        return Situation.objects.all()


class BundleSerializer(serializers.ModelSerializer[Bundle]):
    class Meta:
        model = Bundle
        fields = ("id", "ozg_id", "name", "situation", "since", "retired_on")


class Bundles(Collection):
    """OZG-Leistungen (Leistungsbündel)."""

    serializer_class = BundleSerializer
    filterset_class = BundleFilter
    orderings = ("id", "ozg_id", "name")
    closed_to = CLOSED_TO

    def get_queryset(self) -> QuerySet[Bundle]:
        return Bundle.objects.filter(ozg_id__isnull=False)


class ServiceSerializer(serializers.ModelSerializer[Service]):
    types = serializers.ListField(child=serializers.CharField(), help_text=_("in der Reihenfolge des Katalogs"))
    bundles = serializers.ListField(child=serializers.CharField(), source="*", help_text=_("OZG-IDs, aufsteigend"))

    class Meta:
        model = Service
        fields = (
            *("id", "key", "name", "name2", "types", "bundles", "legal_basis", "law", "synonyms", "sdg"),
            *("official", "countable", "since", "retired_on"),
        )


class Services(Collection):
    """LeiKa-/FIM-Leistungen."""

    serializer_class = ServiceSerializer
    filterset_class = ServiceFilter
    orderings = ("id", "key", "name")
    closed_to = CLOSED_TO

    def get_queryset(self) -> QuerySet[Service]:
        return Service.objects.filter(official=True)

    def fill(self, rows: Rows) -> None:
        bundles: defaultdict[int, list[str]] = defaultdict(list)
        links = ServiceBundle.objects.filter(until=None, service__in=[row["id"] for row in rows])
        for service, ozg_id in links.order_by("bundle__ozg_id").values_list("service", "bundle__ozg_id"):
            bundles[service] += [ozg_id] if ozg_id else []
        for row in rows:
            row["types"] = row["types"].split(";") if row["types"] else []
            row["bundles"] = bundles[row["id"]]


class CatalogueImportSerializer(serializers.ModelSerializer[CatalogueImport]):
    release = serializers.CharField(source="release.label")

    class Meta:
        model = CatalogueImport
        fields = (
            *("id", "release", "file_name", "sha256", "partial", "applied_at", "rows", "undoes", "reason"),
            *("services_new", "services_changed", "services_unchanged", "services_returned", "services_retired"),
            *("bundles_new", "bundles_changed", "bundles_unchanged", "bundles_returned", "bundles_retired"),
            *("counting_now", "counting_no_longer"),
        )


class ImportProblemSerializer(serializers.ModelSerializer[ImportProblem]):
    class Meta:
        model = ImportProblem
        fields = ("id", "sheet", "row", "column", "severity", "code", "message")


class ImportProblems(Collection):
    """Was an der Datei eines Katalogimports zu beanstanden war, mit Blatt, Zeile und Spalte."""

    serializer_class = ImportProblemSerializer
    orderings = ("id", "severity", "row")
    closed_to = CLOSED_TO

    def list(self, request: Request, catalogue_import: int = 0) -> Response:
        return super().list(request)

    def get_queryset(self) -> QuerySet[ImportProblem]:
        if getattr(self, "swagger_fake_view", False):  # the description is made without a request
            return ImportProblem.objects.none()
        return get_object_or_404(CatalogueImport, pk=self.kwargs["catalogue_import"]).problems.all()


class CatalogueImports(Collection):
    """Katalogimporte, in der Reihenfolge, in der sie übernommen wurden."""

    serializer_class = CatalogueImportSerializer
    filterset_class = CatalogueImportFilter
    orderings = ("id", "applied_at")
    closed_to = CLOSED_TO

    def get_queryset(self) -> QuerySet[CatalogueImport]:
        return CatalogueImport.objects.all()
