"""Training rules in the API: who needs a course by when; tried first with `dry_run`."""

from collections import defaultdict
from typing import Any, cast

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Bundle, Service
from ozg_tracker.accounts.models import Department, User
from ozg_tracker.accounts.named import no_such
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.ids import id_or_404, ids_in, named_in
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Rows
from ozg_tracker.training.api.trainings import CLOSED_TO
from ozg_tracker.training.assigning.preview import preview_end, preview_requirement
from ozg_tracker.training.assigning.requirements import end_requirement, put_requirement, refuse_empty
from ozg_tracker.training.filters import RequirementFilter
from ozg_tracker.training.models import LONGEST_WITHIN, Course, NamedPerson, Requirement, learners

MOST = 5_000  # people or services of a rule


class RequirementSerializer(serializers.ModelSerializer[Requirement]):
    people = serializers.ListField(
        child=serializers.CharField(),
        source="*",
        help_text=_("Benutzernamen der genannten Personen; nur für die OZG-Koordination, sonst leer"),
    )
    services = serializers.ListField(
        child=serializers.IntegerField(), source="*", help_text=_("aufgezählte Leistungen, wenn es mehrere sind")
    )

    class Meta:
        model = Requirement
        fields = (
            *("id", "course", "role", "department", "service", "bundle", "services", "named", "people"),
            *("due_within_days", "days_before", "owners_only", "starts_on", "ends_on"),
        )


class RequirementChange(RequestBody):
    """In a change, what is left out stays."""

    role = serializers.CharField(
        required=False, allow_blank=True, max_length=12, help_text=_("leer: alle; sonst coordinator, manager, staff")
    )
    department = serializers.IntegerField(required=False, allow_null=True)
    bundle = serializers.IntegerField(required=False, allow_null=True)
    services = serializers.ListField(
        child=serializers.IntegerField(), required=False, max_length=MOST, help_text=_("„id“ der Leistungen")
    )
    people = serializers.ListField(
        child=serializers.CharField(max_length=150), required=False, max_length=MOST, help_text=_("Benutzernamen")
    )
    due_within_days = serializers.IntegerField(required=False, min_value=1, max_value=LONGEST_WITHIN)
    days_before = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=365, help_text=_("Tage vor dem Go-live der Leistungen")
    )
    owners_only = serializers.BooleanField(required=False, help_text=_("vor dem Go-live nur die Zuständigen"))
    starts_on = DayInBody(required=False)
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=300)
    dry_run = serializers.BooleanField(default=False, help_text=_("nur zeigen, was sich ändern würde"))


class NewRequirement(RequirementChange):
    course = serializers.IntegerField()


class EndRequest(RequestBody):
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=300)
    dry_run = serializers.BooleanField(default=False, help_text=_("nur zeigen, was sich ändern würde"))


class RequirementPreviewSerializer(serializers.Serializer[Any]):
    hit = serializers.IntegerField(help_text=_("wie viele Personen die Pflicht trifft: die Summe der nächsten fünf"))
    have = serializers.IntegerField(help_text=_("haben es schon"))
    stay = serializers.IntegerField(help_text=_("bleiben offen, wie sie sind"))
    moved = serializers.IntegerField(help_text=_("bekommen einen anderen Fälligkeitstag"))
    new = serializers.IntegerField(help_text=_("werden neu fällig"))
    exempt = serializers.IntegerField(help_text=_("sind befreit"))
    gone = serializers.IntegerField(help_text=_("entfallen; offene Schulungen werden zurückgezogen"))


class RequirementOutcome(serializers.Serializer[Any]):
    applied = serializers.BooleanField()
    preview = RequirementPreviewSerializer()
    requirement = RequirementSerializer(allow_null=True)


class Requirements(Collection):
    """Schulungspflichten: wer welche Schulung braucht."""

    serializer_class = RequirementSerializer
    filterset_class = RequirementFilter
    orderings = ("id", "starts_on")
    expandable = {"course": "courses", "department": "departments"}
    closed_to = CLOSED_TO

    def get_queryset(self) -> QuerySet[Requirement]:
        return Requirement.objects.visible_to(self.request.user)

    def fill(self, rows: Rows) -> None:
        ids = [row["id"] for row in rows]
        mine = Requirement.objects.editable_by(self.request.user).filter(pk__in=ids)
        named = NamedPerson.objects.filter(requirement__in=mine)
        people = named.order_by().values_list(Value("people"), "requirement", "person__username")
        listed = Requirement.services.through.objects.filter(requirement__in=ids)
        services = listed.values_list(Value("services"), "requirement", Cast("service", CharField()))
        found = defaultdict[tuple[str, Any], list[str]](list)
        for kind, pk, name in people.union(services, all=True):
            found[kind, pk].append(name)
        for row in rows:
            row["people"] = sorted(found["people", row["id"]])
            row["services"] = sorted(map(int, found["services", row["id"]]))

    @extend_schema(request=NewRequirement, responses={200: RequirementOutcome, 201: RequirementOutcome})
    def create(self, request: Request) -> Response:
        """Eine Schulungspflicht anlegen; mit „dry_run“ nur zeigen, was sie ändern würde."""
        sent = NewRequirement.read(request)
        course = named_in(Course.objects.editable_by(request.user), sent.pop("course"))
        if course is None:
            raise no_such("course", _t("Diese Schulung gibt es nicht."))
        made = Requirement(course=course, starts_on=timezone.localdate())
        return self._put(made, {"people": [], "services": []} | sent, status.HTTP_201_CREATED)

    @extend_schema(request=RequirementChange, responses=RequirementOutcome)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Eine Schulungspflicht ändern; mit „dry_run“ nur zeigen, was sich ändern würde."""
        found = get_object_or_404(Requirement.objects.editable_by(request.user), pk=id_or_404(pk))
        sent = RequirementChange.read(request, partial=True)
        return self._put(found, sent, status.HTTP_200_OK)

    @extend_schema(request=EndRequest, responses=RequirementOutcome)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Eine Schulungspflicht heute beenden: Offenes wird zurückgezogen, Erledigtes bleibt."""
        found = get_object_or_404(Requirement.objects.editable_by(request.user), pk=id_or_404(pk))
        sent = EndRequest.read(request)
        figures = preview_end(found).figures()
        if not sent["dry_run"]:
            end_requirement(found, sent["reason"], by=cast("User", request.user))
        return self._outcome(found, figures, applied=not sent["dry_run"])

    def _put(self, rule: Requirement, sent: dict[str, Any], code: int) -> Response:
        dry_run, reason = sent.pop("dry_run", False), sent.pop("reason", "")
        people, services = _people(rule, sent), _services(rule, sent)
        for name, model in (("department", Department), ("bundle", Bundle)):
            if name in sent:
                setattr(rule, name, _one(model.objects.all(), sent.pop(name), name))
        for name, value in sent.items():
            setattr(rule, name, value)
        rule.service = services[0] if len(services) == 1 else None
        listed = services if len(services) > 1 else []
        rule.named, rule.by_list = bool(people), bool(listed)
        refuse_empty(listed, rule)
        rule.full_clean()
        figures = preview_requirement(rule, [each.pk for each in people], [each.pk for each in listed]).figures()
        if not dry_run:
            put_requirement(rule, people, listed, by=cast("User", self.request.user), reason=reason)
        return self._outcome(rule, figures, applied=not dry_run, code=status.HTTP_200_OK if dry_run else code)

    def _outcome(
        self, rule: Requirement, figures: dict[str, int], *, applied: bool, code: int = status.HTTP_200_OK
    ) -> Response:
        kept = self.item(rule.pk) if rule.pk is not None else None
        return Response({"applied": applied, "preview": figures, "requirement": kept}, status=code)


def _people(rule: Requirement, sent: dict[str, Any]) -> list[User]:
    """Those sent; in a change without any, those of the rule."""
    if "people" not in sent:
        return list(rule.people.all())
    wanted = sent.pop("people")
    here = learners().filter(municipality=rule.course.municipality, user__username__in=wanted).select_related("user")
    found = {each.user.username: each.user for each in here}
    missing = [name for name in wanted if name not in found]
    if missing:
        raise no_such("people", _t("Diese Personen gibt es hier nicht: %s.") % ", ".join(missing[:20]))
    return list(found.values())


def _services(rule: Requirement, sent: dict[str, Any]) -> list[Service]:
    if "services" not in sent:
        return [*rule.services.all(), *([rule.service] if rule.service else [])]
    wanted = sent.pop("services")
    here = Service.objects.filter(retired_on=None, municipal_services__municipality=rule.course.municipality)
    found = {each.pk: each for each in here.filter(pk__in=ids_in(wanted))}
    missing = [str(pk) for pk in wanted if pk not in found]
    if missing:
        raise no_such("services", _t("Diese Leistungen gibt es hier nicht: %s.") % ", ".join(missing[:20]))
    return list(found.values())


def _one(rows: QuerySet[Any], pk: int | None, field: str) -> Any:
    if pk is None:
        return None
    found = named_in(rows, pk)
    if found is None:
        raise no_such(field, _t("Das gibt es hier nicht."))
    return found
