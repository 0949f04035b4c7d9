"""Webhooks in the API: set up, changed, tried, paused, resumed and ended; and what was sent."""

from collections.abc import Callable
from typing import Any, cast

from django.core.exceptions import ValidationError as Refusal
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts import access
from ozg_tracker.accounts.models import Deed, Municipality, Token, User
from ozg_tracker.accounts.named import named_municipality
from ozg_tracker.api.etags import etag, matches
from ozg_tracker.api.ids import id_or_404
from ozg_tracker.api.once import SPEAKS_OUTSIDE, TELLS_SECRET
from ozg_tracker.api.paging import Row
from ozg_tracker.api.problem_documents import Stale
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Rows
from ozg_tracker.feed.reading import NOW
from ozg_tracker.webhooks import keeping
from ozg_tracker.webhooks.filters import DeliveryFilter, WebhookFilter
from ozg_tracker.webhooks.models import LONGEST_ADDRESS, PARTS, Delivery, Webhook

_IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description=_('ETag des gelesenen Standes, etwa "4"')
)
_ETAG = OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200, 201, 412], description=_("Version"))
_PART_CHOICES = [(str(scope), label) for scope, label in PARTS.items()]


class StaleWebhook(Stale):
    default_detail = _(
        "Dieser Webhook wurde inzwischen geändert. Ihre Änderung ist nicht gespeichert; unter „current“ steht der neue "
        "Stand."
    )


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    parts = serializers.ListField(child=serializers.ChoiceField(_PART_CHOICES), help_text=_("wovon er meldet"))
    cursor = serializers.CharField(source="told", help_text=_("Marke hinter dem letzten angenommenen Ereignis"))
    why = serializers.CharField(allow_blank=True, help_text=_("warum er angehalten ist; sonst leer"))
    version = serializers.IntegerField(help_text=_("steht auch im ETag"))

    class Meta:
        model = Webhook
        fields = (
            *("id", "municipality", "name", "url", "parts", "state", "why", "cursor", "fingerprint", "old_until"),
            *("failures", "failing_since", "next_at", "created_at", "version"),
        )


class NewWebhookSerializer(WebhookSerializer):
    secret = serializers.CharField(help_text=_("whsec_…; wird nur dieses eine Mal gesagt"))

    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "secret")  # type: ignore[assignment]  # one more


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    cursor = serializers.CharField(source="*", help_text=_("Marke hinter dem letzten Ereignis darin"))

    class Meta:
        model = Delivery
        fields = (
            *("id", "webhook", "message", "kind", "state", "events", "cursor", "created_at", "attempts", "tried_at"),
            *("status", "problem", "delivered_at"),
        )


class WebhookRequest(RequestBody):
    name = serializers.CharField(max_length=80)
    url = serializers.CharField(max_length=LONGEST_ADDRESS)
    parts = serializers.ListField(child=serializers.ChoiceField(_PART_CHOICES), min_length=1, max_length=len(PARTS))


class NewWebhookRequest(WebhookRequest):
    municipality = serializers.IntegerField()
    since = serializers.CharField(
        required=False, default=NOW, allow_blank=True, max_length=60, help_text=_("Marke der Folge; ohne: ab jetzt")
    )


class Webhooks(Collection):
    """Andere Programme, denen gemeldet wird, was geschieht. Eingerichtet werden sie nur angemeldet, nicht mit einem
    Schlüssel: Sonst bekäme weiter Nachricht, wer einen verlorenen fand, auch wenn er widerrufen ist.
    """

    serializer_class = WebhookSerializer
    filterset_class = WebhookFilter
    orderings = ("id", "name")
    closed_to = ("operator", "manager", "staff", "council")

    @property
    def takes_no_key(self) -> Any:  # type: ignore[override]  # by its deed
        """A change asks for the name of its address, and a probe waits for an answer."""
        outside = {"partial_update": SPEAKS_OUTSIDE, "probe": SPEAKS_OUTSIDE}
        return {"create": TELLS_SECRET, "renew": TELLS_SECRET, **outside}.get(self.action, "")

    def get_queryset(self) -> QuerySet[Webhook]:
        return Webhook.objects.visible_to(self.request.user)

    def fill(self, rows: Rows) -> None:
        for row in rows:
            row["parts"] = row["parts"].split()

    @extend_schema(parameters=[_ETAG])
    def retrieve(self, request: Request, pk: str) -> Response:
        return _with_etag(self.item(id_or_404(pk)))

    @extend_schema(request=NewWebhookRequest, responses={201: NewWebhookSerializer}, parameters=[_ETAG])
    def create(self, request: Request) -> Response:
        """Einen Webhook einrichten; sein Geheimnis steht nur in dieser Antwort."""
        sent = NewWebhookRequest.read(request)
        _refuse_keys(request)
        municipality = _own(request, sent.pop("municipality"))
        made, secret = keeping.set_up(municipality, **sent, by=_user(request))
        return _with_etag(self.item(made.pk) | {"secret": secret}, status.HTTP_201_CREATED)

    @extend_schema(request=WebhookRequest, responses=WebhookSerializer, parameters=[_IF_MATCH, _ETAG])
    def partial_update(self, request: Request, pk: str) -> Response:
        """Ändern; was nicht genannt ist, bleibt. Was wartet, wird für die neue Adresse neu gefasst."""
        found = self._found(request, pk)
        _refuse_keys(request)
        current = self.item(found.pk)
        if not matches(request, current["version"]):
            raise StaleWebhook(current, etag(current["version"]))
        sent = WebhookRequest.read(request, partial=True)
        facts = {name: current[name] for name in ("name", "url", "parts")} | sent
        try:
            keeping.change(found, current["version"], _user(request), **facts)
        except Refusal as error:
            if getattr(error, "code", "") != "changed_meanwhile":
                raise
            current = self.item(found.pk)
            raise StaleWebhook(current, etag(current["version"])) from error
        return _with_etag(self.item(found.pk))

    @extend_schema(request=None, responses=NewWebhookSerializer)
    @action(detail=True, methods=["post"])
    def renew(self, request: Request, pk: str) -> Response:
        """Ein neues Geheimnis; einen Tag lang wird mit beiden unterschrieben."""
        found = self._found(request, pk)
        _refuse_keys(request)
        held, secret = keeping.renew(found, found.version, _user(request))
        return _with_etag(self.item(held.pk) | {"secret": secret})

    @extend_schema(request=None, responses=WebhookSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Nichts mehr senden; verloren geht dabei nichts."""
        return self._done(request, pk, keeping.pause)

    @extend_schema(request=None, responses=WebhookSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Weitersenden, von wo er stand."""
        return self._done(request, pk, keeping.resume)

    @extend_schema(request=None, responses=WebhookSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Für immer beenden."""
        return self._done(request, pk, keeping.end)

    @extend_schema(request=None, responses=DeliverySerializer)
    @action(detail=True, methods=["post"])
    def probe(self, request: Request, pk: str) -> Response:
        """Sofort eine Probe ohne Ereignisse senden; die Antwort sagt, was daraus wurde."""
        return Response(_delivery(keeping.probe(self._found(request, pk), _user(request))))

    def _done(self, request: Request, pk: str, deed: Callable[[Webhook, int, User], Webhook]) -> Response:
        found = self._found(request, pk)
        return _with_etag(self.item(deed(found, found.version, _user(request)).pk))

    def _found(self, request: Request, pk: str) -> Webhook:
        request.data  # noqa: B018 (raises where it cannot be read)
        return get_object_or_404(self.get_queryset().select_related("municipality"), pk=id_or_404(pk))


class WebhookDeliveries(Collection):
    """Was an Webhooks gesendet wurde, zwei Wochen lang, und was daraus wurde."""

    takes_no_key = SPEAKS_OUTSIDE
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter
    orderings = ("id",)
    closed_to = ("operator", "manager", "staff", "council")

    def get_queryset(self) -> QuerySet[Delivery]:
        return Delivery.objects.filter(webhook__in=Webhook.objects.visible_to(self.request.user))

    def columns(self) -> dict[str, str]:
        """With the pieces of the mark, which `fill` puts together."""
        return super().columns() | {"_position": "position", "_event": "event", "_proof": "proof"}

    def fill(self, rows: Rows) -> None:
        for row in rows:
            row["cursor"] = f"{row.pop('_position')}-{row.pop('_event')}-{row.pop('_proof')}"

    @extend_schema(request=None, responses=DeliverySerializer)
    @action(detail=True, methods=["post"])
    def resend(self, request: Request, pk: str) -> Response:
        """Noch einmal senden, was schon beantwortet ist, mit derselben Kennung."""
        request.data  # noqa: B018 (raises where it cannot be read)
        found = get_object_or_404(self.get_queryset().select_related("webhook__municipality"), pk=id_or_404(pk))
        return Response(_delivery(keeping.resend(found, _user(request))))


def _delivery(delivery: Delivery) -> Row:
    names = [name for name in DeliverySerializer.Meta.fields if name not in ("webhook", "cursor")]
    told = {name: getattr(delivery, name) for name in names}
    return told | {"webhook": delivery.webhook_id, "cursor": str(delivery.mark)}


def _with_etag(row: Row, code: int = status.HTTP_200_OK) -> Response:
    return Response(row, status=code, headers={"ETag": etag(row["version"])})


def _user(request: Request) -> User:
    return cast("User", request.user)


def _refuse_keys(request: Request) -> None:
    if isinstance(request.auth, Token):
        raise PermissionDenied(_t("Das geht nur angemeldet, nicht mit einem Zugangsschlüssel."))


def _own(request: Request, pk: Any) -> Municipality:
    """The municipality whose webhooks the person keeps; 400 where it is none of the person's."""
    found = named_municipality(request, pk)
    if not access.may(request.user, found, Deed.KEEP_WEBHOOKS):
        raise PermissionDenied(_t("Webhooks richtet die OZG-Koordination ein."))
    return found
