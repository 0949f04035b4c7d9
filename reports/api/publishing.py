"""In the API: whether anybody may read a municipality's published editions, and under which licence."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.models import Deed, Municipality
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Keys
from reports.api.asking import own_municipality, user_of
from reports.models import Licence, Publication
from reports.publishing.make_public import end_public, make_public

_MUNICIPALITY = OpenApiParameter("municipality", int, required=True)


class PublicationSerializer(serializers.ModelSerializer[Publication]):
    class Meta:
        model = Publication
        fields = ("id", "public", "licence", "publisher", "mail", "contributor", "reason", "recorded_at")


class PublishingSerializer(serializers.Serializer[Any]):
    public = serializers.BooleanField()
    path = serializers.CharField(help_text=_("wo ohne Anmeldung zu lesen ist, was öffentlich ist"))
    history = PublicationSerializer(many=True, help_text=_("das Neueste zuerst; es gilt"))


class PublishingRequest(RequestBody):
    municipality = serializers.IntegerField()
    public = serializers.BooleanField()
    licence = serializers.ChoiceField(Licence.choices, required=False, default="", allow_blank=True)
    publisher = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    mail = serializers.CharField(required=False, default="", allow_blank=True, max_length=254)
    contributor = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    reason = serializers.CharField(max_length=LONGEST_REASON)
    seen = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        help_text=_("„id“ dessen, was galt, als Sie lasen; 0: nichts. Sonst wird nicht verglichen."),
    )


class Publishing(Collection):
    """The part of the collection of editions that says to whom they are open."""

    def query_keys(self) -> Keys:
        return ("municipality",) if self.action == "publishing" else super().query_keys()

    @extend_schema(methods=["get"], parameters=[_MUNICIPALITY], responses=PublishingSerializer)
    @extend_schema(methods=["patch"], request=PublishingRequest, responses=PublishingSerializer)
    @action(detail=False, methods=["get", "patch"], pagination_class=None, filterset_class=None)
    def publishing(self, request: Request) -> Response:
        """Ob die veröffentlichten Berichte einer Kommune ohne Anmeldung zu lesen sind, und unter welcher Lizenz."""
        if request.method == "PATCH":
            sent = PublishingRequest.read(request)
            municipality = own_municipality(request, sent.pop("municipality"), Deed.DECIDE_EDITIONS)
            if sent.pop("public"):
                make_public(municipality, user_of(request), **sent)
            else:
                end_public(municipality, user_of(request), reason=sent["reason"], seen=sent["seen"])
        else:
            municipality = own_municipality(request, request.query_params.get("municipality"), Deed.DECIDE_EDITIONS)
        return Response(_told(municipality))


def _told(municipality: Municipality) -> dict[str, Any]:
    history = Publication.objects.filter(municipality=municipality)
    told = PublicationSerializer(history, many=True).data
    path = reverse("public_municipality", args=[municipality.ars])
    return {"public": bool(told and told[0]["public"]), "path": path, "history": told}
