"""A municipality's own lists in the API: brought, their columns mapped, their rows decided and taken over."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.importing.folding import fold
from catalog.importing.problems import Refused
from catalog.models import Service, Situation
from ozg_tracker.accounts.filters import visible_municipalities
from ozg_tracker.accounts.models import Deed, User, who_may
from ozg_tracker.api.filters import FilterSet, VisibleChoiceFilter
from ozg_tracker.api.ids import id_or_404, named_in
from ozg_tracker.api.paging import Row
from ozg_tracker.api.query import page_of
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Keys
from ozg_tracker.tracking.exchange.own_lists import (
    MEANINGS,
    MOST_ROWS,
    Decided,
    bring_lists,
    cells_of,
    choose_heads,
    columns_of,
    decide_rows,
    map_columns,
    undo_last,
)
from ozg_tracker.tracking.models import OwnList, OwnListRow
from ozg_tracker.tracking.models.visible import municipalities_of
from ozg_tracker.tracking.own_lists import take_over_list
from ozg_tracker.tracking.uploads import refuse_large

PAGE = 500  # rows
_OUTCOME = OpenApiParameter("outcome", str, description=_("open, found, own oder kept; ohne: alle"))
_PAGE = OpenApiParameter("page", int, description=_("je fünfhundert Zeilen; ab 1"))


class OwnListSerializer(serializers.ModelSerializer[OwnList]):
    by = serializers.CharField(source="by.username", help_text=_("Benutzername"))

    class Meta:
        model = OwnList
        fields = ("id", "municipality", "by", "name", "created_at", "head_row", "mapped", "situation", "bundle_name")


class ColumnSerializer(serializers.Serializer[Any]):
    place = serializers.IntegerField(help_text=_("ab 0"))
    head = serializers.CharField()
    samples = serializers.ListField(child=serializers.CharField())
    filled = serializers.IntegerField(help_text=_("wie viele Zellen gefüllt sind"))
    meaning = serializers.CharField(help_text=_("vermutet oder gesagt; leer: bleibt in der Liste"))


class MappingSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    head_row = serializers.IntegerField(help_text=_("Zeile der Überschriften"))
    mapped = serializers.BooleanField(help_text=_("false: Die Bedeutungen sind nur vermutet"))
    columns = ColumnSerializer(many=True)


class BroughtSerializer(MappingSerializer):
    others = serializers.ListField(
        child=serializers.IntegerField(), help_text=_("„id“ der Listen, die weitere Blätter der Mappe geworden sind")
    )
    left_out = serializers.ListField(child=serializers.CharField(), help_text=_("welche Blätter nicht gelesen sind"))


class LikelySerializer(serializers.Serializer[Any]):
    service = serializers.IntegerField()
    key = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    percent = serializers.IntegerField(help_text=_("wie ähnlich der Name ist"))


class OwnListRowSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.IntegerField(help_text=_("Zeile der Liste"))
    cells = serializers.DictField(child=serializers.CharField(), help_text=_("nach der Bedeutung ihrer Spalte"))
    outcome = serializers.ChoiceField(OwnListRow.Outcome.choices)
    services = serializers.ListField(child=serializers.IntegerField(), help_text=_("was die Zeile bedeutet"))
    alike = LikelySerializer(many=True)
    taken = serializers.BooleanField(help_text=_("schon übernommen"))


class OwnListRowsSerializer(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    rows = OwnListRowSerializer(many=True)


class OwnListTakenSerializer(serializers.Serializer[Any]):
    merge = serializers.IntegerField(allow_null=True, help_text=_("unter merges/ geht es weiter; null: keine Zeile"))
    own = serializers.IntegerField(help_text=_("aufgenommene eigene Leistungen"))
    refused = serializers.DictField(child=serializers.CharField(), help_text=_("nach der Zeile: warum sie bleibt"))


class OwnListFileRequest(RequestBody):
    file = serializers.FileField(help_text=_("XLSX, ODS oder CSV"))
    municipality = serializers.IntegerField()

    def validate_file(self, file: Any) -> Any:
        return refuse_large(file)


class HeadsRequest(RequestBody):
    row = serializers.IntegerField(min_value=1)


class MeaningRequest(RequestBody):
    place = serializers.IntegerField(min_value=0)
    meaning = serializers.ChoiceField(MEANINGS)


class MapRequest(RequestBody):
    columns = MeaningRequest(many=True, max_length=500)  # type: ignore[call-arg]  # of a list
    situation = serializers.IntegerField(required=False, allow_null=True, help_text=_("Lage eigener Leistungen"))
    bundle_name = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class RowDecisionRequest(RequestBody):
    row = serializers.IntegerField()
    outcome = serializers.ChoiceField(OwnListRow.Outcome.choices)
    services = serializers.ListField(child=serializers.IntegerField(), required=False, default=list, max_length=100)


class DecideRowsRequest(RequestBody):
    rows = RowDecisionRequest(many=True, min_length=1, max_length=MOST_ROWS)  # type: ignore[call-arg]  # of a list


class TakeListRequest(RequestBody):
    ours = serializers.BooleanField(
        required=False, default=False, help_text=_("Wo die Liste nichts sagt, ist die Kommune zuständig.")
    )


class OwnListFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)

    class Meta:
        model = OwnList
        fields: list[str] = []


class OwnLists(Collection):
    """Eigene Listen einer Kommune: wie sie kamen, ihre Spalten zugeordnet, jede Zeile entschieden."""

    serializer_class = OwnListSerializer
    filterset_class = OwnListFilter
    closed_to = ("operator", "manager", "staff", "council")

    def get_queryset(self) -> QuerySet[OwnList]:
        return OwnList.objects.visible_to(self.request.user, Deed.KEEP_OWN_SERVICES)

    def query_keys(self) -> Keys:
        return ("outcome", "page") if self.action == "rows" else super().query_keys()

    @extend_schema(request=OwnListFileRequest, responses={201: BroughtSerializer})
    @action(detail=False, methods=["post"], parser_classes=[MultiPartParser])
    def file(self, request: Request) -> Response:
        """Eine Liste bringen; was ihre Spalten bedeuten, ist zuerst nur vermutet."""
        sent = OwnListFileRequest.read(request)
        keeps = municipalities_of(request.user, *who_may(Deed.KEEP_OWN_SERVICES))
        municipality = named_in(visible_municipalities(request).filter(pk__in=keeps), sent["municipality"])
        if municipality is None:
            raise _wrong("municipality", _t("Diese Kommune gibt es nicht."))
        name = sent["file"].name or "?"
        try:
            brought = bring_lists(municipality, sent["file"], name, by=cast("User", request.user))
        except Refused as refused:
            raise _wrong("file", fold([refused.problem])[0].sentence(), refused.problem.code) from refused
        first, *others = brought.lists
        told = _mapping(first) | {"others": [each.pk for each in others], "left_out": brought.left_out}
        return Response(told, status=status.HTTP_201_CREATED)

    @extend_schema(responses=MappingSerializer)
    @action(detail=True, pagination_class=None, filter_backends=(), url_path="columns", url_name="columns")
    def meanings(self, request: Request, pk: str) -> Response:
        """Die Spalten mit Proben und ihrer Bedeutung."""
        return Response(_mapping(self._list(pk)))

    @extend_schema(request=HeadsRequest, responses=MappingSerializer)
    @action(detail=True, methods=["post"])
    def heads(self, request: Request, pk: str) -> Response:
        """Eine andere Zeile hat die Überschriften."""
        found = self._list(pk)
        choose_heads(found, HeadsRequest.read(request)["row"])
        return Response(_mapping(found))

    @extend_schema(request=MapRequest, responses=MappingSerializer)
    @action(detail=True, methods=["post"])
    def map(self, request: Request, pk: str) -> Response:
        """Sagen, was die Spalten bedeuten; gemerkt für die nächste Liste mit diesen Überschriften."""
        found, sent = self._list(pk), MapRequest.read(request)
        situation = named_in(Situation.objects.all(), sent.get("situation")) if sent.get("situation") else None
        if sent.get("situation") and situation is None:
            raise _wrong("situation", _t("Diese Lage gibt es nicht."))
        said = {each["place"]: each["meaning"] for each in sent["columns"]}
        map_columns(found, said, situation=situation, bundle_name=sent["bundle_name"])
        return Response(_mapping(found))

    @extend_schema(parameters=[_OUTCOME, _PAGE], responses=OwnListRowsSerializer)
    @action(detail=True, pagination_class=None, filter_backends=())
    def rows(self, request: Request, pk: str) -> Response:
        """Die Zeilen mit dem, was entschieden ist, und mit ähnlichen Leistungen."""
        found, asked = self._list(pk), request.query_params
        rows = OwnListRow.objects.of(found)
        if outcome := asked.get("outcome"):
            if outcome not in OwnListRow.Outcome.values:
                raise _wrong("outcome", _t("Das gibt es hier nicht."), "invalid_choice")
            rows = rows.filter(outcome=outcome)
        page = page_of(rows, PAGE, {"page": asked.get("page")})
        return Response({"total": page.paginator.count, "rows": _rows(found, list(page))})

    @extend_schema(request=DecideRowsRequest, responses=OwnListRowsSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Zeilen entscheiden, alle oder keine: found mit den Leistungen, own als eigene Leistung, kept bleibt in der
        Liste, open ist wieder offen.
        """
        found = self._list(pk)
        wanted = [Decided(**each) for each in DecideRowsRequest.read(request)["rows"]]
        rows = decide_rows(found, wanted)
        return Response({"total": len(rows), "rows": _rows(found, rows)})

    @extend_schema(request=None, responses=OwnListRowsSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Die letzte Entscheidung zurücknehmen."""
        found = self._list(pk)
        last = undo_last(found)
        return Response({"total": int(last is not None), "rows": _rows(found, [last] if last else [])})

    @extend_schema(request=TakeListRequest, responses=OwnListTakenSerializer)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, pk: str) -> Response:
        """Aus dem Entschiedenen werden eigene Leistungen und ein Abgleich; was offen ist oder bleibt, bleibt."""
        found, sent = self._list(pk), TakeListRequest.read(request)
        taken = take_over_list(found, by=cast("User", request.user), ours=sent["ours"])
        refused = {str(number): why for number, why in taken.refused.items()}
        return Response({"merge": taken.merge and taken.merge.pk, "own": taken.own, "refused": refused})

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        """Die Liste verwerfen; was daraus übernommen wurde, bleibt."""
        self._list(pk).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _list(self, pk: str) -> OwnList:
        return get_object_or_404(self.get_queryset().select_related("municipality", "situation"), pk=id_or_404(pk))


def _wrong(field: str, sentence: str, code: str = "does_not_exist") -> ValidationError:
    return ValidationError({field: [ErrorDetail(sentence, code)]})


def _mapping(found: OwnList) -> Row:
    columns = [each._asdict() for each in columns_of(found)]
    return {"id": found.pk, "head_row": found.head_row, "mapped": found.mapped, "columns": columns}


def _rows(found: OwnList, rows: Sequence[OwnListRow]) -> list[Row]:
    names = Service.objects.in_bulk({pk for row in rows for pk, _percent in row.alike})
    return [
        {
            "id": row.pk,
            "number": row.number,
            "cells": cells_of(row, found),
            "outcome": row.outcome,
            "services": row.services,
            "alike": list(_alike(row, names)),
            "taken": row.taken,
        }
        for row in rows
    ]


def _alike(row: OwnListRow, names: dict[int, Service]) -> Iterable[Row]:
    for pk, percent in row.alike:
        if pk in names:
            yield {"service": pk, "key": names[pk].key, "name": names[pk].name, "percent": percent}
