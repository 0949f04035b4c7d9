"""Successions of a catalogue release in the API: who takes whose place, and deciding it."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.catalogue import CLOSED_TO
from catalog.models import CatalogueImport, Succession
from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts import access
from ozg_tracker.accounts.models import Deed, Municipality, User
from ozg_tracker.accounts.named import named_municipality
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import ApiView, Keys
from ozg_tracker.tracking.releases.impact import Decided, successions_of
from ozg_tracker.tracking.releases.succession import decide
from ozg_tracker.tracking.rows.rights import keeps_catalogue

_MUNICIPALITY = OpenApiParameter("municipality", int, required=True, description=_("wessen Leistungen"))


class SuccessionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    old = serializers.IntegerField(help_text=_("Leistung des Katalogs, die ging"))
    new = serializers.IntegerField(help_text=_("Leistung des Katalogs, die ihren Platz einnimmt"))
    origin = serializers.ChoiceField(Succession.Origin.choices)
    similarity = serializers.IntegerField(allow_null=True, help_text=_("Ähnlichkeit der Namen in Prozent"))
    municipal_service = serializers.IntegerField(allow_null=True, help_text=_("die Leistung der Kommune dazu"))
    accepted = serializers.BooleanField(allow_null=True, help_text=_("was hier gilt; null: noch nicht entschieden"))
    reason = serializers.CharField(allow_blank=True)


class SuccessionsSerializer(serializers.Serializer[Any]):
    results = SuccessionSerializer(many=True)


class SuccessionRequest(RequestBody):
    municipality = serializers.IntegerField()
    successions = serializers.ListField(child=serializers.IntegerField(), allow_empty=False, max_length=1000)
    accept = serializers.BooleanField(help_text=_("bestätigen oder ablehnen"))
    reason = serializers.CharField(max_length=LONGEST_REASON)


class SuccessionsDecidedSerializer(SuccessionsSerializer):
    changed = serializers.IntegerField(help_text=_("Leistungen, die Zuständigkeit, Fachbereich und Stand übernahmen"))


class Successions(ApiView):
    """Nachfolgen, die ein Katalogimport nennt oder vorschlägt, die der eigenen Leistungen zuerst."""

    closed_to = CLOSED_TO

    def query_keys(self) -> Keys:
        return ("municipality",) if self.request.method in ("GET", "HEAD") else ()

    @extend_schema(parameters=[_MUNICIPALITY], responses=SuccessionsSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Nachfolgen, die ein Katalogimport nennt oder vorschlägt, die der eigenen Leistungen zuerst."""
        made = get_object_or_404(CatalogueImport, pk=pk)
        municipality = named_municipality(request, request.query_params.get("municipality"))
        return Response({"results": _told(made, municipality)})

    @extend_schema(request=SuccessionRequest, responses=SuccessionsDecidedSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Nachfolgen bestätigen oder ablehnen: wer den Katalog lädt, für alle Kommunen, sonst die Koordination."""
        sent = SuccessionRequest.read(request)
        made = get_object_or_404(CatalogueImport, pk=pk)
        municipality = named_municipality(request, sent["municipality"])
        by = cast("User", request.user)
        if not access.may(by, municipality, Deed.DECIDE_SUCCESSIONS):
            raise PermissionDenied(_t("Über Nachfolgen entscheidet die OZG-Koordination."))
        for_all = keeps_catalogue(access.membership(by, municipality))
        changed = decide(
            made,
            sent["successions"],
            accept=sent["accept"],
            municipality=None if for_all else municipality,
            by=by,
            reason=sent["reason"],
        )
        return Response({"changed": changed, "results": _told(made, municipality)})


def _told(made: CatalogueImport, municipality: Municipality) -> list[dict[str, Any]]:
    return [_one(each) for each in successions_of(made, municipality)]


def _one(found: Decided) -> dict[str, Any]:
    of = found.succession
    return {
        "id": of.pk,
        "old": of.old_id,
        "new": of.new_id,
        "origin": of.origin,
        "similarity": of.similarity,
        "municipal_service": found.row.pk if found.row else None,
        "accepted": found.accepted,
        "reason": found.said.reason,
    }
