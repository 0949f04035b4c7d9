"""Counting weeks in the API: begin one, count, end it and take its numbers over into the year."""

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.filters import visible_departments, visible_municipalities
from ozg_tracker.accounts.models import User
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.filters import FilterSet, VisibleChoiceFilter
from ozg_tracker.api.ids import id_or_404, ids_in, named_in
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection
from ozg_tracker.tracking.cases.pressing import press, press_back
from ozg_tracker.tracking.cases.tallying import Phase, Tally, tally
from ozg_tracker.tracking.cases.weeks import end_week, start_week, take_over
from ozg_tracker.tracking.models import Channel, CountingStep, CountingWeek, MunicipalService
from ozg_tracker.tracking.models.counting_weeks import MOST_COUNTED_ROWS, MOST_WEEKS_OPEN, WEEKS_OPEN


class CountingWeekSerializer(serializers.ModelSerializer[CountingWeek]):
    by = serializers.CharField(source="by.username", help_text=_("Benutzername"))

    class Meta:
        model = CountingWeek
        fields = ("id", "municipality", "department", "first_day", "days", "weeks_open", "by", "recorded_at")


class CountedSerializer(serializers.Serializer[Any]):
    channel = serializers.ChoiceField(Channel.choices)
    counted = serializers.IntegerField()
    number = serializers.IntegerField(allow_null=True, help_text=_("hochgerechnet aufs Jahr; null: noch nicht zu Ende"))
    low = serializers.IntegerField(allow_null=True, help_text=_("mit 95 % mindestens"))
    high = serializers.IntegerField(allow_null=True, help_text=_("mit 95 % höchstens"))


class CountedServiceSerializer(serializers.Serializer[Any]):
    service = serializers.IntegerField(help_text=_("„id“ der Leistung der Kommune"))
    taken_over = serializers.BooleanField(help_text=_("steht im Jahr"))
    channels = CountedSerializer(many=True)


class WeekStandingSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    phase = serializers.ChoiceField([each.value for each in Phase])
    last_day = serializers.DateField(help_text=_("der letzte Tag, der gezählt ist oder wird"))
    services = CountedServiceSerializer(many=True)


class StartWeekRequest(RequestBody):
    department = serializers.IntegerField()
    first_day = DayInBody()
    last_day = DayInBody()
    services = serializers.ListField(child=serializers.IntegerField(), max_length=MOST_COUNTED_ROWS)
    weeks_open = serializers.IntegerField(required=False, default=WEEKS_OPEN, min_value=1, max_value=MOST_WEEKS_OPEN)


class PressRequest(RequestBody):
    client_id = serializers.UUIDField(help_text=_("eine neue je Fall; noch einmal gesandt, zählt er einmal"))
    service = serializers.IntegerField(required=False, help_text=_("„id“ der Leistung der Kommune"))
    channel = serializers.ChoiceField(Channel.choices, required=False)
    back = serializers.BooleanField(
        required=False, default=False, help_text=_("statt zu zählen den eigenen letzten Fall zurücknehmen")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["back"]:
            missing = [name for name in ("service", "channel") if name not in attrs]
            if missing:
                raise ValidationError(
                    {name: [ErrorDetail(_t("Bitte füllen Sie das aus."), "required")] for name in missing}
                )
        return attrs


class EndWeekRequest(RequestBody):
    kind = serializers.ChoiceField(
        ["ended", "called_off"], help_text=_("ended: das bisher Gezählte gilt; called_off: es gilt nicht")
    )


class TakenOverSerializer(WeekStandingSerializer):
    left_out = serializers.ListField(
        child=serializers.IntegerField(), help_text=_("Leistungen, deren Stand Sie nicht melden dürfen")
    )


class CountingWeekFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities, label=_("Kommune"))
    department = VisibleChoiceFilter(visible=visible_departments, label=_("Fachbereich"))

    class Meta:
        model = CountingWeek
        fields: list[str] = []


class CountingWeeks(Collection):
    """Zählwochen: einige Tage lang zählen, über welchen Kanal Fälle kommen, und aufs Jahr hochrechnen."""

    serializer_class = CountingWeekSerializer
    filterset_class = CountingWeekFilter
    closed_to = ("operator", "council")

    def get_queryset(self) -> QuerySet[CountingWeek]:
        return CountingWeek.objects.visible_to(self.request.user)

    @extend_schema(request=StartWeekRequest, responses={201: CountingWeekSerializer})
    def create(self, request: Request) -> Response:
        """Eine Zählwoche beginnen."""
        sent = StartWeekRequest.read(request)
        department = named_in(visible_departments(request).select_related("municipality"), sent["department"])
        if department is None:
            raise ValidationError(
                {"department": [ErrorDetail(_t("Diesen Fachbereich gibt es nicht."), "does_not_exist")]}
            )
        wanted = set(sent["services"])
        found = list(MunicipalService.objects.visible_to(_by(request)).filter(pk__in=ids_in(wanted)))
        if len(found) != len(wanted):
            raise ValidationError({"services": [ErrorDetail(_t("Diese Leistung gibt es nicht."), "does_not_exist")]})
        days = {name: sent[name] for name in ("first_day", "last_day", "weeks_open")}
        made = start_week(department, found, **days, by=_by(request))
        return Response(self.item(made.pk), status=status.HTTP_201_CREATED)

    @extend_schema(responses=WeekStandingSerializer)
    @action(detail=True, pagination_class=None, filter_backends=())
    def standing(self, request: Request, pk: str) -> Response:
        """Was je Leistung und Kanal gezählt ist, und nach dem Ende die Hochrechnung."""
        return Response(_standing(tally(self._week(pk))))

    @extend_schema(request=PressRequest, responses=WeekStandingSerializer)
    @action(detail=True, methods=["post"])
    def presses(self, request: Request, pk: str) -> Response:
        """Einen Fall zählen, oder den eigenen letzten zurücknehmen."""
        week, sent = self._week(pk), PressRequest.read(request)
        if sent["back"]:
            press_back(week, sent["client_id"], by=_by(request))
        else:
            press(week, sent["service"], sent["channel"], sent["client_id"], by=_by(request))
        return Response(_standing(tally(week)))

    @extend_schema(request=EndWeekRequest, responses=WeekStandingSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Die Zählwoche vorzeitig beenden oder absagen."""
        week, sent = self._week(pk), EndWeekRequest.read(request)
        end_week(week, CountingStep.Kind(sent["kind"]), by=_by(request))
        return Response(_standing(tally(week)))

    @extend_schema(request=None, responses=TakenOverSerializer)
    @action(detail=True, methods=["post"], url_path="take-over")
    def take_over(self, request: Request, pk: str) -> Response:
        """Die hochgerechneten Zahlen ins Jahr übernehmen, je Leistung einmal."""
        week = self._week(pk)
        _made, left_out = take_over(week, by=_by(request))
        return Response({**_standing(tally(week)), "left_out": [row.pk for row in left_out]})

    def _week(self, pk: str) -> CountingWeek:
        return get_object_or_404(self.get_queryset().select_related("municipality", "department"), pk=id_or_404(pk))


def _by(request: Request) -> User:
    return cast("User", request.user)


def _standing(told: Tally) -> dict[str, Any]:
    return {
        "id": told.week.pk,
        "phase": told.phase.value,
        "last_day": told.last_day,
        "services": [
            {
                "service": line.row.pk,
                "taken_over": line.taken_over,
                "channels": [_channel(told, channel, count) for channel, count in line.counts.items()],
            }
            for line in told.lines
        ],
    }


def _channel(told: Tally, channel: str, count: int) -> dict[str, Any]:
    nothing = {"number": None, "low": None, "high": None}
    said = told.estimate(count)._asdict() if told.phase == Phase.OVER else nothing
    return {"channel": channel, "counted": count, **said}
