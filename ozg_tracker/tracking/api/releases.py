"""Loading a release through the API, applying one that was looked at, and taking it back."""

from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from catalog.api import catalogue as catalog
from ozg_tracker.accounts.models import User
from ozg_tracker.api.parsers import JSONParser
from ozg_tracker.api.views import ApiView
from ozg_tracker.tracking.api.release_requests import (
    ApplyRequest,
    JobSerializer,
    OutcomeSerializer,
    UndoRequest,
    UploadRequest,
)
from ozg_tracker.tracking.models.catalogue_jobs import CatalogueJob
from ozg_tracker.tracking.releases.catalogue_jobs import FOR_PROGRAM
from ozg_tracker.tracking.releases.loading import MunicipalityImport, import_for_municipalities, undo_for_municipalities
from ozg_tracker.tracking.rows.rights import keeps_catalogue, refuse_unless_keeps_catalogue
from ozg_tracker.tracking.tasks import nudge, send_once
from ozg_tracker.tracking.uploads import kept, remove, store, stored, token_of

_PURPOSE = "catalogue by a program"
_ANSWERS = {200: OutcomeSerializer, 201: OutcomeSerializer, 202: JobSerializer}
_AGAIN = 2  # seconds until a program asks again


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

    @extend_schema(request={"multipart/form-data": UploadRequest}, responses=_ANSWERS)
    def create(self, request: Request) -> Response:
        """Einen Katalogstand laden. 201: übernommen; 200: Probelauf („dry_run“) oder nichts Neues; 202: in Arbeit."""
        user = _keeper(request)
        sent = UploadRequest.read(request)
        options = {"release": sent.get("release") or None, "partial": sent.get("partial", False)}
        path = store(sent["file"])
        if not settings.CELERY_TASK_ALWAYS_EAGER:
            return _ordered(path, user, dry_run=sent.get("dry_run", False), **options, **_decided(sent))
        if sent.get("dry_run"):
            found = import_for_municipalities(path, dry_run=True, by=user, **options, **_decided(sent))
            return Response(_answer(found, token_of(path, _PURPOSE, user, **options)))
        try:
            return _apply(path, user, options, sent)
        finally:
            remove(path)

    @extend_schema(request=ApplyRequest, responses=_ANSWERS)
    @action(detail=False, methods=["post"])
    def apply(self, request: Request) -> Response:
        """Den angesehenen Katalogstand übernehmen. Nur wer ihn hochgeladen hat, einen Tag lang."""
        user = _keeper(request)
        sent = ApplyRequest.read(request)
        found = kept(sent["pending"], _PURPOSE, user)
        if found is None:
            message = _("Diese Datei liegt nicht mehr vor. Bitte laden Sie sie noch einmal hoch.")
            raise ValidationError({"pending": [ErrorDetail(message, "does_not_exist")]})
        if not settings.CELERY_TASK_ALWAYS_EAGER:
            return _ordered(found.path, user, dry_run=False, **found.options, **_decided(sent))
        answer = _apply(found.path, user, found.options, sent)
        remove(found.path)
        return answer

    @extend_schema(request=UndoRequest, responses={201: catalog.CatalogueImportSerializer})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Einen Katalogstand zurücknehmen. Das ist selbst ein Import; die Geschichte bleibt."""
        user = _keeper(request)
        found = get_object_or_404(self.get_queryset(), pk=pk)
        sent = UndoRequest.read(request)
        undone = undo_for_municipalities(found, by=user, reason=sent["reason"])
        return Response(self.item(undone.made.pk), status=201)


class CatalogueJobs(ApiView, GenericViewSet[CatalogueJob]):
    """Arbeit an einem Katalogstand: wie weit sie ist, und was daraus wurde."""

    serializer_class = JobSerializer
    closed_to = catalog.CLOSED_TO

    def retrieve(self, request: Request, pk: int) -> Response:
        """Nur wer den Katalogstand geschickt hat. Solange „state“ waiting oder running ist, bitte wieder fragen."""
        user = cast("User", request.user)
        job = get_object_or_404(CatalogueJob, pk=pk, by=user, options__has_key=FOR_PROGRAM)
        if job.is_over:
            return Response(_job(job))
        nudge(job)
        return Response(_job(job), headers={"Retry-After": str(_AGAIN)})


def _ordered(path: Path, user: User, **options: Any) -> Response:
    """202 with the job, and where to ask for it."""
    held = next(each for each in user.memberships.select_related("municipality") if keeps_catalogue(each))
    job = send_once(CatalogueJob.Kind.APPLY, path, user, held.municipality, **options, **{FOR_PROGRAM: True})
    place = reverse("catalogue-job", kwargs={"pk": job.pk})
    return Response(_job(job), status=202, headers={"Location": place, "Retry-After": str(_AGAIN)})


def _job(job: CatalogueJob) -> dict[str, Any]:
    said = {name: getattr(job, name) for name in ("id", "state", "done", "total", "what", "message")}
    return {**said, "outcome": _outcome(job)}


def _outcome(job: CatalogueJob) -> dict[str, Any] | None:
    if (answer := job.result.get("answer")) is None:
        return None
    path = stored(job.folder, job.name) if job.options["dry_run"] else None
    options = {name: job.options[name] for name in ("release", "partial")}
    return {**answer, "pending": token_of(path, _PURPOSE, job.by, **options) if path else None}


def _keeper(request: Request) -> User:
    """The person, who may change what all municipalities share (else 403)."""
    user = cast("User", request.user)
    refuse_unless_keeps_catalogue(*user.memberships.all())
    return user


def _decided(sent: dict[str, Any]) -> dict[str, Any]:
    return {name: sent.get(name, False) for name in ("skip_errors", "allow_shrink")}


def _apply(path: Path, user: User, options: dict[str, Any], sent: dict[str, Any]) -> Response:
    found = import_for_municipalities(path, by=user, **options, **_decided(sent))
    if not found.outcome.applied:
        raise ImportRefused(found.as_json())
    return Response(_answer(found), status=200 if found.outcome.import_id is None else 201)


def _answer(found: MunicipalityImport, kept: str | None = None) -> dict[str, Any]:
    return {"pending": kept, **found.as_answer()}
