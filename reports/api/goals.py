"""The municipality's own goals in the API: what was said, what held at an instant; set and withdrawn by the deeds of
the page.
"""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django_filters import NumberFilter
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.filters import visible_municipalities
from ozg_tracker.accounts.models import Deed
from ozg_tracker.api.days import InstantFilter
from ozg_tracker.api.filters import FilterSet, VisibleChoiceFilter
from ozg_tracker.api.ids import BIGGEST
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection
from reports.api.asking import own_municipality, user_of
from reports.goals.set_goal import set_goal, withdraw_goal
from reports.models import FIRST_GOAL_YEAR, LAST_GOAL_YEAR, LONGEST_DECIDED, MOST_TARGET, Goal


class GoalFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities, label=_("Kommune"))
    year = NumberFilter(min_value=FIRST_GOAL_YEAR, max_value=LAST_GOAL_YEAR, label=_("Jahr"))
    known_at = InstantFilter(
        method="holding_at",
        label=_("wie zu diesem Zeitpunkt bekannt"),
        help_text=_("je Kommune und Jahr nur, was da galt; ohne Zahl: kein Ziel mehr"),
    )

    class Meta:
        model = Goal
        fields: list[str] = []

    def holding_at(self, goals: QuerySet[Goal], name: str, instant: datetime) -> QuerySet[Goal]:
        return goals.filter(pk__in=Goal.objects.known_at(instant).last_said().values("pk"))


class GoalSerializer(serializers.ModelSerializer[Goal]):
    by = serializers.CharField(source="by.username", help_text=_("Benutzername"))

    class Meta:
        model = Goal
        fields = ("id", "municipality", "year", "target", "decided", "reason", "by", "recorded_at")


class GoalRequest(RequestBody):
    municipality = serializers.IntegerField()
    year = serializers.IntegerField(min_value=FIRST_GOAL_YEAR, max_value=LAST_GOAL_YEAR)
    target = serializers.IntegerField(
        allow_null=True, min_value=1, max_value=MOST_TARGET, help_text=_("null: das Ziel gilt nicht mehr")
    )
    decided = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=LONGEST_DECIDED,
        help_text=_("durch wen und wann beschlossen; steht im Bericht"),
    )
    reason = serializers.CharField(max_length=LONGEST_REASON)
    seen = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=BIGGEST,
        help_text=_("„id“ dessen, was zuletzt gesagt war, als Sie lasen; 0: nichts. Sonst wird nicht verglichen."),
    )


class Goals(Collection):
    """Jahresziele der Kommune: wie viele Leistungen am Jahresende fertig sein sollen. Das zuletzt Gesagte gilt."""

    serializer_class = GoalSerializer
    filterset_class = GoalFilter
    closed_to = ("operator", "manager", "staff", "council")

    def get_queryset(self) -> QuerySet[Goal]:
        return Goal.objects.visible_to(self.request.user)

    @extend_schema(request=GoalRequest, responses={201: GoalSerializer})
    def create(self, request: Request) -> Response:
        """Ein Jahresziel setzen oder ändern, ohne Zahl zurücknehmen; Berichte sagen es, die danach entstehen."""
        sent = GoalRequest.read(request)
        municipality = own_municipality(request, sent.pop("municipality"), Deed.DECIDE_EDITIONS)
        if sent["target"] is not None:
            made = set_goal(municipality, user_of(request), **sent)
        elif sent["decided"]:
            message = _t("Ein Ziel, das nicht mehr gilt, hat keinen Beschluss. Nennen Sie ihn in der Begründung.")
            raise ValidationError({"decided": [ErrorDetail(message, "invalid")]})
        else:
            said: dict[str, Any] = {name: sent[name] for name in ("year", "reason", "seen")}
            made = withdraw_goal(municipality, user_of(request), **said)
        return Response(self.item(made.pk), status=status.HTTP_201_CREATED)
