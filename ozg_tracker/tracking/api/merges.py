"""Merges in the API: lines are brought, looked at, decided and mended, taken over or dropped, as on the page."""

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.importing.folding import fold
from catalog.importing.problems import Refused
from ozg_tracker.accounts.filters import visible_municipalities
from ozg_tracker.accounts.models import Deed, Municipality, User, who_may
from ozg_tracker.accounts.named import no_such
from ozg_tracker.api.filters import FilterSet, VisibleChoiceFilter
from ozg_tracker.api.ids import id_in, id_or_404, named_in
from ozg_tracker.api.query import page_of
from ozg_tracker.api.views import Collection, Keys
from ozg_tracker.tracking.api.merge_requests import (
    ROW_ID,
    DecideRequest,
    MergeFileRequest,
    MergeRequest,
    MergeSerializer,
    MergeStandingSerializer,
    TakenSerializer,
    TakeRequest,
    told,
)
from ozg_tracker.tracking.exchange.export_status import words_offered
from ozg_tracker.tracking.exchange.finding import SERVICE
from ozg_tracker.tracking.exchange.likeness import services_like
from ozg_tracker.tracking.exchange.merge_lines import NAMING, StatusImport
from ozg_tracker.tracking.exchange.merges import decide, drop, every_open_cell, keep_merge, look_at, take_over
from ozg_tracker.tracking.exchange.status_file import FileLine, StatusFile, read_content
from ozg_tracker.tracking.models import Merge, MunicipalService
from ozg_tracker.tracking.models.visible import municipalities_of
from ozg_tracker.tracking.rows.rights import Rights, rights_in

PAGE = 100  # changed lines
_PAGE = OpenApiParameter("page", int, description=_("Seite von „changed“, je hundert Zeilen; ab 1"))


class MergeFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)

    class Meta:
        model = Merge
        fields: list[str] = []


class Merges(Collection):
    """Abgleiche: Zeilen aus Dateien, eingefügten Zellen, Listen und Programmen, die noch nicht übernommen sind. Jede
    Person sieht ihre, wer jede Leistung ändern darf, alle.
    """

    serializer_class = MergeSerializer
    filterset_class = MergeFilter
    closed_to = ("operator", "council")

    def get_queryset(self) -> QuerySet[Merge]:
        return Merge.objects.visible_to(self.request.user)

    def query_keys(self) -> Keys:
        return ("page",) if self.action == "standing" else super().query_keys()

    @extend_schema(request=MergeRequest, responses={201: MergeStandingSerializer})
    def create(self, request: Request) -> Response:
        """Zeilen zum Abgleich bringen; geändert ist damit noch nichts. „version“ ist die gelesene Version der Leistung:
        Was seither andere geändert haben, ist dann zu entscheiden.
        """
        sent = MergeRequest.read(request)
        municipality = _municipality(request, sent["municipality"])
        lines = _lines(municipality, sent["lines"])
        return self._kept(municipality, StatusFile(sent["name"], lines), Merge.Origin.API)

    @extend_schema(request=MergeFileRequest, responses={201: MergeStandingSerializer})
    @action(detail=False, methods=["post"], parser_classes=[MultiPartParser])
    def file(self, request: Request) -> Response:
        """Eine Datei zum Abgleich bringen; geändert ist damit noch nichts."""
        body = MergeFileRequest(data=request.data)
        body.is_valid(raise_exception=True)
        municipality, sent = _municipality(request, body.validated_data["municipality"]), body.validated_data["file"]
        try:
            found = read_content(sent.read(), sent.name or "datei")
        except Refused as refused:
            sentence = fold([refused.problem])[0].sentence()
            raise ValidationError({"file": [ErrorDetail(sentence, refused.problem.code)]}) from refused
        return self._kept(municipality, found, Merge.Origin.FILE)

    @extend_schema(parameters=[_PAGE], responses=MergeStandingSerializer)
    @action(detail=True, pagination_class=None, filter_backends=())
    def standing(self, request: Request, pk: str) -> Response:
        """Was „take“ jetzt täte: was gut ist, was zu entscheiden und was zu berichtigen ist."""
        return Response(_standing(self._merge(pk), _by(request), id_in(request.query_params.get("page")) or 1))

    @extend_schema(request=DecideRequest, responses=MergeStandingSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Zellen entscheiden und berichtigen, Zeilen weglassen; übernommen ist damit noch nichts."""
        found, body = self._merge(pk), DecideRequest(data=request.data)
        body.is_valid(raise_exception=True)
        decisions = body.decisions()
        if pick := body.validated_data.get("all_open"):
            seen = look_at(found, by=_by(request), rights=_rights(found, request))
            decisions.picks.update(every_open_cell(seen, pick))  # type: ignore[attr-defined]  # made here as a dict
        decide(found, decisions)
        return Response(_standing(found, _by(request)))

    @extend_schema(request=TakeRequest, responses=TakenSerializer)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, pk: str) -> Response:
        """Übernehmen, was gut ist; das andere wartet weiter."""
        found, body = self._merge(pk), TakeRequest(data=request.data)
        body.is_valid(raise_exception=True)
        taken = take_over(found, by=_by(request), rights=_rights(found, request), reason=body.validated_data["reason"])
        answer = {name: getattr(taken, name) for name in ("applied", "confirmed", "unchanged")}
        return Response(
            answer | {"rows": len(taken.waiting), "recorded_at": taken.recorded_at if taken.applied else None}
        )

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        """Verwerfen, was wartet; nichts davon ist übernommen."""
        drop(self._merge(pk))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _merge(self, pk: str) -> Merge:
        return get_object_or_404(self.get_queryset().select_related("municipality", "by"), pk=id_or_404(pk))

    def _kept(self, municipality: Municipality, found: StatusFile, origin: str) -> Response:
        made = keep_merge(municipality, found, by=_by(self.request), origin=origin)
        return Response(_standing(made, _by(self.request)), status=status.HTTP_201_CREATED)


def _municipality(request: Request, named: object) -> Municipality:
    """One whose rows the person reads, as the page asks."""
    reads = municipalities_of(request.user, *who_may(Deed.READ_ROWS))
    found = named_in(visible_municipalities(request).filter(pk__in=reads), named)
    if found is None:
        raise no_such("municipality", _t("Diese Kommune gibt es nicht."))
    return found


def _lines(municipality: Municipality, sent: list[dict[str, str]]) -> list[FileLine]:
    """As of a file; a line may name its row by id. ValidationError: there is no such row."""
    ids = {each[ROW_ID]: id_in(each[ROW_ID]) for each in sent if each.get(ROW_ID)}
    rows = MunicipalService.objects.filter(municipality=municipality, pk__in=[pk for pk in ids.values() if pk])
    services = dict(rows.values_list("pk", "service"))
    lines = []
    for at, each in enumerate(sent):
        cells = {name: text.strip() for name, text in each.items() if name != ROW_ID}
        if named := each.get(ROW_ID):
            if ids[named] not in services:
                wrong = [ErrorDetail(_t("Diese Leistung gibt es hier nicht."), "does_not_exist")]
                raise ValidationError({"lines": {str(at): {ROW_ID: wrong}}})
            cells[SERVICE] = str(services[cast("int", ids[named])])
        lines.append(FileLine(None, at + 1, cells, at))
    return lines


def _standing(found: Merge, by: User, page: int = 1) -> dict[str, Any]:
    if not found.rows:
        return told(found, StatusImport(), (), {}, {})
    seen = look_at(found, by=by, rights=rights_in(found.municipality, by))
    unnamed = {each.line.at: each.line.cells.get("name", "") for each in seen.wrong if each.column in NAMING}
    alike = services_like(found.municipality, {at: name for at, name in unnamed.items() if name})
    words = words_offered(found.municipality) if seen.wrong else {}
    return told(found, seen, page_of(seen.changed, PAGE, {"page": page}), words, alike)


def _rights(found: Merge, request: Request) -> Rights:
    return rights_in(found.municipality, request.user)


def _by(request: Request) -> User:
    return cast("User", request.user)
