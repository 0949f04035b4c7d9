"""The people of a municipality in the API: who is what, and the deeds that change it from a day on."""

from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.filters import MembershipFilter
from ozg_tracker.accounts.journal.reading import tell_read
from ozg_tracker.accounts.letting_in.lost_factors import take_second_factor
from ozg_tracker.accounts.models import Department, Membership, Role, User
from ozg_tracker.accounts.models.membership_events import LONGEST_REASON
from ozg_tracker.accounts.named import named_municipality, no_such
from ozg_tracker.accounts.people import (
    add_user,
    change_role,
    let_go,
    refuse_unless_manages,
    rename_person,
    take_back,
)
from ozg_tracker.accounts.staff_numbers import keep_staff_number
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.ids import named_in
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Rows


class PersonSerializer(serializers.ModelSerializer[Membership]):
    username = serializers.CharField(source="user.username")
    first_name = serializers.CharField(source="user.first_name")
    last_name = serializers.CharField(source="user.last_name")
    email = serializers.CharField(source="user.email")
    active = serializers.BooleanField(source="user.is_active")
    left_on = serializers.DateField(source="user.left_on", allow_null=True)

    class Meta:
        model = Membership
        fields = (
            *("id", "municipality", "username", "first_name", "last_name", "email"),
            *("role", "department", "active", "left_on"),
        )


class FromADayRequest(RequestBody):
    effective_on = DayInBody(required=False, allow_null=True, help_text=_("gilt ab; ohne: ab heute"))
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class RoleRequest(FromADayRequest):
    role = serializers.ChoiceField(Role.choices)
    department = serializers.IntegerField(allow_null=True, required=False, default=None)


class NewPersonRequest(RoleRequest):
    municipality = serializers.IntegerField()
    username = serializers.CharField(max_length=150)
    first_name = serializers.CharField(max_length=150, required=False, allow_blank=True, default="")
    last_name = serializers.CharField(max_length=150, required=False, allow_blank=True, default="")
    email = serializers.EmailField(required=False, allow_blank=True, default="")
    staff_number = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class ChangedPersonRequest(RequestBody):
    first_name = serializers.CharField(max_length=150, required=False, allow_blank=True)
    last_name = serializers.CharField(max_length=150, required=False, allow_blank=True)
    email = serializers.EmailField(
        required=False, allow_blank=True, help_text=_("gilt, sobald sie an der neuen Adresse bestätigt ist")
    )
    staff_number = serializers.CharField(max_length=40, required=False, allow_blank=True)


class LeaveRequest(FromADayRequest):
    holding_nothing = serializers.BooleanField(
        required=False, default=True, help_text=_("ablehnen, solange die Person noch etwas hält")
    )


class LostFactorRequest(RequestBody):
    reason = serializers.CharField(max_length=LONGEST_REASON)


class NotYetSerializer(serializers.Serializer[Any]):
    username = serializers.CharField()


class People(Collection):
    """Personen der Kommunen, deren Personen Sie verwalten, mit Rolle und Fachbereich von heute."""

    serializer_class = PersonSerializer
    filterset_class = MembershipFilter
    orderings = ("id",)
    closed_to = ("manager", "staff", "council")

    def get_queryset(self) -> QuerySet[Membership]:
        return Membership.objects.visible_to(self.request.user)

    def told(self, rows: Rows) -> None:
        by = cast("User", self.request.user)
        tell_read(_("Personen"), (row["municipality"] for row in rows if row["username"] != by.username), by=by)

    @extend_schema(request=NewPersonRequest, responses={201: PersonSerializer, 202: NotYetSerializer})
    def create(self, request: Request) -> Response:
        """Eine Person aufnehmen; ein Passwort setzt sie selbst. 202: der Tag, ab dem sie dazugehört, kommt noch."""
        sent = NewPersonRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        said = dict(sent.validated_data)
        municipality = named_municipality(request, said.pop("municipality"))
        said["department"] = _department(municipality.pk, said["department"])
        user = add_user(**said, municipality=municipality, by=cast("User", request.user))
        member = user.memberships.filter(municipality=municipality).first()
        if member is None:
            return Response({"username": user.username}, status=202)
        return Response(self.item(member.pk), status=201)

    @extend_schema(request=ChangedPersonRequest, responses=PersonSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Name, Adresse und Personalnummer ändern; eine neue Adresse gilt erst, wenn sie bestätigt ist."""
        member, said = self._asked(request, pk, ChangedPersonRequest)
        by, user = cast("User", request.user), member.user
        with transaction.atomic():
            refuse_unless_manages(by, member.municipality, member.role)
            if "staff_number" in said:
                keep_staff_number(user, member.municipality, said.pop("staff_number"), by=by)
            if said:
                names = {name: getattr(user, name) for name in ("first_name", "last_name", "email")}
                rename_person(member, **names | said, by=by)
        return Response(self.item(member.pk))

    @extend_schema(request=RoleRequest, responses=PersonSerializer)
    @action(detail=True, methods=["post"])
    def role(self, request: Request, pk: str) -> Response:
        """Rolle und Fachbereich von einem Tag an ändern; eine neue Koordination wartet vielleicht auf eine zweite."""
        member, said = self._asked(request, pk, RoleRequest)
        said["department"] = _department(member.municipality_id, said["department"])
        change_role(member, **said, by=cast("User", request.user))
        return Response(self.item(member.pk))

    @extend_schema(request=LeaveRequest, responses=PersonSerializer)
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: str) -> Response:
        """Die Person ausscheiden lassen; „effective_on“ ist der erste Tag ohne Zugang."""
        member, said = self._asked(request, pk, LeaveRequest)
        number = member.pk
        let_go(member, **said, by=cast("User", request.user))
        if not self.get_queryset().filter(pk=number).exists():
            return Response(status=204)
        return Response(self.item(number))

    @extend_schema(request=FromADayRequest, responses=PersonSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Eine Person, die ausgeschieden ist, wieder aufnehmen."""
        member, said = self._asked(request, pk, FromADayRequest)
        take_back(member, **said, by=cast("User", request.user))
        return Response(self.item(member.pk))

    @extend_schema(request=LostFactorRequest, responses=PersonSerializer)
    @action(detail=True, methods=["post"], url_path="end-second-factor")
    def end_second_factor(self, request: Request, pk: str) -> Response:
        """App, Passkeys und Notfallcodes einer Person entfernen, die sie verloren hat; sie bekommt eine Mail."""
        member, said = self._asked(request, pk, LostFactorRequest)
        take_second_factor(member, **said, by=cast("User", request.user))
        return Response(self.item(member.pk))

    def _asked(self, request: Request, pk: str, body: type[RequestBody]) -> tuple[Membership, dict[str, Any]]:
        member = get_object_or_404(self.get_queryset().select_related("user", "municipality", "department"), pk=pk)
        sent = body(data=request.data)
        sent.is_valid(raise_exception=True)
        return member, dict(sent.validated_data)


def _department(municipality: int, given: int | None) -> Department | None:
    found = named_in(Department.objects.standing().filter(municipality=municipality), given)
    if given is not None and found is None:
        raise no_such("department", gettext("Diesen Fachbereich gibt es hier nicht."))
    return found
