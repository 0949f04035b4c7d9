"""Comments on services, and services that are watched, in the API."""

from collections import defaultdict
from typing import Any, cast

from django.db.models import Case, QuerySet, Value, When
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, PermissionDenied, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.models import Deed, User
from ozg_tracker.api.ids import id_or_404, named_in
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import ApiView, Collection, Rows
from ozg_tracker.tracking.filters import CommentFilter
from ozg_tracker.tracking.following.commenting import MOST_NAMED, comment, deal_with, withdraw
from ozg_tracker.tracking.following.watching import look_at, unwatch, watch, watched
from ozg_tracker.tracking.models import LONGEST_REMARK, Comment, Mention, MunicipalService


class CommentSerializer(serializers.ModelSerializer[Comment]):
    service = serializers.IntegerField(source="row", help_text=_("„id“ der Leistung der Kommune"))
    text = serializers.CharField(source="shown", help_text=_("leer: zurückgenommen"))
    by = serializers.CharField(source="by.username", help_text=_("Benutzername"))
    withdrawn_at = serializers.DateTimeField(source="withdrawn_by.recorded_at", allow_null=True)
    named = serializers.ListField(source="*", child=serializers.CharField(), help_text=_("Benutzernamen der Genannten"))

    class Meta:
        model = Comment
        fields = ("id", "municipality", "service", "text", "named", "by", "recorded_at", "withdrawn_at")


class CommentRequest(RequestBody):
    service = serializers.IntegerField(help_text=_("„id“ der Leistung der Kommune"))
    text = serializers.CharField(max_length=LONGEST_REMARK, help_text=_("@benutzername nennt jemanden"))
    named = serializers.ListField(
        child=serializers.CharField(max_length=150), required=False, max_length=MOST_NAMED, help_text=_("Benutzernamen")
    )


class ServiceRequest(RequestBody):
    service = serializers.IntegerField(help_text=_("„id“ der Leistung der Kommune"))


class DealtWithSerializer(serializers.Serializer[Any]):
    comments = serializers.IntegerField(help_text=_("wie viele nicht mehr warten"))


class Comments(Collection):
    """Kommentare zu Leistungen; sie kommen nur hinzu. Wen einer nennt, der findet ihn unter me/tasks/."""

    serializer_class = CommentSerializer
    filterset_class = CommentFilter
    closed_to = ("operator", "council")

    def get_queryset(self) -> QuerySet[Comment]:
        shown = Case(When(withdrawn_by=None, then="text"), default=Value(""))
        return Comment.objects.visible_to(self.request.user).remarks().annotate(shown=shown)

    def fill(self, rows: Rows) -> None:
        named = defaultdict(list)
        found = Mention.objects.filter(comment__in=[row["id"] for row in rows]).order_by("pk")
        for said, username in found.values_list("comment", "person__username"):
            named[said].append(username)
        for row in rows:
            row["named"] = named[row["id"]]

    @extend_schema(request=CommentRequest, responses={201: CommentSerializer})
    def create(self, request: Request) -> Response:
        """Eine Leistung kommentieren; „named“ und wer mit @ im Text steht, wird unterrichtet."""
        sent = CommentRequest.read(request)
        said = comment(_row(request, sent["service"]), sent["text"], by=_by(request), named=sent.get("named", ()))
        return Response(self.item(said.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=CommentSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Einen Kommentar zurücknehmen: Sein Text wird nicht mehr gezeigt."""
        said = get_object_or_404(self.get_queryset().select_related("municipality"), pk=id_or_404(pk))
        withdraw(said, by=_by(request))
        return Response(self.item(said.pk))

    @extend_schema(request=ServiceRequest, responses=DealtWithSerializer)
    @action(detail=False, methods=["post"], url_path="deal-with")
    def deal_with(self, request: Request) -> Response:
        """Was die anfragende Person bei einer Leistung nennt, wartet nicht mehr auf sie."""
        sent = ServiceRequest.read(request)
        return Response({"comments": deal_with(_row(request, sent["service"]), by=_by(request))})


class WatchedSerializer(serializers.Serializer[Any]):
    municipality = serializers.IntegerField()
    service = serializers.IntegerField(help_text=_("„id“ der Leistung der Kommune"))
    name = serializers.CharField()
    seen_at = serializers.DateTimeField(help_text=_("gesehen bis"))
    changes = serializers.IntegerField(help_text=_("von anderen, seither"))
    comments = serializers.IntegerField(help_text=_("von anderen, seither"))
    last_at = serializers.DateTimeField(allow_null=True)


class WatchedListSerializer(serializers.Serializer[Any]):
    results = WatchedSerializer(many=True)


class WatchRequest(ServiceRequest):
    watching = serializers.BooleanField(default=True, help_text=_("false: nicht mehr beobachten"))
    seen_at = serializers.DateTimeField(required=False, help_text=_("bis dahin ist es nichts Neues mehr"))


class MyWatched(ApiView):
    """Leistungen, die die anfragende Person beobachtet, mit dem, was andere seither taten."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=forced_singular_serializer(WatchedListSerializer))  # type: ignore[no-untyped-call]
    def get(self, request: Request) -> Response:
        """Beobachtete Leistungen, Neues zuerst."""
        return Response({"results": _watched(_by(request))})

    @extend_schema(request=WatchRequest, responses=forced_singular_serializer(WatchedListSerializer))  # type: ignore[no-untyped-call]
    def post(self, request: Request) -> Response:
        """Eine Leistung beobachten, nicht mehr beobachten oder als gesehen kennzeichnen."""
        by = _by(request)
        if not any(Deed.READ_ROWS in held.deeds for held in by.memberships.all()):
            raise PermissionDenied(_t("Leistungen beobachten kann, wer sie lesen darf."))
        sent = WatchRequest.read(request)
        row = _row(request, sent["service"])
        if sent["watching"]:
            watch(row, by)
            if "seen_at" in sent:
                look_at(by, row.municipality, sent["seen_at"], row.pk)
        else:
            unwatch(row, by)
        return Response({"results": _watched(by)})


def _watched(person: User) -> list[dict[str, Any]]:
    held = [
        each.municipality
        for each in person.memberships.select_related("municipality").order_by("pk")
        if Deed.READ_ROWS in each.deeds
    ]
    return [
        {
            "municipality": municipality.pk,
            "service": each.watch.row_id,
            "name": each.watch.row.service.name,
            "seen_at": each.watch.seen_at,
            "changes": each.changes,
            "comments": each.comments,
            "last_at": each.last_at,
        }
        for municipality in held
        for each in watched(person, municipality)
    ]


def _row(request: Request, named: object) -> MunicipalService:
    rows = MunicipalService.objects.visible_to(request.user).select_related("municipality", "service")
    found = named_in(rows, named)
    if found is None:
        raise ValidationError({"service": [ErrorDetail(_t("Diese Leistung gibt es nicht."), "does_not_exist")]})
    return found


def _by(request: Request) -> User:
    return cast("User", request.user)
