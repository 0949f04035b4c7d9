"""Findings in the API: how many of each, by department; put off with a reason and a day, and taken up again."""

from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.filters import visible_departments
from ozg_tracker.accounts.models import User
from ozg_tracker.accounts.named import named_municipality, no_such
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.ids import named_in
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import ApiView, Keys
from ozg_tracker.tracking.findings.looking import Finding, findings
from ozg_tracker.tracking.findings.rules import RULES
from ozg_tracker.tracking.findings.snoozing import put_off, take_up
from ozg_tracker.tracking.models import LONGEST_SNOOZE_REASON, MunicipalService
from ozg_tracker.tracking.rows.rights import rights_in

MOST = 5_000  # services
_SEVERITIES = {3: "error", 2: "warning", 1: "hint"}


class PlaceSerializer(serializers.Serializer[Any]):
    department = serializers.IntegerField(allow_null=True, help_text=_("oberster Fachbereich; null: ohne"))
    count = serializers.IntegerField()


class FindingSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField(sorted(RULES), help_text=_("auch als Filter „finding“ von municipal-services/"))
    severity = serializers.ChoiceField(["error", "warning", "hint"])
    title = serializers.CharField()
    count = serializers.IntegerField(help_text=_("ohne Zurückgestelltes"))
    snoozed = serializers.IntegerField(help_text=_("zurückgestellt"))
    departments = PlaceSerializer(many=True)


class FindingListSerializer(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    services = serializers.IntegerField(help_text=_("Leistungen mit mindestens einem Befund"))
    results = FindingSerializer(many=True)


class TakeUpRequest(RequestBody):
    municipality = serializers.IntegerField()
    code = serializers.ChoiceField(sorted(RULES))
    services = serializers.ListField(
        child=serializers.IntegerField(), min_length=1, max_length=MOST, help_text=_("„id“ der Leistungen der Kommune")
    )


class PutOffRequest(TakeUpRequest):
    until = DayInBody(help_text=_("letzter Tag, höchstens in einem Jahr"))
    reason = serializers.CharField(max_length=LONGEST_SNOOZE_REASON)


class SnoozedSerializer(serializers.Serializer[Any]):
    services = serializers.IntegerField(help_text=_("wie viele Leistungen es betraf"))


_MUNICIPALITY = OpenApiParameter("municipality", int, description=_("ohne: alle, deren Leistungen die Person sieht"))
_DEPARTMENT = OpenApiParameter("department", int, description=_("mit allen Fachbereichen darunter"))


class Findings(ApiView, GenericViewSet[Any]):
    """Befunde: was in den Leistungen einer Kommune fehlt oder nicht stimmt."""

    closed_to = ("operator", "council")
    queryset = MunicipalService.objects.none()
    serializer_class = FindingListSerializer
    pagination_class = None
    filter_backends = ()

    def query_keys(self) -> Keys:
        return ("municipality", "department") if self.action == "list" else ()

    @extend_schema(parameters=[_MUNICIPALITY, _DEPARTMENT], responses=forced_singular_serializer(FindingListSerializer))  # type: ignore[no-untyped-call]
    def list(self, request: Request) -> Response:
        """Alle Befunde einer Kommune von heute, die schwersten zuerst; welche Leistungen es sind, sagt
        municipal-services/ mit dem Filter „finding“.
        """
        asked = request.query_params
        rows = MunicipalService.objects.visible_to(request.user)
        if named := asked.get("municipality"):
            rows = rows.filter(municipality=named_municipality(request, named))
        if wanted := asked.get("department"):
            department = named_in(visible_departments(request), wanted)
            if department is None:
                raise no_such("department", _t("Diesen Fachbereich gibt es nicht."))
            rows = rows.filter(department__in=tree_ids(department))
        told = findings(rows, timezone.localdate())
        return Response(
            {"total": told.total, "services": told.rows, "results": [_as_json(each) for each in told.found]}
        )

    @extend_schema(request=PutOffRequest, responses=SnoozedSerializer)
    @action(detail=False, methods=["post"], url_path="put-off")
    def put_off(self, request: Request) -> Response:
        """Einen Befund bei Leistungen bis zu einem Tag zurückstellen, mit Grund."""
        sent = PutOffRequest.read(request)
        return _done(request, put_off, sent, until=sent["until"], reason=sent["reason"])

    @extend_schema(request=TakeUpRequest, responses=SnoozedSerializer)
    @action(detail=False, methods=["post"], url_path="take-up")
    def take_up(self, request: Request) -> Response:
        """Was zurückgestellt war, wieder aufnehmen."""
        sent = TakeUpRequest.read(request)
        return _done(request, take_up, sent)


def _done(request: Request, deed: Any, sent: dict[str, Any], **more: object) -> Response:
    municipality, by = named_municipality(request, sent["municipality"]), cast("User", request.user)
    number = deed(municipality, sent["code"], sent["services"], by=by, rights=rights_in(municipality, by), **more)
    return Response({"services": number})


def _as_json(each: Finding) -> dict[str, Any]:
    return {
        "code": each.rule.code,
        "severity": _SEVERITIES[each.rule.severity.value],
        "title": str(each.rule.title),
        "count": each.count,
        "snoozed": each.snoozed,
        "departments": [{"department": place, "count": number} for place, number in each.places.most_common()],
    }
