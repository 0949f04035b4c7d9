"""Handovers in the API: what passes from whom to whom, from which day on, and the deeds that let it."""

from collections import defaultdict
from typing import Any, cast

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.journal.reading import tell_read
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.accounts.named import named_municipality, no_such
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.ids import id_or_404
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Rows
from ozg_tracker.handover.deciding import rows_to_hand_over, things_to_hand_over
from ozg_tracker.handover.filters import HandoverFilter
from ozg_tracker.handover.handing_over import hand_over, take_back
from ozg_tracker.handover.models import (
    LONGEST_MESSAGE,
    Handover,
    HandoverItem,
    HandoverStep,
    Kind,
    OtherItem,
    StepKind,
    Why,
)
from ozg_tracker.handover.things import Key

MOST = 5_000  # services


class ItemSerializer(serializers.Serializer[Any]):
    service = serializers.IntegerField(help_text=_("„id“ der Leistung der Kommune"))
    receiver = serializers.CharField(help_text=_("Benutzername"))


class OtherSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(Kind.choices)
    thing = serializers.IntegerField(help_text=_("„id“ dessen, was „kind“ nennt"))
    department = serializers.IntegerField(allow_null=True, help_text=_("nur bei „answers“: wofür geantwortet wird"))
    name = serializers.CharField(help_text=_("wie es damals hieß"))
    receiver = serializers.CharField(help_text=_("Benutzername"))


class HandoverSerializer(serializers.ModelSerializer[Handover]):
    giver = serializers.CharField(source="giver.username", help_text=_("Benutzername"))
    by = serializers.CharField(source="by.username", help_text=_("Benutzername"))
    state = serializers.ChoiceField(
        [("planned", _("vorgesehen")), *StepKind.choices], help_text=_("der letzte Schritt")
    )
    items = ItemSerializer(source="*", many=True)
    others = OtherSerializer(source="*", many=True, help_text=_("Entwürfe, Runden, Schulungstermine"))

    class Meta:
        model = Handover
        fields = (
            *("id", "municipality", "giver", "why", "starts_on", "until", "message", "by", "recorded_at"),
            *("state", "items", "others"),
        )


class ItemRequest(RequestBody):
    service = serializers.IntegerField()
    receiver = serializers.CharField(max_length=150)


class OtherRequest(RequestBody):
    kind = serializers.ChoiceField(Kind.choices)
    thing = serializers.IntegerField()
    department = serializers.IntegerField(required=False, allow_null=True, default=None)
    receiver = serializers.CharField(max_length=150)


class HandoverRequest(RequestBody):
    municipality = serializers.IntegerField()
    giver = serializers.CharField(max_length=150, help_text=_("Benutzername"))
    why = serializers.ChoiceField(Why.choices)
    starts_on = DayInBody(required=False, help_text=_("ohne: ab heute"))
    until = DayInBody(required=False, allow_null=True, help_text=_("letzter Tag; nur bei Abwesenheit"))
    message = serializers.CharField(required=False, default="", allow_blank=True, max_length=LONGEST_MESSAGE)
    receiver = serializers.CharField(
        required=False, max_length=150, help_text=_("wer alles übernimmt, was „items“ und „others“ nicht nennen")
    )
    items = ItemRequest(many=True, required=False, max_length=MOST)  # type: ignore[call-arg]  # of a list
    others = OtherRequest(many=True, required=False, max_length=MOST)  # type: ignore[call-arg]  # of a list


class Handovers(Collection):
    """Übergaben: was eine Person hielt, geht an andere, ab einem Tag, für eine Zeit oder auf Dauer."""

    serializer_class = HandoverSerializer
    filterset_class = HandoverFilter
    orderings = ("id", "starts_on")
    closed_to = ("operator", "council")

    def get_queryset(self) -> QuerySet[Handover]:
        last = HandoverStep.objects.filter(handover=OuterRef("pk")).order_by("-pk").values("kind")[:1]
        state = Coalesce(Subquery(last), Value("planned"))
        return Handover.objects.visible_to(self.request.user).annotate(state=state)

    def fill(self, rows: Rows) -> None:
        ids = [row["id"] for row in rows]
        items, others = defaultdict(list), defaultdict(list)
        nothing = Value(""), Value(None, output_field=IntegerField()), Value("")
        services = HandoverItem.objects.filter(handover__in=ids).order_by()
        things = OtherItem.objects.filter(handover__in=ids).order_by()
        found = services.values_list("handover", "pk", nothing[0], "row", *nothing[1:], "receiver__username").union(
            things.values_list("handover", "pk", "kind", "thing", "department", "name", "receiver__username"), all=True
        )
        for handover, _pk, kind, thing, department, name, receiver in sorted(found, key=lambda told: told[1]):
            if kind:
                told = {"kind": kind, "thing": thing, "department": department, "name": name}
                others[handover].append(told | {"receiver": receiver})
            else:
                items[handover].append({"service": thing, "receiver": receiver})
        for row in rows:
            row["items"], row["others"] = items[row["id"]], others[row["id"]]

    def told(self, rows: Rows) -> None:
        by = cast("User", self.request.user)
        tell_read(_("Übergaben"), (row["municipality"] for row in rows if row["giver"] != by.username), by=by)

    @extend_schema(request=HandoverRequest, responses={201: HandoverSerializer})
    def create(self, request: Request) -> Response:
        """Übergeben, was eine Person hält: „receiver“ übernimmt alles, oder „items“ nennt Leistungen und „others“
        Entwürfe, Runden und Schulungstermine einzeln.
        """
        read = HandoverRequest(data=request.data)
        read.is_valid(raise_exception=True)
        sent, by = read.validated_data, cast("User", request.user)
        municipality = named_municipality(request, sent["municipality"])
        people = _people(municipality, sent)
        giver = people[sent["giver"]]
        to, others = dict[int, User](), dict[Key, User]()
        if "receiver" in sent:
            receiver = people[sent["receiver"]]
            to = {row.pk: receiver for row in rows_to_hand_over(municipality, giver, by)}
            others = {thing.key: receiver for thing in things_to_hand_over(municipality, giver, by)}
        to |= {item["service"]: people[item["receiver"]] for item in sent.get("items", ())}
        for item in sent.get("others", ()):
            others[item["kind"], item["thing"], item["department"]] = people[item["receiver"]]
        made = hand_over(
            municipality,
            giver,
            to,
            others,
            why=sent["why"],
            starts_on=sent.get("starts_on") or timezone.localdate(),
            until=sent.get("until"),
            message=sent["message"],
            by=by,
        )
        return Response(self.item(made.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=HandoverSerializer)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str) -> Response:
        """Eine vorgesehene Übergabe absagen, oder eine ausgeführte als Ganzes zurücknehmen."""
        found = get_object_or_404(self.get_queryset(), pk=id_or_404(pk))
        take_back(found, by=cast("User", request.user))
        return Response(self.item(found.pk))


def _people(municipality: Municipality, sent: dict[str, Any]) -> dict[str, User]:
    """Everybody whom the request names, by username; 400 names those who do not belong here."""
    fields = {name: {item["receiver"] for item in sent.get(name, ())} for name in ("items", "others")}
    fields["giver"] = {sent["giver"]}
    if "receiver" in sent:
        fields["receiver"] = {sent["receiver"]}
    names = set().union(*fields.values())
    here = User.objects.filter(memberships__municipality=municipality, username__in=names)
    found = {person.username: person for person in here}
    for name, named in fields.items():
        if unknown := sorted(named - found.keys()):
            raise no_such(name, _t("Diese Personen gibt es hier nicht: %s.") % ", ".join(unknown[:10]))
    return found
