"""Editions of the council's report in the API, and their exports."""

import json
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from ozg_tracker.accounts.models import Deed
from ozg_tracker.api.docs import FILE
from ozg_tracker.api.paging import Row
from ozg_tracker.api.views import Keys
from reports.api.asking import refuse
from reports.api.questions import Questioning
from reports.exporting.export_edition import MEDIA_TYPES, PAPERS, export_edition
from reports.filters import EditionFilter
from reports.models import Edition, EditionSignature

_FORMAT = OpenApiParameter("format", str, required=True, enum=tuple(MEDIA_TYPES), description=gettext_lazy("Format"))


class EditionSerializer(serializers.ModelSerializer[Edition]):
    class Meta:
        model = Edition
        fields = (
            *("id", "municipality", "month", "number", "state", "sha256", "previous_sha256", "known_at"),
            *("catalogue_import", "correction_reason", "submitted_at", "approved_at", "object_until", "publish_at"),
        )


class EditionSignatureSerializer(serializers.ModelSerializer[EditionSignature]):
    class Meta:
        model = EditionSignature
        fields = ("public_key", "signature")


@extend_schema_field(
    {
        "oneOf": [
            {"$ref": "#/components/schemas/Figures"},
            {"$ref": "#/components/schemas/FiguresOfSchema1"},
        ]
    }
)
class FiguresField(serializers.DictField):
    """The figures as frozen: of the published schema, and of older editions in the form that they have."""


class EditionWithFiguresSerializer(EditionSerializer):
    figures = FiguresField(help_text=gettext_lazy("Kennzahlen der Ausgabe, Schema 2 (früher 1)"))

    signature = EditionSignatureSerializer(
        source="*", allow_null=True, help_text=gettext_lazy("Unterschrift der Kommune unter der JSON-Datei, Ed25519")
    )

    class Meta:
        model = Edition
        fields = (*EditionSerializer.Meta.fields, "figures", "signature")


class Editions(Questioning):
    """Ausgaben des Sachstandsberichts: veröffentlichte; als Koordination alle, als Leitung auch was geprüft wird."""

    serializer_class = EditionSerializer
    filterset_class = EditionFilter
    orderings = ("id", "month", "number")
    expandable = {"municipality": "municipalities", "catalogue_import": "catalogue-imports"}
    closed_to = ("operator",)

    def get_queryset(self) -> QuerySet[Edition]:
        return Edition.objects.visible_to(self.request.user)

    def get_serializer_class(self) -> type[Any]:
        return EditionSerializer if self.action == "list" else EditionWithFiguresSerializer

    def query_keys(self) -> Keys:
        return ("format",) if self.action == "export" else super().query_keys()

    def item(self, pk: int) -> Row:
        row = super().item(pk)
        row["figures"] = json.loads(row["figures"])
        row["signature"] = EditionSignature.objects.filter(edition=pk).values("public_key", "signature").first()
        return row

    @extend_schema(parameters=[_FORMAT], responses=FILE)
    @action(detail=True)
    def export(self, request: Request, pk: str) -> HttpResponse:
        """Die Ausgabe als Datei, aus den festgeschriebenen Kennzahlen allein; DOCX und ODT sind die Mitteilungsvorlage
        zum Bearbeiten, für die Koordination.
        """
        wanted = request.query_params.get("format", "")
        if wanted not in MEDIA_TYPES:
            message = _("Als Format geht: %s.") % ", ".join(MEDIA_TYPES)
            raise ValidationError({"format": [ErrorDetail(message, "invalid_choice")]})
        edition = get_object_or_404(self.get_queryset().select_related("municipality"), pk=pk)
        if wanted in PAPERS:
            refuse(request, edition.municipality, Deed.DECIDE_EDITIONS)
        response = HttpResponse(export_edition(edition, wanted), content_type=MEDIA_TYPES[wanted])
        kind = "mitteilungsvorlage" if wanted in PAPERS else "sachstandsbericht"
        name = f"{kind}-{edition.municipality.ars}-{edition.month:%Y-%m}-{edition.number}.{wanted}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        # the format of an export is chosen by `format`, whatever Accept says
        return super().perform_content_negotiation(request, force or self.action == "export")
