"""Scope profiles in the API: every version with its rules, and making the next one."""

from collections.abc import Mapping
from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.catalogue import CLOSED_TO
from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.accounts.named import no_such
from ozg_tracker.api.ids import named_in
from ozg_tracker.api.paging import Row
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Rows
from ozg_tracker.tracking.filters import ScopeProfileFilter
from ozg_tracker.tracking.models import Responsibility, ScopeProfile
from ozg_tracker.tracking.responsibility.profiles import MOST, Changes, back_to, change_profile, preview
from ozg_tracker.tracking.responsibility.suggesting import CRITERIA, Rule, RuleLine, rules_of
from ozg_tracker.tracking.rows.rights import keeps_catalogue, refuse_unless_keeps_catalogue

_CRITERION = serializers.ChoiceField(
    [(name, name) for name in CRITERIA], help_text=_("Typisierung, OZG-ID, oder Leistungsobjekt (acht Ziffern)")
)


class RuleSerializer(serializers.Serializer[Any]):
    criterion = _CRITERION
    value = serializers.CharField()
    responsibility = serializers.ChoiceField(Responsibility.choices)
    reason = serializers.CharField()
    source = serializers.CharField(help_text=_("Quelle"))  # type: ignore[assignment]  # hides an attribute


class ScopeProfileSerializer(serializers.ModelSerializer[ScopeProfile]):
    by = serializers.CharField(source="by.username", allow_null=True, help_text=_("null: mitgeliefert"))
    in_force = serializers.BooleanField(source="*", help_text=_("ob diese Fassung gilt"))

    class Meta:
        model = ScopeProfile
        fields = ("id", "kind", "version", "shipped", "source", "made_at", "by", "reason", "in_force")


class ScopeProfileWithRulesSerializer(ScopeProfileSerializer):
    rules = RuleSerializer(source="*", many=True)

    class Meta:
        model = ScopeProfile
        fields = (*ScopeProfileSerializer.Meta.fields, "rules")


class RuleRequest(RequestBody):
    criterion = _CRITERION
    value = serializers.CharField(max_length=8)
    responsibility = serializers.ChoiceField(
        Responsibility.choices, allow_null=True, help_text=_("null: diese Regel streichen")
    )
    reason = serializers.CharField(max_length=MOST, required=False, default="")
    source = serializers.CharField(max_length=MOST, required=False, default="")  # type: ignore[assignment]  # as above


class NewVersionRequest(RequestBody):
    kind = serializers.ChoiceField(Municipality.Kind.choices)
    seen = serializers.IntegerField(help_text=_("„version“, die Sie kennen; gilt eine andere, wird abgelehnt"))
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text=_("warum das Profil sich ändert"))
    rules = RuleRequest(many=True, required=False, help_text=_("was anders ist; alles Übrige bleibt"))
    back_to = serializers.IntegerField(required=False, help_text=_("statt Regeln: „id“ der Fassung, die wieder gilt"))
    dry_run = serializers.BooleanField(required=False, default=False, help_text=_("nur sagen, was sich ändern würde"))


class ProfilePreviewSerializer(serializers.Serializer[Any]):
    services = serializers.IntegerField(help_text=_("Leistungen, für die anderes vorgeschlagen würde"))
    undecided = serializers.ListField(child=serializers.IntegerField(), help_text=_("unentschiedene Ihrer Kommune"))
    decided = serializers.ListField(child=serializers.IntegerField(), help_text=_("entschiedene; sie bleiben"))
    undecided_everywhere = serializers.IntegerField(help_text=_("in allen Kommunen der Art"))
    decided_everywhere = serializers.IntegerField(help_text=_("in allen Kommunen der Art"))


class ScopeProfiles(Collection):
    """Zuständigkeitsprofile, in Fassungen: was für eine Art von Kommune vorgeschlagen, aber nicht entschieden wird."""

    filterset_class = ScopeProfileFilter
    orderings = ("id", "version")
    closed_to = CLOSED_TO

    def get_queryset(self) -> QuerySet[ScopeProfile]:
        return ScopeProfile.objects.filter(complete=True)

    def get_serializer_class(self) -> type[Any]:
        return ScopeProfileSerializer if self.action == "list" else ScopeProfileWithRulesSerializer

    def fill(self, rows: Rows) -> None:
        in_force = {ScopeProfile.objects.in_force(kind) for kind in Municipality.Kind}
        ids = {each.pk for each in in_force if each}
        for row in rows:
            row["in_force"] = row["id"] in ids

    def item(self, pk: int) -> Row:
        row = super().item(pk)
        rules = rules_of(ScopeProfile.objects.get(pk=pk))
        row["rules"] = [line._asdict() | rule._asdict() for line, rule in sorted(rules.items())]
        return row

    @extend_schema(
        request=NewVersionRequest,
        responses={200: ProfilePreviewSerializer, 201: ScopeProfileWithRulesSerializer},
    )
    def create(self, request: Request) -> Response:
        """Die nächste Fassung machen, aus der geltenden. 201: sie gilt; 200: Probelauf („dry_run“). Keine Leistung
        einer Kommune ändert sich damit.
        """
        user = cast("User", request.user)
        held = list(user.memberships.select_related("municipality"))
        refuse_unless_keeps_catalogue(*held)
        sent = NewVersionRequest.read(request)
        changes = self._changes(sent)
        if sent["dry_run"]:
            keeper = next(each for each in held if keeps_catalogue(each))
            return Response(_told(sent["kind"], changes, keeper.municipality))
        made = change_profile(sent["kind"], changes, by=user, reason=sent["reason"], seen_version=sent["seen"])
        return Response(self.item(made.pk), status=201)

    def _changes(self, sent: Mapping[str, Any]) -> Changes:
        if "back_to" not in sent:
            return dict(_rule(each) for each in sent.get("rules", ()))
        other = named_in(self.get_queryset().filter(kind=sent["kind"]), sent["back_to"])
        if other is None:
            raise no_such("back_to", _t("Diese Fassung gibt es nicht."))
        return back_to(other)


def _rule(sent: Mapping[str, Any]) -> tuple[RuleLine, Rule | None]:
    line = RuleLine(sent["criterion"], sent["value"])
    if sent["responsibility"] is None:
        return line, None
    return line, Rule(Responsibility(sent["responsibility"]), sent["reason"], sent["source"])


def _told(kind: str, changes: Changes, municipality: Municipality) -> dict[str, Any]:
    found = preview(kind, changes, municipality)
    return {
        "services": found.services,
        "undecided": [each.row.pk for each in found.undecided],
        "decided": [each.row.pk for each in found.decided],
        "undecided_everywhere": found.everywhere[0],
        "decided_everywhere": found.everywhere[1],
    }
