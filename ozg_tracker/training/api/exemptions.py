"""Exemptions from trainings in the API: who needs none for a time."""

from typing import cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.journal.reading import tell_read
from ozg_tracker.accounts.models import User
from ozg_tracker.accounts.named import named_municipality, no_such
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.ids import id_or_404, named_in
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Rows
from ozg_tracker.training.api.trainings import CLOSED_TO
from ozg_tracker.training.assigning.exempting import end_exemption, exempt
from ozg_tracker.training.filters import ExemptionFilter
from ozg_tracker.training.models import Course, Exemption, SuspensionReason, led_by


class ExemptionSerializer(serializers.ModelSerializer[Exemption]):
    person = serializers.CharField(source="person.username", help_text=_("Benutzername"))
    by = serializers.CharField(source="by.username", help_text=_("Benutzername"))

    class Meta:
        model = Exemption
        fields = (
            *("id", "municipality", "person", "course", "starts_on", "until", "reason", "ended_on", "by"),
            "recorded_at",
        )


class ExemptionRequest(RequestBody):
    municipality = serializers.IntegerField()
    person = serializers.CharField(max_length=150, help_text=_("Benutzername"))
    course = serializers.IntegerField(required=False, allow_null=True, help_text=_("ohne: von allen Schulungen"))
    starts_on = DayInBody(required=False, allow_null=True, help_text=_("ohne: ab heute"))
    until = DayInBody(help_text=_("letzter Tag"))
    reason = serializers.ChoiceField(SuspensionReason.choices)


class Exemptions(Collection):
    """Befreiungen: eigene, als Leitung die des Fachbereichs, als Koordination alle."""

    serializer_class = ExemptionSerializer
    filterset_class = ExemptionFilter
    orderings = ("id", "until")
    closed_to = CLOSED_TO

    def get_queryset(self) -> QuerySet[Exemption]:
        return Exemption.objects.visible_to(self.request.user)

    def told(self, rows: Rows) -> None:
        by = cast("User", self.request.user)
        tell_read(_("Befreiungen"), (row["municipality"] for row in rows if row["person"] != by.username), by=by)

    @extend_schema(request=ExemptionRequest, responses={201: ExemptionSerializer})
    def create(self, request: Request) -> Response:
        """Eine Person für eine Zeit von einer oder allen Schulungen befreien."""
        read = ExemptionRequest(data=request.data)
        read.is_valid(raise_exception=True)
        sent, by = read.validated_data, cast("User", request.user)
        municipality = named_municipality(request, sent.pop("municipality"))
        led = led_by(by, municipality).select_related("user")
        member = led.filter(user__username=sent.pop("person")).first()
        if member is None:
            raise no_such("person", _t("Diese Person gibt es hier nicht."))
        course = sent.pop("course", None)
        if course is not None:
            sent["course"] = named_in(Course.objects.filter(municipality=municipality), course)
            if sent["course"] is None:
                raise no_such("course", _t("Diese Schulung gibt es nicht."))
        made = exempt(member.user, municipality, by=by, **sent)
        return Response(self.item(made.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=ExemptionSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Die Befreiung einer anderen Person heute beenden."""
        found = get_object_or_404(self.get_queryset(), pk=id_or_404(pk))
        end_exemption(found, by=cast("User", request.user))
        return Response(self.item(found.pk))
