"""What changed in the catalogue since a release, for programs that keep a copy."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.catalogue import CLOSED_TO
from catalog.models import CatalogueImport, Service
from catalog.reading.differences import Difference, Kind, differences_between
from ozg_tracker.api.ids import named_in
from ozg_tracker.api.paging import KeysetPagination
from ozg_tracker.api.views import Collection, Rows

_SINCE = OpenApiParameter(
    "since", str, required=True, description=gettext_lazy("Katalogstand, oder Nummer eines Katalogimports")
)


class ChangedFieldSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]  # hides an attribute that nothing reads
    before = serializers.CharField()
    after = serializers.CharField()


class ServiceChangeSerializer(serializers.ModelSerializer[Service]):
    kinds = serializers.ListField(child=serializers.CharField(), source="*", help_text=", ".join(Kind))
    changes = ChangedFieldSerializer(many=True, source="*", help_text=gettext_lazy("leer bei einer neuen Leistung"))
    successors = serializers.ListField(
        child=serializers.IntegerField(), source="*", help_text=gettext_lazy("„id“ der Nachfolgerinnen")
    )

    class Meta:
        model = Service
        fields = ("id", "key", "name", "retired_on", "kinds", "changes", "successors")


class ChangesPagination(KeysetPagination):
    """Each page tells `until`, the import it knows of: what comes next is asked for with `since` from there."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.until = view.until.pk
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        response.data = {"until": self.until, **response.data}
        return response

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described = super().get_paginated_response_schema(schema)
        described["required"] = ["until", *described["required"]]
        described["properties"] = {"until": {"type": "integer"}, **described["properties"]}
        return described


class ServiceChanges(Collection):
    """Leistungen, die heute anders im Katalog stehen als nach dem Stand „since“."""

    serializer_class = ServiceChangeSerializer
    pagination_class = ChangesPagination
    closed_to = CLOSED_TO

    @extend_schema(parameters=[_SINCE])
    def list(self, request: Request) -> Response:
        return super().list(request)

    def query_keys(self) -> tuple[str, ...]:
        return ("since", *KeysetPagination.keys)

    def get_queryset(self) -> QuerySet[Service]:
        if getattr(self, "swagger_fake_view", False):  # the description is made without a request
            return Service.objects.none()
        return Service.objects.filter(pk__in=[*self.found])

    @cached_property
    def found(self) -> dict[int, Difference]:
        return {each.service_id: each for each in differences_between(self.since, self.until)}

    @cached_property
    def until(self) -> CatalogueImport:
        last: CatalogueImport = CatalogueImport.objects.order_by("-pk")[0]
        return last

    @cached_property
    def since(self) -> CatalogueImport:
        """ValidationError for a release or import there is not, or none named."""
        text = self.request.query_params.get("since", "")
        of_release = CatalogueImport.objects.filter(release__label=text).order_by("-pk").first()
        if of_release is not None:
            return of_release
        by_number = named_in(CatalogueImport.objects.all(), text)
        if by_number is None:
            message = _("Bitte mit „since“ einen Katalogstand oder Katalogimport nennen, den es gibt.")
            raise ValidationError({"since": [ErrorDetail(message, "does_not_exist" if text else "required")]})
        return by_number

    def fill(self, rows: Rows) -> None:
        for row in rows:
            each = self.found[row["id"]]
            row["kinds"] = [kind for kind in Kind if kind in each.kinds]
            row["changes"] = [
                {"label": field.label, "before": field.before, "after": field.after} for field in each.fields
            ]
            row["successors"] = [service.pk for service in each.successors]
