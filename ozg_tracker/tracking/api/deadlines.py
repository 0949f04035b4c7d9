"""Deadlines in the API: read by everybody who works on services, set from a day on by the coordination."""

from collections import defaultdict
from typing import Any, cast

from django.db.models import BooleanField, CharField, ExpressionWrapper, Max, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Bundle
from ozg_tracker.accounts import access
from ozg_tracker.accounts.models import Deed, Department, Municipality, User
from ozg_tracker.accounts.named import named_municipality, no_such
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.etags import etag, matches
from ozg_tracker.api.ids import id_or_404, ids_in, named_in
from ozg_tracker.api.paging import Row
from ozg_tracker.api.problem_documents import Stale
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Rows
from ozg_tracker.tracking.deadlines.changing import Facts, call_off, end_deadline, facts_of, keep_deadline, planned
from ozg_tracker.tracking.deadlines.changing import keep_deadlines as keep_all
from ozg_tracker.tracking.filters import DeadlineFilter
from ozg_tracker.tracking.models import Deadline, DeadlineEvent
from ozg_tracker.tracking.models.deadlines import LONGEST_LIST_NAME
from ozg_tracker.tracking.rows.naming import MOST
from ozg_tracker.tracking.rows.overdue import hits

_IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description=_('ETag des gelesenen Standes, etwa "4"')
)
_ETAG = OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200, 201, 412], description=_("Version"))


class PlannedSerializer(serializers.ModelSerializer[DeadlineEvent]):
    class Meta:
        model = DeadlineEvent
        fields = ("id", "effective_on", "name", "date", "scope", "ended")


class DeadlineSerializer(serializers.ModelSerializer[Deadline]):
    bundles = serializers.ListField(child=serializers.CharField(), source="*", help_text=_("OZG-IDs, aufsteigend"))
    services = serializers.ListField(
        child=serializers.IntegerField(), source="*", help_text=_("„id“ der Leistungen der Kommune, aufsteigend")
    )
    holds = serializers.BooleanField(help_text=_("false: sie gilt erst ab einem künftigen Tag"))
    version = serializers.IntegerField(help_text=_("steht auch im ETag"))

    class Meta:
        model = Deadline
        fields = (
            *("id", "municipality", "name", "date", "source", "scope", "department", "bundles", "list_name"),
            *("services", "holds", "version"),
        )


class PlannedListSerializer(serializers.Serializer[Any]):
    results = PlannedSerializer(many=True)


class FromADay(RequestBody):
    effective_on = DayInBody(required=False, allow_null=True, help_text=_("gilt ab; ohne: ab heute"))
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class FactsRequest(FromADay):
    """What a deadline is to say; in a change, what is left out stays."""

    name = serializers.CharField(max_length=200)
    date = DayInBody()
    source = serializers.CharField(max_length=2000)  # type: ignore[assignment]  # a field called so
    scope = serializers.ChoiceField(Deadline.Scope.choices, default=Deadline.Scope.ALL)
    department = serializers.IntegerField(required=False, allow_null=True)
    bundles = serializers.ListField(child=serializers.CharField(), required=False, max_length=MOST)
    list_name = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_LIST_NAME)
    services = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=MOST)


class NewDeadline(FactsRequest):
    municipality = serializers.IntegerField()


class DeadlineListRequest(RequestBody):
    municipality = serializers.IntegerField()
    deadlines = FactsRequest(many=True, min_length=1, max_length=500)  # type: ignore[call-arg]  # of a list
    dry_run = serializers.BooleanField(default=False)


class HitsSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    services = serializers.IntegerField(allow_null=True, help_text=_("wie viele sie heute betrifft; null: unbekannt"))
    open = serializers.IntegerField(allow_null=True)


class DeadlineListSerializer(serializers.Serializer[Any]):
    results = HitsSerializer(many=True)
    applied = serializers.BooleanField()


class CallOffRequest(RequestBody):
    planned = serializers.IntegerField(help_text=_("„id“ dessen, was „planned/“ nennt"))
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class Deadlines(Collection):
    """Fristen: des Gesetzes (ohne Kommune) und eigene, wie sie heute gelten."""

    serializer_class = DeadlineSerializer
    filterset_class = DeadlineFilter
    orderings = ("id", "date")
    closed_to = ("council",)

    def get_queryset(self) -> QuerySet[Deadline]:
        """The list has those of today; an item may also begin on a day to come."""
        found = Deadline.objects.visible_to(self.request.user)
        if self.action != "list":
            found = Deadline.objects.visible_to(self.request.user, timezone.localdate())
        holds = ExpressionWrapper(Q(ended=False), BooleanField())
        return found.annotate(version=Coalesce(Max("events"), 0), holds=holds)

    def fill(self, rows: Rows) -> None:
        """Both kinds of names in one query."""
        ids = [row["id"] for row in rows]
        bundles = Deadline.bundles.through.objects.filter(deadline__in=ids).values_list(
            Value("bundles"), "deadline", "bundle__ozg_id"
        )
        listed = Deadline.rows.through.objects.filter(deadline__in=ids).values_list(
            Value("services"), "deadline", Cast("municipalservice", CharField())
        )
        named = defaultdict[tuple[str, int], list[str]](list)
        for kind, deadline, name in bundles.union(listed, all=True):
            named[kind, deadline].append(name)
        for row in rows:
            row["bundles"] = sorted(named["bundles", row["id"]])
            row["services"] = sorted(map(int, named["services", row["id"]]))

    @extend_schema(parameters=[_ETAG])
    def retrieve(self, request: Request, pk: str) -> Response:
        return _with_etag(self.item(id_or_404(pk)))

    @extend_schema(request=NewDeadline, responses={201: DeadlineSerializer}, parameters=[_ETAG])
    def create(self, request: Request) -> Response:
        """Eine eigene Frist setzen, ab einem Tag. Mit einem künftigen „effective_on“ gilt sie erst dann."""
        sent = NewDeadline.read(request)
        municipality = _kept_by(request, sent.pop("municipality"))
        made = keep_deadline(_facts(municipality, sent), municipality=municipality, **_when(sent), by=_user(request))
        return _with_etag(self.item(made.pk), status.HTTP_201_CREATED)

    @extend_schema(request=FactsRequest, parameters=[_IF_MATCH, _ETAG])
    def partial_update(self, request: Request, pk: str) -> Response:
        """Eine eigene Frist ab einem Tag ändern; was nicht genannt ist, bleibt."""
        found = self._asked(request, pk)
        current = self.item(found.pk)
        if not matches(request, current["version"]):
            raise Stale(current, etag(current["version"]))
        sent = FactsRequest.read(request, partial=True)
        facts = _facts(cast("Municipality", found.municipality), sent, facts_of(found))
        keep_deadline(facts, municipality=found.municipality, deadline=found, **_when(sent), by=_user(request))
        return _with_etag(self.item(found.pk))

    @extend_schema(request=FromADay, responses={204: None})
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Eine eigene Frist ab einem Tag beenden; die Monate davor behalten sie."""
        found = self._asked(request, pk)
        end_deadline(found, **_when(FromADay.read(request)), by=_user(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=PlannedListSerializer)
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def planned(self, request: Request, pk: str) -> Response:
        """Was für künftige Tage vorgesehen ist, der nächste Tag zuerst."""
        found = get_object_or_404(self.get_queryset(), pk=id_or_404(pk))
        return Response({"results": PlannedSerializer(planned(found), many=True).data})

    @extend_schema(request=CallOffRequest, responses={204: None})
    @action(detail=True, methods=["post"], url_path="call-off")
    def call_off(self, request: Request, pk: str) -> Response:
        """Absagen, was für einen künftigen Tag vorgesehen ist."""
        found = self._asked(request, pk)
        sent = CallOffRequest.read(request)
        event = named_in(found.events.select_related("deadline", "municipality"), sent["planned"])
        if event is None:
            raise no_such("planned", _t("Das ist für diese Frist nicht vorgesehen."))
        call_off(event, reason=sent["reason"], by=_user(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=DeadlineListRequest, responses={200: DeadlineListSerializer})
    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Mehrere eigene Fristen setzen, alle oder keine; eine mit bekanntem Namen wird geändert. „dry_run“: Probe."""
        sent = DeadlineListRequest.read(request)
        municipality = _kept_by(request, sent["municipality"])
        wishes = [(_facts(municipality, each), _when(each)) for each in sent["deadlines"]]
        keep_all(municipality, wishes, by=_user(request), dry_run=sent["dry_run"])
        found = [(facts.name, hits(municipality, facts)) for facts, _when_ in wishes]
        results = [
            {"name": name, "services": hit.whole if hit.known else None, "open": hit.open if hit.known else None}
            for name, hit in found
        ]
        return Response({"results": results, "applied": not sent["dry_run"]})

    def _asked(self, request: Request, pk: str) -> Deadline:
        """The own deadline, for a person who keeps deadlines. What was sent is read first, as everywhere."""
        request.data  # noqa: B018 (raises where it cannot be read)
        found = get_object_or_404(self.get_queryset().select_related("municipality", "department"), pk=id_or_404(pk))
        if found.municipality is None:
            self.permission_denied(request, _t("Fristen des Gesetzes pflegt der Betrieb."))
        _refuse_unless_keeps(request, found.municipality)
        return found


def _with_etag(row: Row, code: int = status.HTTP_200_OK) -> Response:
    return Response(row, status=code, headers={"ETag": etag(row["version"])})


def _user(request: Request) -> User:
    return cast("User", request.user)


def _when(sent: dict[str, Any]) -> dict[str, Any]:
    return {"effective_on": sent.get("effective_on"), "reason": sent.get("reason", "")}


def _kept_by(request: Request, pk: int) -> Municipality:
    """The municipality whose deadlines the person keeps; 400 where it is none of the person's."""
    found = named_municipality(request, pk)
    _refuse_unless_keeps(request, found)
    return found


def _refuse_unless_keeps(request: Request, municipality: Municipality) -> None:
    if not access.may(request.user, municipality, Deed.KEEP_DEADLINES):
        raise PermissionDenied(_t("Eigene Fristen setzt die OZG-Koordination."))


def _facts(municipality: Municipality, sent: dict[str, Any], held: Facts | None = None) -> Facts:
    """What the deadline is to say: as sent, else as it is; what its scope does not ask for is left out."""
    said: dict[str, Any] = {name: sent.get(name, getattr(held, name, None)) for name in ("name", "date", "source")}
    scope = sent.get("scope") or (held.scope if held else Deadline.Scope.ALL)
    kept = held if held and held.scope == scope else None
    if scope == Deadline.Scope.DEPARTMENT:
        said["department"] = _department(municipality, sent["department"]) if "department" in sent else None
        said["department"] = said["department"] or (kept.department if kept else None)
    elif scope == Deadline.Scope.BUNDLES:
        said["bundles"] = _bundles(sent["bundles"]) if "bundles" in sent else kept.bundles if kept else ()
    elif scope == Deadline.Scope.LIST:
        said["list_name"] = sent.get("list_name") or (kept.list_name if kept else "")
        said["rows"] = _rows(municipality, sent["services"]) if "services" in sent else kept.rows if kept else ()
    return Facts(scope=scope, **said)


def _department(municipality: Municipality, pk: int | None) -> Department | None:
    found = named_in(Department.objects.standing().filter(municipality=municipality), pk)
    if pk is not None and found is None:
        raise no_such("department", _t("Diesen Fachbereich gibt es hier nicht."))
    return found


def _bundles(ozg_ids: list[str]) -> tuple[Bundle, ...]:
    found = tuple(Bundle.objects.filter(ozg_id__in=ozg_ids).order_by("pk"))
    if unknown := sorted({*ozg_ids} - {str(bundle.ozg_id) for bundle in found}):
        raise no_such("bundles", _t("Diese OZG-ID steht nicht im Katalog: %s.") % ", ".join(unknown)[:200])
    return found


def _rows(municipality: Municipality, ids: list[int]) -> tuple[int, ...]:
    found = tuple(municipality.services.filter(pk__in=ids_in(ids)).order_by("pk").values_list("pk", flat=True))
    if unknown := sorted({*ids} - {*found}):
        named = ", ".join(map(str, unknown))[:200]
        raise no_such("services", _t("Diese Leistung ist nicht eindeutig oder nicht bekannt: %s.") % named)
    return found
