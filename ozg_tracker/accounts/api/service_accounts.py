"""Accounts for programs in the API: which there are, who answers for each, their keys, and letting one go."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.api.keys import KeySerializer
from ozg_tracker.accounts.filters import ServiceAccountFilter
from ozg_tracker.accounts.models import Department, Municipality, Role, Scope, ServiceAccount, Token, User
from ozg_tracker.accounts.named import named_municipality, no_such
from ozg_tracker.accounts.service_accounts.keeping import (
    add_key,
    add_service_account,
    change_service_account,
    end_key,
    end_service_account,
    people_who_can_answer,
)
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.ids import id_or_404, named_in
from ozg_tracker.api.once import TELLS_SECRET
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import ApiView, Collection

_CLOSED = ("manager", "staff", "council")


class ServiceAccountSerializer(serializers.ModelSerializer[ServiceAccount]):
    username = serializers.CharField(
        source="user.username", help_text=_("so steht das Dienstkonto überall, wo es etwas getan hat")
    )
    role = serializers.ChoiceField(source="user.memberships.role", choices=Role.choices)
    department = serializers.IntegerField(
        source="user.memberships.department_id", allow_null=True, help_text=_("Fachbereich der Rolle")
    )
    responsible = serializers.CharField(source="responsible.username", allow_null=True, help_text=_("Benutzername"))
    made_by = serializers.CharField(source="made_by.username", allow_null=True, help_text=_("null: ein Befehl"))

    class Meta:
        model = ServiceAccount
        fields = (
            *("id", "municipality", "username", "name", "purpose", "role", "department"),
            *("responsible", "responsible_department", "made_by", "made_at", "ended_on"),
        )


class AnswersRequest(RequestBody):
    purpose = serializers.CharField(required=False, allow_blank=True, max_length=300)
    responsible = serializers.CharField(
        required=False, allow_null=True, max_length=150, help_text=_("Benutzername; oder „responsible_department“")
    )
    responsible_department = serializers.IntegerField(required=False, allow_null=True)
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class NewServiceAccountRequest(AnswersRequest):
    municipality = serializers.IntegerField()
    name = serializers.CharField(max_length=80)
    role = serializers.ChoiceField(Role.choices)
    department = serializers.IntegerField(required=False, allow_null=True, default=None)


class EndServiceAccountRequest(RequestBody):
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class ServiceKeyRequest(RequestBody):
    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices), min_length=1)
    expires_on = DayInBody(help_text=_("letzter Tag; höchstens in zwei Jahren"))
    networks = serializers.ListField(child=serializers.CharField(max_length=60), required=False, default=list)


class ServiceAccounts(Collection):
    """Dienstkonten: Konten für Programme, die für eine Kommune handeln und für keine Person."""

    serializer_class = ServiceAccountSerializer
    filterset_class = ServiceAccountFilter
    orderings = ("id",)
    closed_to = _CLOSED

    def get_queryset(self) -> QuerySet[ServiceAccount]:
        return ServiceAccount.objects.visible_to(self.request.user)

    @extend_schema(request=NewServiceAccountRequest, responses={201: ServiceAccountSerializer})
    def create(self, request: Request) -> Response:
        """Ein Dienstkonto anlegen; verantwortlich ist eine Person der Kommune oder ein Fachbereich."""
        sent = NewServiceAccountRequest.read(request)
        municipality = named_municipality(request, sent.pop("municipality"))
        said = sent | {"department": _department(municipality, "department", sent["department"])}
        said |= _answers(municipality, sent.get("responsible"), sent.get("responsible_department"))
        made = add_service_account(municipality, **said, by=cast("User", request.user))
        return Response(self.item(made.pk), status.HTTP_201_CREATED)

    @extend_schema(request=AnswersRequest, responses=ServiceAccountSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Zweck ändern, oder wer verantwortlich ist; was nicht genannt ist, bleibt. Die Rolle ändert sich nie."""
        found = _account(request, pk)
        sent = AnswersRequest.read(request)
        said: dict[str, Any] = {"purpose": sent.get("purpose", found.purpose)}
        said |= {"responsible": found.responsible, "responsible_department": found.responsible_department}
        if {"responsible", "responsible_department"} & set(sent):
            said |= _answers(found.municipality, sent.get("responsible"), sent.get("responsible_department"))
        change_service_account(found, **said, reason=sent["reason"], by=cast("User", request.user))
        return Response(self.item(found.pk))

    @extend_schema(request=EndServiceAccountRequest, responses=ServiceAccountSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Das Dienstkonto beenden: Alle Schlüssel enden sofort, und es kommt nicht zurück."""
        found = _account(request, pk)
        end_service_account(found, **EndServiceAccountRequest.read(request), by=cast("User", request.user))
        return Response(self.item(found.pk))


class ServiceAccountKeys(ApiView):
    """Die Zugangsschlüssel eines Dienstkontos."""

    closed_to = _CLOSED
    takes_no_key = TELLS_SECRET

    @extend_schema(responses=inline_serializer("ServiceKeyList", {"results": KeySerializer(many=True)}))
    def get(self, request: Request, pk: int) -> Response:
        return Response({"results": KeySerializer(_account(request, str(pk)).user.tokens.all(), many=True).data})

    @extend_schema(
        request=ServiceKeyRequest,
        responses={201: inline_serializer("NewServiceKey", {"token": serializers.CharField()})},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Einen Schlüssel erstellen; er wird nur dieses eine Mal gezeigt. Das geht nur angemeldet, nicht mit einem
        Schlüssel: Sonst könnte sich einer, der verloren ging, einen anderen machen.
        """
        request.data  # noqa: B018 (raises where it cannot be read)
        found = _account(request, str(pk))
        if isinstance(request.auth, Token):
            raise PermissionDenied(gettext("Einen Schlüssel erstellt nur, wer angemeldet ist, kein anderer Schlüssel."))
        sent = ServiceKeyRequest.read(request)
        networks = " ".join(sent.pop("networks"))
        plain = add_key(found, **sent, networks=networks, by=cast("User", request.user))
        return Response({"token": plain}, status.HTTP_201_CREATED)


class EndServiceAccountKey(ApiView):
    """Einen Zugangsschlüssel eines Dienstkontos widerrufen."""

    closed_to = _CLOSED

    @extend_schema(request=None, responses=KeySerializer)
    def post(self, request: Request, pk: int, key: int) -> Response:
        """Von jetzt an öffnet er nichts mehr."""
        found = _account(request, str(pk))
        end_key(found, get_object_or_404(Token, pk=key, user=found.user_id), by=cast("User", request.user))
        return Response(KeySerializer(found.user.tokens.get(pk=key)).data)


def _account(request: Request, pk: str) -> ServiceAccount:
    related = ("user", "municipality", "responsible", "responsible_department")
    visible = ServiceAccount.objects.visible_to(request.user).select_related(*related)
    return get_object_or_404(visible, pk=id_or_404(pk))


def _answers(municipality: Municipality, username: str | None, department: int | None) -> dict[str, Any]:
    person = None
    if username:
        member = people_who_can_answer(municipality).filter(user__username=username).select_related("user").first()
        if member is None:
            raise no_such("responsible", gettext("Diese Person gibt es hier nicht."))
        person = member.user
    return {
        "responsible": person,
        "responsible_department": _department(municipality, "responsible_department", department),
    }


def _department(municipality: Municipality, field: str, given: int | None) -> Department | None:
    found = named_in(Department.objects.standing().filter(municipality=municipality), given)
    if given is not None and found is None:
        raise no_such(field, gettext("Diesen Fachbereich gibt es hier nicht."))
    return found
