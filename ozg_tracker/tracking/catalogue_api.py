"""Loading a release through the API, applying one that was looked at, and taking it back."""

from pathlib import Path
from typing import Any, cast

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import api as catalog
from ozg_tracker.accounts.models import User
from ozg_tracker.tracking.catalogue import TownImport, import_for_towns, undo_for_towns
from ozg_tracker.tracking.catalogue_requests import (
    ApplyRequest,
    OutcomeSerializer,
    UndoRequest,
    UploadRequest,
    pending,
    read_pending,
)
from ozg_tracker.tracking.rights import refuse_unless_keeps_catalogue
from ozg_tracker.tracking.uploads import remove, store


class ImportRefused(ValidationError):
    """Nothing was applied; `problems` of the answer are the file's, each with its place."""

    def __init__(self, result: dict[str, Any]) -> None:
        errors = [each for each in result["problems"] if each["severity"] == "error"]
        super().__init__({"file": [ErrorDetail(each["message"], each["code"]) for each in errors[:1]]})
        self.more = {"problems": result["problems"]}


class CatalogueImports(catalog.CatalogueImports):
    """Katalogimporte, in der Reihenfolge, in der sie übernommen wurden."""

    def get_parsers(self) -> list[Any]:
        created = getattr(self, "action_map", {}).get("post") == "create"
        return [MultiPartParser() if created else JSONParser()]

    @extend_schema(
        request={"multipart/form-data": UploadRequest}, responses={200: OutcomeSerializer, 201: OutcomeSerializer}
    )
    def create(self, request: Request) -> Response:
        """Einen Katalogstand laden. 201: übernommen; 200: Probelauf („dry_run“) oder nichts Neues."""
        user = _keeper(request)
        body = UploadRequest(data=request.data)
        body.is_valid(raise_exception=True)
        sent = body.validated_data
        options = {"release": sent.get("release") or None, "partial": sent.get("partial", False)}
        path = store(sent["file"])
        if sent.get("dry_run"):
            found = import_for_towns(path, dry_run=True, by=user, **options, **_decided(sent))
            return Response(_answer(found, pending(path, user, options)))
        try:
            return _apply(path, user, options, sent)
        finally:
            remove(path)

    @extend_schema(request=ApplyRequest, responses={200: OutcomeSerializer, 201: OutcomeSerializer})
    @action(detail=False, methods=["post"])
    def apply(self, request: Request) -> Response:
        """Den angesehenen Katalogstand übernehmen. Nur wer ihn hochgeladen hat, einen Tag lang."""
        user = _keeper(request)
        body = ApplyRequest(data=request.data)
        body.is_valid(raise_exception=True)
        kept = read_pending(body.validated_data["pending"], user)
        if kept is None:
            message = _("Diese Datei liegt nicht mehr vor. Bitte laden Sie sie noch einmal hoch.")
            raise ValidationError({"pending": [ErrorDetail(message, "does_not_exist")]})
        path, options = kept
        answer = _apply(path, user, options, body.validated_data)
        remove(path)
        return answer

    @extend_schema(request=UndoRequest, responses={201: catalog.CatalogueImportSerializer})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Einen Katalogstand zurücknehmen. Das ist selbst ein Import; die Geschichte bleibt."""
        user = _keeper(request)
        found = get_object_or_404(self.get_queryset(), pk=pk)
        body = UndoRequest(data=request.data)
        body.is_valid(raise_exception=True)
        undone = undo_for_towns(found, by=user, reason=body.validated_data["reason"])
        return Response(self.item(undone.made.pk), status=201)


def _keeper(request: Request) -> User:
    """The person, who may change what all towns share (else 403)."""
    user = cast("User", request.user)
    refuse_unless_keeps_catalogue(*user.memberships.all())
    return user


def _decided(sent: dict[str, Any]) -> dict[str, Any]:
    return {name: sent.get(name, False) for name in ("skip_errors", "allow_shrink")}


def _apply(path: Path, user: User, options: dict[str, Any], sent: dict[str, Any]) -> Response:
    found = import_for_towns(path, by=user, **options, **_decided(sent))
    if not found.outcome.applied:
        raise ImportRefused(found.as_json())
    return Response(_answer(found), status=200 if found.outcome.import_id is None else 201)


def _answer(found: TownImport, kept: str | None = None) -> dict[str, Any]:
    known = {"import": found.outcome.import_id, "pending": kept, "would_apply": found.outcome.would_apply}
    return {**known, **found.as_json()}
