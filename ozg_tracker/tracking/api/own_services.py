"""A municipality's own services in the API: read by who works on services, kept by the coordination."""

from typing import cast

from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Bundle, Service, Situation
from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts import access
from ozg_tracker.accounts.models import Deed, Municipality, User
from ozg_tracker.accounts.named import named_municipality, no_such
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.etags import etag, matches
from ozg_tracker.api.ids import id_or_404, named_in
from ozg_tracker.api.paging import Row
from ozg_tracker.api.problem_documents import Stale
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection
from ozg_tracker.tracking.filters import OwnServiceFilter
from ozg_tracker.tracking.models import MunicipalService, OwnService, Source
from ozg_tracker.tracking.own_services import (
    LONGEST,
    NewBundle,
    add_own_service,
    end_own_service,
    merge_own_service,
    rename_own_service,
)

_IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description=_('ETag des gelesenen Standes, etwa "4"')
)
_ETAG = OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200, 201, 412], description=_("Version"))


class OwnServiceSerializer(serializers.ModelSerializer[OwnService]):
    name = serializers.CharField(source="service.name")
    ozg_id = serializers.CharField(allow_null=True, help_text=_("null: in einem eigenen Bündel"))
    bundle = serializers.CharField(help_text=_("Name des Bündels"))
    municipal_service = serializers.IntegerField(help_text=_("„id“ der Leistung der Kommune"))
    ended_on = serializers.DateField(source="service.retired_on", allow_null=True)
    version = serializers.IntegerField(help_text=_("steht auch im ETag"))

    class Meta:
        model = OwnService
        fields = (
            *("id", "municipality", "service", "name", "file_key", "ozg_id", "bundle", "municipal_service"),
            *("ended_on", "merged_into", "version"),
        )


class Reasoned(RequestBody):
    reason = serializers.CharField(max_length=LONGEST_REASON)


class OwnServiceRequest(Reasoned):
    """Name and key in files; in a change, what is left out stays."""

    name = serializers.CharField(max_length=LONGEST)
    file_key = serializers.CharField(required=False, default="", allow_blank=True, max_length=80)


class NewOwnService(OwnServiceRequest):
    """In a bundle of the catalogue (`ozg_id`), or in one of the municipality's own (`bundle_name`)."""

    municipality = serializers.IntegerField()
    ozg_id = serializers.CharField(required=False, max_length=5)
    bundle_name = serializers.CharField(required=False, max_length=LONGEST)
    situation = serializers.IntegerField(required=False, help_text=_("nur, wenn das eigene Bündel neu ist"))
    department = serializers.IntegerField(required=False, allow_null=True)
    effective_on = DayInBody(required=False, allow_null=True, help_text=_("gilt ab; ohne: ab heute"))


class MergeOwnServiceRequest(Reasoned):
    service = serializers.IntegerField(help_text=_("„id“ der Leistung des Kataloges, die den Stand weiterführt"))


class OwnServices(Collection):
    """Eigene Leistungen der Kommune, die kein Katalog nennt; auch beendete."""

    serializer_class = OwnServiceSerializer
    filterset_class = OwnServiceFilter
    closed_to = ("operator", "council")

    def get_queryset(self) -> QuerySet[OwnService]:
        row = MunicipalService.objects.filter(municipality=OuterRef("municipality"), service=OuterRef("service"))
        return OwnService.objects.visible_to(self.request.user).annotate(
            ozg_id=F("service__bundles__ozg_id"),
            bundle=F("service__bundles__name"),
            municipal_service=Subquery(row.values("pk")[:1]),
            version=Coalesce(Max("changes"), 0),
        )

    @extend_schema(parameters=[_ETAG])
    def retrieve(self, request: Request, pk: str) -> Response:
        return _with_etag(self.item(id_or_404(pk)))

    @extend_schema(request=NewOwnService, responses={201: OwnServiceSerializer}, parameters=[_ETAG])
    def create(self, request: Request) -> Response:
        """Eine Leistung aufnehmen, die kein Katalog nennt; sie zählt von da an mit."""
        sent = NewOwnService.read(request)
        municipality = named_municipality(request, sent.pop("municipality"))
        _refuse_unless_keeps(request, municipality)
        within = _bundle(sent.pop("ozg_id", None), sent.pop("bundle_name", None), sent.pop("situation", None))
        wanted = sent.pop("department", None)
        department = named_in(municipality.departments.standing(), wanted)
        if wanted is not None and department is None:
            raise no_such("department", _t("Diesen Fachbereich gibt es hier nicht."))
        made = add_own_service(
            municipality,
            sent.pop("name"),
            within,
            by=_user(request),
            department=department,
            source=Source.API,
            **sent,
        )
        return _with_etag(self.item(made.pk), status.HTTP_201_CREATED)

    @extend_schema(request=OwnServiceRequest, parameters=[_IF_MATCH, _ETAG])
    def partial_update(self, request: Request, pk: str) -> Response:
        """Name oder Schlüssel ändern; Berichte bisheriger Monate nennen weiter den alten Namen."""
        found = self._kept(request, pk)
        current = self.item(found.pk)
        if not matches(request, current["version"]):
            raise Stale(current, etag(current["version"]))
        sent = OwnServiceRequest.read(request, partial=True)
        said = {"name": found.service.name, "file_key": found.file_key or "", "reason": ""} | sent
        rename_own_service(found, by=_user(request), **said)
        return _with_etag(self.item(found.pk))

    @extend_schema(request=Reasoned, responses=OwnServiceSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Von heute an nicht mehr angeboten; die Geschichte bleibt."""
        found = self._kept(request, pk)
        end_own_service(found, by=_user(request), source=Source.API, **Reasoned.read(request))
        return Response(self.item(found.pk))

    @extend_schema(request=MergeOwnServiceRequest, responses=OwnServiceSerializer)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: str) -> Response:
        """Eine Leistung des Kataloges führt den Stand weiter; die eigene endet am selben Tag."""
        found = self._kept(request, pk)
        sent = MergeOwnServiceRequest.read(request)
        official = named_in(Service.objects.filter(official=True), sent["service"])
        if official is None:
            raise no_such("service", _t("Bitte wählen Sie die Leistung des Kataloges."))
        merge_own_service(found, official, by=_user(request), reason=sent["reason"], source=Source.API)
        return Response(self.item(found.pk))

    def _kept(self, request: Request, pk: str) -> OwnService:
        """The own service, for a person who keeps them. What was sent is read first, as everywhere."""
        request.data  # noqa: B018 (raises where it cannot be read)
        mine = OwnService.objects.visible_to(_user(request)).select_related("municipality", "service")
        found = get_object_or_404(mine, pk=id_or_404(pk))
        _refuse_unless_keeps(request, found.municipality)
        return found


def _bundle(ozg_id: str | None, name: str | None, situation: int | None) -> Bundle | NewBundle:
    if bool(ozg_id) == bool(name):
        sentence = _t("Bitte nennen Sie entweder eine OZG-Leistung oder ein eigenes Bündel.")
        raise no_such("ozg_id", sentence)
    if name:
        place = named_in(Situation.objects.all(), situation)
        if situation is not None and place is None:
            raise no_such("situation", _t("Diese Lage gibt es nicht."))
        return NewBundle(name, place)
    found = Bundle.objects.filter(ozg_id=ozg_id, retired_on=None).first()
    if found is None:
        raise no_such("ozg_id", _t("Eine solche OZG-Leistung steht nicht im Katalog."))
    return found


def _refuse_unless_keeps(request: Request, municipality: Municipality) -> None:
    if not access.may(request.user, municipality, Deed.KEEP_OWN_SERVICES):
        raise PermissionDenied(_t("Eigene Leistungen pflegt die OZG-Koordination."))


def _with_etag(row: Row, code: int = status.HTTP_200_OK) -> Response:
    return Response(row, status=code, headers={"ETag": etag(row["version"])})


def _user(request: Request) -> User:
    return cast("User", request.user)
