"""Committees and their meetings in the API; the deeds of the pages."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.models import Deed, Municipality
from ozg_tracker.api.days import DayInBody, MomentInBody
from ozg_tracker.api.etags import etag, matches
from ozg_tracker.api.ids import id_or_404, named_in
from ozg_tracker.api.paging import Row
from ozg_tracker.api.problem_documents import Stale
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection
from reports.api.asking import own_municipality, refuse, user_of
from reports.filters import CommitteeFilter, MeetingFilter
from reports.meetings import committees, keeping
from reports.models import LONGEST_LEAD, Committee, Meeting

_IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description=_('ETag des gelesenen Standes, etwa "4"')
)
_ETAG = OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200, 201, 412], description=_("Version"))


class StaleCommittee(Stale):
    default_detail = _(
        "Dieses Gremium wurde inzwischen geändert. Ihre Änderung ist nicht gespeichert; unter „current“ steht der "
        "neue Stand."
    )


class CommitteeSerializer(serializers.ModelSerializer[Committee]):
    class Meta:
        model = Committee
        fields = ("id", "municipality", "name", "lead_days", "ended_on", "version", "created_at", "changed_at")


class ChangedCommitteeRequest(RequestBody):
    """What is left out stays."""

    name = serializers.CharField(max_length=120)
    lead_days = serializers.IntegerField(min_value=0, max_value=LONGEST_LEAD, default=14)


class CommitteeRequest(ChangedCommitteeRequest):
    municipality = serializers.IntegerField()


class ResumeCommitteeRequest(RequestBody):
    version = serializers.IntegerField(help_text=_("die gelesene"))


class EndCommitteeRequest(ResumeCommitteeRequest):
    reason = serializers.CharField(max_length=LONGEST_REASON)


class MeetingSerializer(serializers.ModelSerializer[Meeting]):
    class Meta:
        model = Meeting
        fields = (
            *("id", "municipality", "committee", "starts_at", "place", "due_on", "month", "cancelled", "version"),
            "changed_at",
        )


class MeetingRequest(RequestBody):
    committee = serializers.IntegerField()
    starts_at = MomentInBody()
    place = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    due_on = DayInBody(required=False, allow_null=True, default=None, help_text=_("ohne: nach dem üblichen Vorlauf"))
    month = DayInBody(required=False, allow_null=True, default=None, help_text=_("erster Tag des Monats"))


class NewMeetingRequest(MeetingRequest):
    municipality = serializers.IntegerField()


class ChangedMeetingRequest(MeetingRequest):
    version = serializers.IntegerField(help_text=_("die gelesene"))
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=LONGEST_REASON)


class CancelMeetingRequest(RequestBody):
    version = serializers.IntegerField(help_text=_("die gelesene"))
    reason = serializers.CharField(max_length=LONGEST_REASON)


class Committees(Collection):
    """Gremien der Kommune."""

    serializer_class = CommitteeSerializer
    filterset_class = CommitteeFilter
    orderings = ("id", "name")
    closed_to = ("operator",)

    def get_queryset(self) -> QuerySet[Committee]:
        return Committee.objects.visible_to(self.request.user)

    @extend_schema(parameters=[_ETAG])
    def retrieve(self, request: Request, pk: str) -> Response:
        return _with_etag(self.item(id_or_404(pk)))

    @extend_schema(request=CommitteeRequest, responses={201: CommitteeSerializer}, parameters=[_ETAG])
    def create(self, request: Request) -> Response:
        """Ein Gremium aufnehmen."""
        sent = CommitteeRequest.read(request)
        municipality = own_municipality(request, sent["municipality"], Deed.KEEP_MEETINGS)
        made = committees.keep_committee(municipality, sent["name"], sent["lead_days"], user_of(request))
        return _with_etag(self.item(made.pk), status.HTTP_201_CREATED)

    @extend_schema(request=ChangedCommitteeRequest, responses=CommitteeSerializer, parameters=[_IF_MATCH, _ETAG])
    def partial_update(self, request: Request, pk: str) -> Response:
        """Ein Gremium umbenennen oder seinen Vorlauf ändern; was nicht genannt ist, bleibt."""
        found = self._kept(request, pk)
        current = self.item(found.pk)
        if not matches(request, current["version"]):
            raise StaleCommittee(current, etag(current["version"]))
        wanted = {"name": current["name"], "lead_days": current["lead_days"]}
        wanted |= ChangedCommitteeRequest.read(request, partial=True)
        committees.change_committee(found, **wanted, seen_version=current["version"], by=user_of(request))
        return _with_etag(self.item(found.pk))

    @extend_schema(request=EndCommitteeRequest, responses=CommitteeSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Ein Gremium beenden: Danach tagt es nicht mehr, seine Sitzungen bleiben."""
        found = self._kept(request, pk)
        sent = EndCommitteeRequest.read(request)
        committees.end_committee(found, sent["version"], user_of(request), sent["reason"])
        return Response(self.item(found.pk))

    @extend_schema(request=ResumeCommitteeRequest, responses=CommitteeSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Ein beendetes Gremium tagt wieder."""
        found = self._kept(request, pk)
        committees.resume_committee(found, ResumeCommitteeRequest.read(request)["version"], user_of(request))
        return Response(self.item(found.pk))

    def _kept(self, request: Request, pk: str) -> Committee:
        request.data  # noqa: B018 (raises where it cannot be read)
        found: Committee = get_object_or_404(self.get_queryset().select_related("municipality"), pk=id_or_404(pk))
        refuse(request, found.municipality, Deed.KEEP_MEETINGS)
        return found


class Meetings(Collection):
    """Sitzungen der Gremien, auch abgesagte."""

    serializer_class = MeetingSerializer
    filterset_class = MeetingFilter
    orderings = ("id", "starts_at")
    expandable = {"committee": "committees"}
    closed_to = ("operator",)

    def get_queryset(self) -> QuerySet[Meeting]:
        return Meeting.objects.visible_to(self.request.user)

    @extend_schema(request=NewMeetingRequest, responses={201: MeetingSerializer})
    def create(self, request: Request) -> Response:
        """Eine Sitzung eintragen."""
        sent = NewMeetingRequest.read(request)
        municipality = own_municipality(request, sent.pop("municipality"), Deed.KEEP_MEETINGS)
        made = keeping.set_meeting(municipality, _plan(municipality, sent), user_of(request))
        return Response(self.item(made.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=ChangedMeetingRequest, responses=MeetingSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Eine Sitzung ändern oder wieder ansetzen."""
        found = self._kept(request, pk)
        sent = ChangedMeetingRequest.read(request)
        version, reason = sent.pop("version"), sent.pop("reason")
        keeping.change_meeting(found, _plan(found.municipality, sent), version, user_of(request), reason)
        return Response(self.item(found.pk))

    @extend_schema(request=CancelMeetingRequest, responses=MeetingSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Eine Sitzung absagen; sie bleibt als abgesagt im Kalender."""
        found = self._kept(request, pk)
        sent = CancelMeetingRequest.read(request)
        keeping.cancel_meeting(found, sent["version"], user_of(request), sent["reason"])
        return Response(self.item(found.pk))

    def _kept(self, request: Request, pk: str) -> Meeting:
        request.data  # noqa: B018 (raises where it cannot be read)
        found: Meeting = get_object_or_404(self.get_queryset().select_related("municipality"), pk=id_or_404(pk))
        refuse(request, found.municipality, Deed.KEEP_MEETINGS)
        return found


def _plan(municipality: Municipality, sent: dict[str, Any]) -> keeping.Plan:
    committee = named_in(Committee.objects.filter(municipality=municipality), sent.pop("committee"))
    if committee is None:
        message = _t("Dieses Gremium gibt es hier nicht.")
        raise ValidationError({"committee": [ErrorDetail(message, "does_not_exist")]})
    return keeping.Plan(committee=committee, **sent)


def _with_etag(row: Row, code: int = status.HTTP_200_OK) -> Response:
    return Response(row, status=code, headers={"ETag": etag(row["version"])})
