"""Evidence in the API, and taking in a new file of the public directory."""

from typing import TYPE_CHECKING, Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts import access
from ozg_tracker.accounts.models import Deed, User
from ozg_tracker.accounts.named import named_municipality
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection
from ozg_tracker.tracking.exchange.import_evidence import import_evidence
from ozg_tracker.tracking.filters import EvidenceFilter
from ozg_tracker.tracking.models import Evidence
from ozg_tracker.tracking.uploads import refuse_large, remove, store

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    class Meta:
        model = Evidence
        fields = ("id", "row", "kind", "found_on", "url", "online", "origin", "recorded_at")


class EvidenceFileRequest(RequestBody):
    file = serializers.FileField(help_text=_("Verzeichnis aus Open-PVOG, CSV oder JSON"))
    municipality = serializers.IntegerField()
    dry_run = serializers.BooleanField(required=False, default=False, help_text=_("nur vergleichen, nichts aufnehmen"))

    def validate_file(self, file: "UploadedFile[Any]") -> "UploadedFile[Any]":
        return refuse_large(file)


class EvidenceImportSerializer(serializers.Serializer[Any]):
    rows = serializers.IntegerField(help_text=_("Zeilen der Datei"))
    matched = serializers.IntegerField(help_text=_("davon zu Leistungen der Kommune"))
    unknown_key = serializers.IntegerField()
    other_area = serializers.IntegerField(help_text=_("Zeilen für andere Gebiete"))
    agree = serializers.IntegerField()
    claimed_not_public = serializers.IntegerField(help_text=_("fertig, und nicht im Verzeichnis"))
    public_not_claimed = serializers.IntegerField(help_text=_("im Verzeichnis, und nicht fertig"))


class EvidenceCollection(Collection):
    """Nachweise: was andere Quellen von einer Leistung sagen."""

    serializer_class = EvidenceSerializer
    filterset_class = EvidenceFilter
    orderings = ("id", "found_on")
    expandable = {"row": "municipal-services"}
    closed_to = ("operator", "council")

    def get_queryset(self) -> QuerySet[Evidence]:
        return Evidence.objects.visible_to(self.request.user)

    @extend_schema(request=EvidenceFileRequest, responses=EvidenceImportSerializer)
    @action(detail=False, methods=["post"], url_path="import", parser_classes=(MultiPartParser,))
    def import_file(self, request: Request) -> Response:
        """Das öffentliche Verzeichnis als Datei einlesen und mit den Angaben vergleichen; dieselbe Datei noch einmal
        fügt nichts hinzu.
        """
        sent = EvidenceFileRequest.read(request)
        municipality = named_municipality(request, sent["municipality"])
        if not access.may(cast("User", request.user), municipality, Deed.IMPORT_EVIDENCE):
            raise PermissionDenied(_t("Das öffentliche Verzeichnis liest die OZG-Koordination ein."))
        path = store(sent["file"])
        try:
            outcome = import_evidence(path, municipality, dry_run=sent["dry_run"])
        finally:
            remove(path)
        return Response(outcome.as_json())
