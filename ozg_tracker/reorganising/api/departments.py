"""Departments in the API: the tree of a day, as known at an instant, and the deeds that change it."""

from collections.abc import Collection as Many
from datetime import date
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.access import may
from ozg_tracker.accounts.filters import visible_departments, visible_municipalities
from ozg_tracker.accounts.models import Deed, Department, DepartmentEvent, Municipality, Reorganisation, User
from ozg_tracker.accounts.models.departments import LONGEST_REASON
from ozg_tracker.accounts.named import named_municipality
from ozg_tracker.api.days import AS_OF, ASKED_AS_OF, as_of
from ozg_tracker.api.ids import id_or_404, named_in
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Keys
from ozg_tracker.reorganising.api.bodies import ChangedDepartment, NewDepartment, ReorganiseRequest
from ozg_tracker.reorganising.filters import DepartmentFilter, ReorganisationFilter
from ozg_tracker.reorganising.models import PlannedReorganisation
from ozg_tracker.reorganising.planning import call_off, do_or_plan, drafts, drop_draft, keep_draft, waiting
from ozg_tracker.reorganising.reorganise import planned
from ozg_tracker.reorganising.undo import undo
from ozg_tracker.reorganising.wishes import SAME, Share, Wish

Kind = Reorganisation.Kind


class DepartmentSerializer(serializers.ModelSerializer[Department]):
    class Meta:
        model = Department
        fields = ("id", "municipality", "parent", "name", "ended")


class ReorganisationSerializer(serializers.ModelSerializer[Reorganisation]):
    by = serializers.CharField(source="by.username", allow_null=True, help_text=gettext_lazy("Benutzername"))

    class Meta:
        model = Reorganisation
        fields = (
            *("id", "municipality", "kind", "effective_on", "recorded_at", "by", "reason", "undoes"),
            *("services", "people", "rules"),
        )


class PreviewSerializer(serializers.Serializer[Any]):
    services = serializers.IntegerField()
    people = serializers.IntegerField()
    rules = serializers.IntegerField()
    deadlines = serializers.IntegerField()


class TakeBackRequest(RequestBody):
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text=gettext_lazy("Begründung"))


class PlannedReorganisationSerializer(serializers.ModelSerializer[PlannedReorganisation]):
    by = serializers.CharField(
        source="by.username", allow_null=True, default=None, help_text=gettext_lazy("Benutzername")
    )

    class Meta:
        model = PlannedReorganisation
        fields = (
            "id",
            "municipality",
            "kind",
            "effective_on",
            "about",
            "reason",
            "by",
            "recorded_at",
            "trouble",
            "draft",
        )


class PlannedReorganisationsSerializer(serializers.Serializer[Any]):
    results = PlannedReorganisationSerializer(many=True)


class CallOffReorganisation(RequestBody):
    planned = serializers.IntegerField(help_text=gettext_lazy("„id“ dessen, was „planned/“ nennt"))
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=LONGEST_REASON)


_REORGANISED = {200: PreviewSerializer, 201: ReorganisationSerializer, 202: PlannedReorganisationSerializer}


class Departments(Collection):
    """Fachbereiche; „parent“ nennt den Fachbereich darüber. Mit „as_of“ der Baum jenes Tages."""

    serializer_class = DepartmentSerializer
    filterset_class = DepartmentFilter
    orderings = ("id", "name")
    closed_to = ("council",)

    def get_queryset(self) -> QuerySet[Department]:
        found = visible_departments(self.request)
        asked = as_of(self.request.query_params)
        return found if asked is None else _then(found, *asked)

    def query_keys(self) -> Keys:
        return (*super().query_keys(), *(AS_OF if self.action in ("list", "retrieve") else ()))

    def columns(self) -> dict[str, str]:
        then = (
            {name: f"{name}_then" for name in ("parent", "name", "ended")} if as_of(self.request.query_params) else {}
        )
        return super().columns() | then

    @extend_schema(parameters=ASKED_AS_OF)
    def list(self, request: Request) -> Response:
        return super().list(request)

    @extend_schema(parameters=ASKED_AS_OF)
    def retrieve(self, request: Request, pk: str) -> Response:
        return super().retrieve(request, pk)

    @extend_schema(request=NewDepartment, responses={201: DepartmentSerializer, 202: PlannedReorganisationSerializer})
    def create(self, request: Request) -> Response:
        """Einen Fachbereich anlegen, ab einem Tag."""
        sent = NewDepartment.read(request)
        municipality = _managed(request, sent["municipality"])
        deed = do_or_plan(municipality, _wish(Kind.ADD, sent, parent=sent.get("parent")), by=_user(request))
        if isinstance(deed, PlannedReorganisation):
            return _planned(deed)
        return Response(self.item(deed.events.get().department_id), status=status.HTTP_201_CREATED)

    @extend_schema(
        request=ChangedDepartment, responses={200: DepartmentSerializer, 202: PlannedReorganisationSerializer}
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Umbenennen („name“), verschieben („parent“) oder beenden („ended“, mit „into“), mit Tag und Grund."""
        found = get_object_or_404(self.get_queryset().select_related("municipality"), pk=id_or_404(pk))
        sent = ChangedDepartment.read(request)
        municipality = _managed(request, found.municipality_id)
        kind = Kind.END if sent.get("ended") else Kind.RENAME
        said = {"name": sent.get("name", found.name), "into": sent.get("into"), "parent": sent.get("parent", SAME)}
        deed = do_or_plan(municipality, _wish(kind, sent, departments=(found.pk,), **said), by=_user(request))
        if isinstance(deed, PlannedReorganisation):
            return _planned(deed)
        return Response(self.item(found.pk))

    @extend_schema(request=ReorganiseRequest, responses=_REORGANISED)
    @action(detail=False, methods=["post"])
    def reorganise(self, request: Request) -> Response:
        """Umbenennen, verschieben, zusammenlegen, aufteilen, beenden, mit allem, was umzieht. 200: Probelauf; 202: für
        einen künftigen Tag vorgesehen."""
        sent = ReorganiseRequest.read(request)
        municipality = _managed(request, sent["municipality"])
        wish = _wish(
            sent["kind"],
            sent,
            departments=tuple(dict.fromkeys(sent["departments"])),
            name=sent["name"],
            parent=sent.get("parent", SAME),
            into=sent.get("into"),
            parts=_parts(municipality, sent.get("parts", ())),
            staying=tuple(sent["staying"]),
            **{name: tuple(sent[name]) for name in ("named", "ending", "listed")},
            **{name: tuple(_people(municipality, name, sent[name]).values()) for name in ("leads", "works")},
        )
        if sent["dry_run"]:
            return Response(planned(municipality, wish)[1].counts)
        if sent["draft"]:
            return _planned(keep_draft(municipality, wish, by=_user(request)))
        deed = do_or_plan(municipality, wish, by=_user(request))
        if isinstance(deed, PlannedReorganisation):
            return _planned(deed)
        made = ReorganisationSerializer(Reorganisation.objects.select_related("by").get(pk=deed.pk))
        return Response(made.data, status=status.HTTP_201_CREATED)


class Reorganisations(Collection):
    """Umbauten: was am Baum der Fachbereiche geändert wurde und was dabei umzog."""

    serializer_class = ReorganisationSerializer
    filterset_class = ReorganisationFilter
    orderings = ("id", "effective_on")
    closed_to = ("council",)

    def get_queryset(self) -> QuerySet[Reorganisation]:
        return Reorganisation.objects.filter(municipality__in=visible_municipalities(self.request))

    @extend_schema(responses=PlannedReorganisationsSerializer)
    @action(detail=False, methods=["get"], pagination_class=None, filterset_class=None)
    def planned(self, request: Request) -> Response:
        """Umbauten, die für einen künftigen Tag vorgesehen sind, und Entwürfe, der nächste Tag zuerst."""
        found: list[PlannedReorganisation] = []
        for municipality in visible_municipalities(request):
            found += waiting(municipality)
            if may(request.user, municipality, Deed.MANAGE_PEOPLE):
                found += drafts(municipality)
        return Response({"results": PlannedReorganisationSerializer(found, many=True).data})

    @extend_schema(request=CallOffReorganisation, responses={204: None})
    @action(detail=False, methods=["post"], url_path="call-off")
    def call_off(self, request: Request) -> Response:
        """Einen vorgesehenen Umbau absagen, einen Entwurf verwerfen."""
        sent = CallOffReorganisation.read(request)
        mine = PlannedReorganisation.objects.filter(municipality__in=visible_municipalities(request))
        found = named_in(mine.select_related("municipality"), sent["planned"])
        if found is None:
            sentence = _("Diesen vorgesehenen Umbau gibt es hier nicht.")
            raise ValidationError({"planned": [ErrorDetail(sentence, "does_not_exist")]})
        _managed(request, found.municipality_id)
        if found.draft:
            drop_draft(found)
        else:
            call_off(found, by=_user(request), reason=sent["reason"])
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=TakeBackRequest, responses={201: ReorganisationSerializer})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Einen Umbau als Ganzes zurücknehmen; die Geschichte zeigt beides."""
        found = get_object_or_404(self.get_queryset().select_related("municipality"), pk=id_or_404(pk))
        _managed(request, found.municipality_id)
        sent = TakeBackRequest.read(request)
        made = undo(found, by=_user(request), reason=sent["reason"])
        return Response(self.item(made.pk), status=status.HTTP_201_CREATED)


def _planned(waits: PlannedReorganisation) -> Response:
    return Response(PlannedReorganisationSerializer(waits).data, status=status.HTTP_202_ACCEPTED)


def _then(found: QuerySet[Department], day: date, known_at: Any) -> QuerySet[Department]:
    """Those that had begun by the end of `day`, with what they were then."""
    events = DepartmentEvent.objects.filter(department=OuterRef("pk"), effective_on__lte=day)
    if known_at is not None:
        events = events.filter(recorded_at__lte=known_at)
    last = events.order_by("-effective_on", "-pk")
    columns = {f"{name}_then": Subquery(last.values(name)[:1]) for name in ("parent", "name", "ended")}
    return found.annotate(**columns).filter(Exists(events))


def _user(request: Request) -> User:
    return cast("User", request.user)


def _managed(request: Request, pk: int) -> Municipality:
    """The municipality, whose departments the person keeps. 400 where it is none of the person's."""
    found = named_municipality(request, pk)
    if not may(request.user, found, Deed.MANAGE_PEOPLE):
        raise PermissionDenied(_("Fachbereiche ändern die OZG-Koordination und der Betrieb."))
    return found


def _wish(kind: str, sent: dict[str, Any], **said: Any) -> Wish:
    named = {"name": sent.get("name", "")} | said
    return Wish(kind, sent.get("effective_on") or timezone.localdate(), sent["reason"], **named)


def _people(municipality: Municipality, field: str, names: Many[str]) -> dict[str, int]:
    """The ids of those who are called so, by name; 400 names those who do not belong here."""
    here = User.objects.filter(memberships__municipality=municipality, username__in=names)
    found = dict(here.values_list("username", "pk"))
    if unknown := sorted(set(names) - found.keys()):
        sentence = _("Diese Personen gibt es hier nicht: %s.") % ", ".join(unknown[:10])
        raise ValidationError({field: [ErrorDetail(sentence, "does_not_exist")]})
    return found


def _parts(municipality: Municipality, sent: Any) -> dict[str, Share]:
    people = _people(municipality, "parts", {name for part in sent for name in part["people"]})
    return {
        part["name"]: Share(part["services"], [people[name] for name in part["people"]], part["rules"]) for part in sent
    }
