"""Rounds in the API: who is asked, who has answered, and every deed of a round."""

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.filters import visible_departments, visible_municipalities
from ozg_tracker.accounts.models import Department, User
from ozg_tracker.accounts.named import named_municipality, no_such
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.filters import FilterSet, VisibleChoiceFilter
from ozg_tracker.api.ids import id_or_404, named_in
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Keys
from ozg_tracker.tracking.models import LONGEST_COMMENT, Round, RoundStep, StepKind
from ozg_tracker.tracking.models.rounds import LONGEST_NAME
from ozg_tracker.tracking.rounds import deeds
from ozg_tracker.tracking.rounds.opening import open_round
from ozg_tracker.tracking.rounds.standing import Answer, Progress, Said, Unit, standing_of

MOST = 5_000  # services
_DEPARTMENT = OpenApiParameter("department", int, description=_("der gefragte Fachbereich; 0: ohne"))


class RoundSerializer(serializers.ModelSerializer[Round]):
    by = serializers.CharField(source="by.username", help_text=_("Benutzername"))

    class Meta:
        model = Round
        fields = ("id", "municipality", "name", "until", "message", "by", "recorded_at")


class RoundStepSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(StepKind.choices)
    department = serializers.IntegerField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    leader = serializers.CharField(allow_null=True, help_text=_("Benutzername"))
    comment = serializers.CharField()
    by = serializers.CharField(help_text=_("Benutzername"))
    recorded_at = serializers.DateTimeField()


class RoundUnitSerializer(serializers.Serializer[Any]):
    department = serializers.IntegerField(allow_null=True, help_text=_("null: Leistungen ohne Fachbereich"))
    name = serializers.CharField(allow_null=True)
    progress = serializers.ChoiceField([each.value for each in Progress])
    leaders = serializers.ListField(child=serializers.CharField(), help_text=_("Benutzernamen"))
    same = serializers.IntegerField()
    changed = serializers.IntegerField()
    open = serializers.IntegerField(help_text=_("ohne Antwort; zählt nie als bestätigt"))
    total = serializers.IntegerField()


class RoundStandingSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    until = serializers.DateField(help_text=_("die Frist, die gilt"))
    leader = serializers.CharField(help_text=_("Benutzername"))
    ended = serializers.ChoiceField(["closed", "called_off"], allow_null=True)
    same = serializers.IntegerField()
    changed = serializers.IntegerField()
    open = serializers.IntegerField()
    total = serializers.IntegerField()
    departments = RoundUnitSerializer(many=True)
    steps = RoundStepSerializer(many=True, help_text=_("die gelten, der erste zuerst"))


class RoundAnswerSerializer(serializers.Serializer[Any]):
    service = serializers.IntegerField(help_text=_("„id“ der Leistung der Kommune"))
    version = serializers.IntegerField()
    said = serializers.ChoiceField([each.value for each in Said])
    said_at = serializers.DateTimeField(allow_null=True)
    changed = serializers.ListField(child=serializers.CharField(), help_text=_("die geänderten Felder"))
    returned = serializers.BooleanField(help_text=_("zurückgegeben und seither ohne Antwort"))


class RoundAnswersSerializer(serializers.Serializer[Any]):
    services = RoundAnswerSerializer(many=True)


class OpenRoundRequest(RequestBody):
    municipality = serializers.IntegerField()
    name = serializers.CharField(max_length=LONGEST_NAME)
    until = DayInBody()
    message = serializers.CharField(required=False, default="", allow_blank=True, max_length=LONGEST_COMMENT)
    departments = serializers.ListField(
        child=serializers.IntegerField(), required=False, max_length=MOST, help_text=_("ohne: alle")
    )


class UnitRequest(RequestBody):
    department = serializers.IntegerField(allow_null=True, help_text=_("null: Leistungen ohne Fachbereich"))


class GiveBackRequest(UnitRequest):
    comment = serializers.CharField(max_length=LONGEST_COMMENT)
    services = serializers.ListField(
        child=serializers.IntegerField(), required=False, max_length=MOST, help_text=_("was wieder offen wird")
    )


class ExtendRoundRequest(RequestBody):
    until = DayInBody()


class LeaderRequest(RequestBody):
    leader = serializers.CharField(max_length=150, help_text=_("Benutzername"))


class RoundStepRequest(RequestBody):
    step = serializers.IntegerField()


class RoundFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)

    class Meta:
        model = Round
        fields: list[str] = []


class Rounds(Collection):
    """Bestätigungsrunden: Fachbereiche sagen bis zu einem Tag, ob ihre Angaben noch stimmen. Bestätigt wird unter
    municipal-services/confirm/.
    """

    serializer_class = RoundSerializer
    filterset_class = RoundFilter
    orderings = ("id", "until")
    closed_to = ("operator", "council")

    def get_queryset(self) -> QuerySet[Round]:
        return Round.objects.visible_to(self.request.user)

    def query_keys(self) -> Keys:
        return ("department",) if self.action == "answers" else super().query_keys()

    @extend_schema(request=OpenRoundRequest, responses={201: RoundSerializer})
    def create(self, request: Request) -> Response:
        """Eine Runde eröffnen; wer die gefragten Fachbereiche leitet, bekommt einen Brief."""
        sent = OpenRoundRequest.read(request)
        municipality = named_municipality(request, sent.pop("municipality"))
        asked = [self._department(pk) for pk in sent.pop("departments", ())]
        made = open_round(municipality, **sent, departments=[each for each in asked if each], by=_by(request))
        return Response(self.item(made.pk), status=status.HTTP_201_CREATED)

    @extend_schema(responses=RoundStandingSerializer)
    @action(detail=True, pagination_class=None, filter_backends=())
    def standing(self, request: Request, pk: str) -> Response:
        """Wie die Runde steht: wer geantwortet hat und wer schweigt."""
        return Response(_standing(self._round(pk)))

    @extend_schema(parameters=[_DEPARTMENT], responses=RoundAnswersSerializer)
    @action(detail=True, pagination_class=None, filter_backends=())
    def answers(self, request: Request, pk: str) -> Response:
        """Jede gefragte Leistung mit ihrer Antwort, auch je Fachbereich."""
        told, named = standing_of(self._round(pk)), request.query_params.get("department")
        units = told.units
        if named:
            units = [unit for unit in units if str(unit.key) == named]
            if not units:
                raise no_such("department", _t("Dieser Fachbereich ist in der Runde nicht gefragt."))
        return Response({"services": [_answer(each) for unit in units for each in unit.answers]})

    @extend_schema(request=UnitRequest, responses=RoundStandingSerializer)
    @action(detail=True, methods=["post"], url_path="hand-in")
    def hand_in(self, request: Request, pk: str) -> Response:
        """Die Antworten eines Fachbereichs abgeben; Offenes bleibt ohne Antwort."""
        asked, sent = self._round(pk), UnitRequest.read(request)
        deeds.hand_in(asked, self._department(sent["department"]), by=_by(request))
        return Response(_standing(asked))

    @extend_schema(request=UnitRequest, responses=RoundStandingSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """Annehmen, was ein Fachbereich abgegeben hat."""
        asked, sent = self._round(pk), UnitRequest.read(request)
        deeds.accept(asked, self._department(sent["department"]), by=_by(request))
        return Response(_standing(asked))

    @extend_schema(request=GiveBackRequest, responses=RoundStandingSerializer)
    @action(detail=True, methods=["post"], url_path="give-back")
    def give_back(self, request: Request, pk: str) -> Response:
        """Abgegebenes mit einem Kommentar zurückgeben; die genannten Leistungen werden wieder offen."""
        asked, sent = self._round(pk), GiveBackRequest.read(request)
        department, rows = self._department(sent["department"]), sent.get("services", ())
        deeds.give_back(asked, department, rows, comment=sent["comment"], by=_by(request))
        return Response(_standing(asked))

    @extend_schema(request=ExtendRoundRequest, responses=RoundStandingSerializer)
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, pk: str) -> Response:
        """Eine andere Frist setzen."""
        asked, sent = self._round(pk), ExtendRoundRequest.read(request)
        deeds.extend(asked, sent["until"], by=_by(request))
        return Response(_standing(asked))

    @extend_schema(request=LeaderRequest, responses=RoundStandingSerializer)
    @action(detail=True, methods=["post"], url_path="pass-on")
    def pass_on(self, request: Request, pk: str) -> Response:
        """Die Leitung der Runde an eine andere Person geben."""
        asked, sent = self._round(pk), LeaderRequest.read(request)
        people = User.objects.filter(memberships__municipality=asked.municipality_id, username=sent["leader"])
        leader = people.first()
        if leader is None:
            raise no_such("leader", _t("Diese Person gibt es hier nicht."))
        deeds.pass_on(asked, leader, by=_by(request))
        return Response(_standing(asked))

    @extend_schema(request=None, responses=RoundStandingSerializer)
    @action(detail=True, methods=["post"])
    def remind(self, request: Request, pk: str) -> Response:
        """Allen schreiben, deren Fachbereich nicht abgegeben hat."""
        asked = self._round(pk)
        deeds.remind(asked, by=_by(request))
        return Response(_standing(asked))

    @extend_schema(request=None, responses=RoundStandingSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Die Runde schließen."""
        asked = self._round(pk)
        deeds.end(asked, StepKind.CLOSED, by=_by(request))
        return Response(_standing(asked))

    @extend_schema(request=None, responses=RoundStandingSerializer)
    @action(detail=True, methods=["post"], url_path="call-off")
    def call_off(self, request: Request, pk: str) -> Response:
        """Die Runde absagen, solange niemand abgegeben hat."""
        asked = self._round(pk)
        deeds.end(asked, StepKind.CALLED_OFF, by=_by(request))
        return Response(_standing(asked))

    @extend_schema(request=RoundStepRequest, responses=RoundStandingSerializer)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str) -> Response:
        """Einen Schritt der Runde zurücknehmen, auf dem kein späterer steht."""
        asked, sent = self._round(pk), RoundStepRequest.read(request)
        step = named_in(RoundStep.objects.filter(round=asked), sent["step"])
        if step is None:
            raise no_such("step", _t("Diesen Schritt gibt es hier nicht."))
        deeds.take_back(step, by=_by(request))
        return Response(_standing(asked))

    def _round(self, pk: str) -> Round:
        return get_object_or_404(self.get_queryset().select_related("by", "municipality"), pk=id_or_404(pk))

    def _department(self, pk: int | None) -> Department | None:
        if pk is None:
            return None
        found = named_in(visible_departments(self.request), pk)
        if found is None:
            raise no_such("department", _t("Diesen Fachbereich gibt es nicht."))
        return found


def _by(request: Request) -> User:
    return cast("User", request.user)


def _standing(asked: Round) -> dict[str, Any]:
    told = standing_of(asked)
    return {
        "id": asked.pk,
        "until": told.until,
        "leader": told.leader.username,
        "ended": told.end.kind if told.end else None,
        **{name: getattr(told, name) for name in ("same", "changed", "open", "total")},
        "departments": [_unit(unit) for unit in told.units],
        "steps": [_step(step) for step in told.steps],
    }


def _unit(unit: Unit) -> dict[str, Any]:
    return {
        "department": unit.department.pk if unit.department else None,
        "name": unit.department.name if unit.department else None,
        "progress": unit.progress.value,
        "leaders": [each.username for each in unit.leaders],
        **{name: getattr(unit, name) for name in ("same", "changed", "open", "total")},
    }


def _step(step: RoundStep) -> dict[str, Any]:
    plain = {name: getattr(step, name) for name in ("kind", "until", "comment", "recorded_at")}
    return {
        "id": step.pk,
        "department": step.department_id,
        "leader": step.leader.username if step.leader else None,
        "by": step.by.username,
        **plain,
    }


def _answer(each: Answer) -> dict[str, Any]:
    return {
        "service": each.row.pk,
        "version": each.row.version,
        "said": each.said.value,
        "said_at": each.at,
        "changed": list(each.fields),
        "returned": each.returned,
    }
