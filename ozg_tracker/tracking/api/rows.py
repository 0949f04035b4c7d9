"""Tracked rows, their history and evidence in the API."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.models import User
from ozg_tracker.accounts.named import named_municipality
from ozg_tracker.api.days import AS_OF, ASKED_AS_OF, as_of
from ozg_tracker.api.etags import etag, matches
from ozg_tracker.api.ids import id_or_404, ids_in
from ozg_tracker.api.paging import Row, as_dicts
from ozg_tracker.api.problem_documents import Stale, StaleMany
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Keys, Rows
from ozg_tracker.tracking.api.row_requests import (
    STATE_FIELDS,
    BulkRequest,
    ChangeRequest,
    TakeDeedBackRequest,
    ids_named,
    known_in,
)
from ozg_tracker.tracking.api.states_then import StatesThen
from ozg_tracker.tracking.filters import (
    MunicipalServiceFilter,
    StatusChangeFilter,
)
from ozg_tracker.tracking.models import MunicipalService, Source, StatusChange
from ozg_tracker.tracking.rows.confirming import confirm
from ozg_tracker.tracking.rows.rights import rights_in
from ozg_tracker.tracking.rows.status import Change, ChangesRefused, Conflict, change_many, change_status
from ozg_tracker.tracking.rows.taking_back import made_at, said_at, take_back

CLOSED_TO = ("operator", "council")
_IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description=_('ETag des gelesenen Standes, etwa "4"')
)
_ETAG = OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200, 412], description=_("Version der Zeile"))


class MunicipalServiceSerializer(serializers.ModelSerializer[MunicipalService]):
    service_key = serializers.CharField(source="service.key", allow_null=True)
    service_name = serializers.CharField(source="service.name")
    owner = serializers.CharField(source="owner.username", allow_null=True, help_text=_("Benutzername"))
    level = serializers.IntegerField(source="level.number", allow_null=True, help_text=_("null: nicht bewertet"))

    class Meta:
        model = MunicipalService
        fields = ("id", "municipality", "service", "service_key", "service_name", *STATE_FIELDS, "version")


class BulkResultSerializer(serializers.Serializer[MunicipalService]):
    results = MunicipalServiceSerializer(many=True)


class TakenBackSerializer(BulkResultSerializer):
    unconfirmed = serializers.IntegerField(help_text=_("zurückgenommene Bestätigungen"))


class SeenRequest(RequestBody):
    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text=_("die gelesene Version"))


class ConfirmRequest(RequestBody):
    services = SeenRequest(many=True, min_length=1, max_length=1000)  # type: ignore[call-arg]  # of a list


class ConfirmedSerializer(serializers.Serializer[Any]):
    confirmed = serializers.IntegerField()
    recorded_at = serializers.DateTimeField(help_text=_("damit nimmt municipal-services/take-back/ alle zurück"))


class MunicipalServices(Collection):
    """Leistungen der Kommune: Zuständigkeit, Stand und Reifegrad, wie sie heute sind; mit „as_of“ wie am Ende jenes
    Tages, mit „known_at“ wie zu jenem Zeitpunkt bekannt.
    """

    serializer_class = MunicipalServiceSerializer
    filterset_class = MunicipalServiceFilter
    orderings = ("id", "service_key", "service_name", "planned_on", "cases_per_year")
    expandable = {"service": "services", "department": "departments", "municipality": "municipalities"}
    closed_to = CLOSED_TO

    def get_queryset(self) -> QuerySet[MunicipalService]:
        return MunicipalService.objects.visible_to(self.request.user)

    def query_keys(self) -> Keys:
        return (*super().query_keys(), *(AS_OF if self.action in ("list", "retrieve") else ()))

    @extend_schema(parameters=ASKED_AS_OF)
    def list(self, request: Request) -> Response:
        then = as_of(request.query_params)
        return super().list(request) if then is None else StatesThen.asked(self, *then).list(request)

    @extend_schema(parameters=[_ETAG, *ASKED_AS_OF])
    def retrieve(self, request: Request, pk: str) -> Response:
        """Ein früherer Stand hat keinen ETag: Er lässt sich nicht ändern."""
        then = as_of(request.query_params)
        if then is None:
            return _with_etag(self.item(id_or_404(pk)))
        return Response(StatesThen.asked(self, *then).item(id_or_404(pk)))

    @extend_schema(parameters=[_IF_MATCH, _ETAG], request=ChangeRequest)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Eine Leistung ändern. „reason“ sagt warum, „effective_on“ ab wann (ohne Angabe: heute)."""
        row = get_object_or_404(self.get_queryset().select_related("service", "municipality"), pk=pk)
        if not matches(request, row.version):
            raise self._stale(row.pk)
        body = ChangeRequest(data=request.data, context={"known": known_in(row.municipality, request.data)})
        body.is_valid(raise_exception=True)
        changes = body.changes()
        rights_in(row.municipality, request.user).refuse_unless_allowed(row, changes)
        try:
            change_status(
                row,
                changes,
                seen_version=row.version,
                by=request.user,
                reason=body.reason_given,
                effective_on=body.day,
                source=Source.API,
            )
        except Conflict as conflict:
            raise self._stale(row.pk) from conflict
        return _with_etag(self.item(row.pk))

    @extend_schema(request=ConfirmRequest, responses=ConfirmedSerializer)
    @action(detail=False, methods=["post"])
    def confirm(self, request: Request) -> Response:
        """Leistungen einer Kommune stimmen noch, wie sie gelesen wurden; alle oder keine."""
        sent = ConfirmRequest.read(request)
        seen = {each["id"]: each["version"] for each in sent["services"]}
        rows = self.get_queryset().select_related("municipality").in_bulk(ids_in(seen))
        municipalities = {row.municipality for row in rows.values()}
        if len(rows) != len(seen) or len(municipalities) != 1:
            sentence = _t("Bitte Leistungen einer Kommune nennen, die es gibt.")
            raise ValidationError({"services": [ErrorDetail(sentence, "does_not_exist")]})
        by, municipality = cast("User", request.user), municipalities.pop()
        made = confirm(municipality, seen, by=by, rights=rights_in(municipality, by))
        return Response({"confirmed": len(made), "recorded_at": made[0].recorded_at})

    @extend_schema(request=BulkRequest, responses=BulkResultSerializer)
    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Viele Leistungen einer Kommune ändern, alle oder keine; jede mit ihrer gelesenen Version."""
        ids = ids_named(request.data)
        rows = self.get_queryset().select_related("service", "municipality").in_bulk(ids)
        municipality = next((row.municipality for row in rows.values()), None)
        body = BulkRequest(data=request.data, context={"known": known_in(municipality, request.data), "rows": rows})
        body.is_valid(raise_exception=True)
        changes = body.for_rows()
        _refuse_unless_allowed(rows, changes, request.user)
        try:
            change_many(rows[ids[0]].municipality, changes, by=request.user, source=Source.API)
        except Conflict as conflict:
            raise StaleMany(self._items(ids)) from conflict
        except ChangesRefused as refused:
            by_place = {str(place): _by_field(errors) for place, errors in refused.by_change.items()}
            raise ValidationError({"changes": by_place}) from refused
        return Response({"results": self._items(ids)})

    @extend_schema(request=TakeDeedBackRequest, responses=TakenBackSerializer)
    @action(detail=False, methods=["post"], url_path="take-back")
    def take_back(self, request: Request) -> Response:
        """Eine Tat zurücknehmen, ganz oder gar nicht: eine Änderung, eine Sammeländerung, eine Datei. Gegenbuchungen
        sagen, was sie zurücknehmen; auch sie lassen sich zurücknehmen.
        """
        body = TakeDeedBackRequest(data=request.data)
        body.is_valid(raise_exception=True)
        sent, by = body.validated_data, cast("User", request.user)
        municipality = named_municipality(request, sent["municipality"])
        made = [(each["service"], each["version"]) for each in sent.get("changes", ())]
        said = list[int]()
        if "recorded_at" in sent:
            made = made_at(municipality, sent["recorded_at"])
            said = [pk for _row, pk in said_at(municipality, [sent["recorded_at"]])]
        rights = rights_in(municipality, by)
        events = take_back(municipality, made, by=by, rights=rights, source=Source.API, said=said)
        return Response({"results": self._items([event.row_id for event in events]), "unconfirmed": len(said)})

    def _items(self, ids: Sequence[int]) -> Rows:
        found = as_dicts(self.get_queryset().filter(pk__in=ids).order_by("pk"), self.columns(), len(ids))
        self.fill(found)
        return found

    def _stale(self, pk: int) -> Stale:
        current = self.item(pk)
        return Stale(current, etag(current["version"]))


def _with_etag(row: Row) -> Response:
    return Response(row, headers={"ETag": etag(row["version"])})


def _by_field(errors: Mapping[str, DjangoValidationError]) -> dict[str, list[ErrorDetail]]:
    return {
        field: [ErrorDetail(message, error.code or "invalid") for message in error.messages]
        for field, error in errors.items()
    }


def _refuse_unless_allowed(
    rows: dict[int, MunicipalService], changes: Iterable[Change], user: "User | AnonymousUser"
) -> None:
    rights = None
    for change in changes:
        row = rows[change.row_id]
        rights = rights or rights_in(row.municipality, user)
        rights.refuse_unless_allowed(row, dict(change.changes))


class StatusChangeSerializer(serializers.ModelSerializer[StatusChange]):
    by = serializers.CharField(source="by.username", allow_null=True, help_text=_("Benutzername"))
    on_behalf_of = serializers.CharField(
        source="on_behalf_of.username", allow_null=True, help_text=_("Benutzername; null: niemand wurde vertreten")
    )
    owner = serializers.CharField(source="owner.username", allow_null=True, help_text=_("Benutzername"))
    level = serializers.IntegerField(source="level.number", allow_null=True, help_text=_("null: nicht bewertet"))

    class Meta:
        model = StatusChange
        fields = (
            *(
                "id",
                "municipality",
                "row",
                "version",
                "effective_on",
                "recorded_at",
                "by",
                "on_behalf_of",
                "reason",
                "source",
            ),
            *STATE_FIELDS,
        )


class StatusChanges(Collection):
    """Statusänderungen: jede hält den ganzen Stand der Leistung danach, und wird nie geändert.

    Um neuen Ereignissen zu folgen, ist „changes/“ da: Nummern und Zeiten werden beim Schreiben vergeben, und was später
    gespeichert wird, kann vor dem stehen, was Sie schon gelesen haben.
    """

    serializer_class = StatusChangeSerializer
    filterset_class = StatusChangeFilter
    orderings = ("id", "effective_on", "recorded_at")
    expandable = {"row": "municipal-services", "department": "departments"}
    closed_to = CLOSED_TO

    def get_queryset(self) -> QuerySet[StatusChange]:
        return StatusChange.objects.visible_to(self.request.user)
