"""Anybody's check of a report in the API: no sign-in, nothing stored, so many a minute from one address."""

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import ApiView, Keys
from reports import months
from reports.exporting.checking import HASH, Checked, check_file, check_hash
from reports.exporting.embedded import MOST_MB
from reports.publishing.asking import Checking
from reports.telling.checked import told


class CheckRequest(RequestBody):
    file = serializers.FileField(help_text=_("PDF, XLSX, ODS, CSV, JSON oder HTML; sie wird nicht gespeichert"))


class ReplacedSerializer(serializers.Serializer[Any]):
    edition = serializers.IntegerField()
    sha256 = serializers.CharField()
    reason = serializers.CharField()


class SignatureSerializer(serializers.Serializer[Any]):
    valid = serializers.BooleanField()
    public_key = serializers.CharField(help_text=_("Ed25519, 64 Zeichen"))
    signature = serializers.CharField(help_text=_("über die Bytes der JSON-Datei, 128 Zeichen"))


class CheckedMunicipalitySerializer(serializers.Serializer[Any]):
    ars = serializers.CharField()
    name = serializers.CharField()


class CheckedSerializer(serializers.Serializer[Any]):
    finding = serializers.ChoiceField(("unchanged", "figures_unchanged", "changed", "unknown"))
    message = serializers.CharField()
    municipality = CheckedMunicipalitySerializer(allow_null=True)
    month = serializers.CharField(allow_null=True)
    edition = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    replaced_by = ReplacedSerializer(allow_null=True)
    whole_chain = serializers.BooleanField()
    head = serializers.CharField(allow_blank=True, help_text=_("Prüfsumme der neuesten Ausgabe der Kommune"))
    signature = SignatureSerializer(allow_null=True)


class Check(ApiView):
    """Welche Ausgabe eines Berichts eine Datei oder Prüfsumme ist, ob sie unverändert ist und gilt; ohne Anmeldung."""

    permission_classes = (AllowAny,)
    throttle_classes = (Checking,)
    parser_classes = (MultiPartParser,)

    def query_keys(self) -> Keys:
        return ("sha256",) if self.request.method == "GET" else ()

    @extend_schema(parameters=[OpenApiParameter("sha256", str, required=True)], responses=CheckedSerializer)
    def get(self, request: Request) -> Response:
        """Nach der Prüfsumme fragen."""
        asked = request.query_params.get("sha256", "").strip()
        if not HASH.fullmatch(asked.lower()):
            message = _t("Eine Prüfsumme hat 64 Zeichen, Ziffern und die Buchstaben a bis f.")
            raise ValidationError({"sha256": [ErrorDetail(message, "invalid")]})
        return Response(_said(check_hash(asked)))

    @extend_schema(request=CheckRequest, responses=CheckedSerializer)
    def post(self, request: Request) -> Response:
        """Eine Datei prüfen."""
        sent = CheckRequest.read(request)
        file = sent["file"]
        if file.size > MOST_MB * 1024 * 1024:
            message = _t("Die Datei ist größer als %d MB. Ein Sachstandsbericht ist das nie.") % MOST_MB
            raise ValidationError({"file": [ErrorDetail(message, "too_large")]})
        return Response(_said(check_file(file.read())))


def _said(found: Checked) -> dict[str, Any]:
    edition, replaced = found.edition, found.replaced_by
    answer = told(found)
    signature = getattr(edition, "signature", None)
    return {
        "finding": str(found.finding),
        "message": " ".join(part for part in (f"{answer.heading}:", answer.sentence, answer.mind) if part),
        "municipality": {"ars": edition.municipality.ars, "name": edition.municipality.name} if edition else None,
        "month": months.name(edition.month) if edition else None,
        "edition": edition.number if edition else None,
        "sha256": edition.sha256 if edition else None,
        "approved_at": edition.approved_at if edition else None,
        "replaced_by": {"edition": replaced.number, "sha256": replaced.sha256, "reason": replaced.correction_reason}
        if replaced
        else None,
        "whole_chain": found.whole_chain,
        "head": found.head,
        "signature": {
            "valid": bool(found.signed),
            "public_key": signature.public_key,
            "signature": signature.signature,
        }
        if signature
        else None,
    }
