"""A list of completions, and the proof of one's own, in the API: the same plan, the same deeds."""

from typing import TYPE_CHECKING, Any, cast

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.named import named_municipality, no_such
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.docs import FILE
from ozg_tracker.api.ids import id_or_404, named_in
from ozg_tracker.api.serializers import ListProblemSerializer, RequestBody
from ozg_tracker.api.views import ApiView, Collection
from ozg_tracker.tracking.uploads import refuse_large, remove, store
from ozg_tracker.training.api.trainings import CLOSED_TO
from ozg_tracker.training.completing.completion import complete_task, seen_proof
from ozg_tracker.training.completing.list_importing import import_completions
from ozg_tracker.training.filters import CompletionFilter
from ozg_tracker.training.models import Completion, Course, TrainingTask

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from ozg_tracker.accounts.models import User


class CompletionSerializer(serializers.ModelSerializer[Completion]):
    has_proof = serializers.BooleanField()

    class Meta:
        model = Completion
        fields = ("id", "task", "recorded_at", "confirmed_on", "has_proof")


class Completions(Collection):
    """Gemeldete Erledigungen: eigene, als Koordination alle, auch die noch zu prüfen sind."""

    serializer_class = CompletionSerializer
    filterset_class = CompletionFilter
    orderings = ("id", "recorded_at")
    closed_to = CLOSED_TO

    def get_queryset(self) -> QuerySet[Completion]:
        return Completion.objects.visible_to(self.request.user).annotate(
            has_proof=ExpressionWrapper(~Q(proof=""), BooleanField())
        )

    @extend_schema(responses=FILE)
    @action(detail=True, methods=["get"])
    def proof(self, request: Request, pk: str) -> FileResponse:
        """Die Datei des Nachweises; wer den einer anderen Person holt, steht im Journal."""
        found = get_object_or_404(self.get_queryset().exclude(proof=""), pk=id_or_404(pk))
        seen_proof(found, by=cast("User", request.user))
        try:
            return FileResponse(found.proof.open(), as_attachment=True)
        except FileNotFoundError as error:
            raise Http404 from error


class CompletionListRequest(RequestBody):
    file = serializers.FileField(help_text=gettext_lazy("die Liste: XLSX, ODS oder CSV"))
    municipality = serializers.IntegerField()
    course = serializers.IntegerField(required=False, help_text=gettext_lazy("wenn die Liste nur eine Schulung angibt"))
    leave_out = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text=gettext_lazy("Zeilen, die wegbleiben")
    )
    dry_run = serializers.BooleanField(
        required=False, default=False, help_text=gettext_lazy("nur sagen, was sich ändern würde")
    )

    def validate_file(self, file: "UploadedFile[Any]") -> "UploadedFile[Any]":
        return refuse_large(file)


class CompletionListSerializer(serializers.Serializer[Any]):
    rows = serializers.IntegerField()
    not_done = serializers.IntegerField(help_text=gettext_lazy("laut Liste nicht abgeschlossen"))
    new = serializers.IntegerField()
    unchanged = serializers.IntegerField(help_text=gettext_lazy("schon erledigt"))
    left_out = serializers.IntegerField()
    applied = serializers.BooleanField()
    problems = ListProblemSerializer(many=True)


class CompletionImports(ApiView):
    """Abschlüsse aus einer Liste übernehmen, alles oder nichts."""

    closed_to = ("operator", "council")
    parser_classes = (MultiPartParser,)

    @extend_schema(request=CompletionListRequest, responses=CompletionListSerializer)
    def post(self, request: Request) -> Response:
        """Mit „dry_run“ nur der Plan. „applied“ ist false, wenn ein Fehler die Liste aufhält: Dann ist nichts getan."""
        sent = CompletionListRequest.read(request)
        municipality = named_municipality(request, sent["municipality"])
        course = None
        if "course" in sent:
            course = named_in(Course.objects.filter(municipality=municipality), sent["course"])
            if course is None:
                raise no_such("course", _("Diese Schulung gibt es nicht."))
        path = store(sent["file"])
        try:
            said = {"course": course, "leave_out": sent.get("leave_out", ()), "dry_run": sent["dry_run"]}
            outcome = import_completions(path, municipality, by=cast("User", request.user), **said)
        finally:
            remove(path)
        return Response(outcome.as_json())


class ProofRequest(RequestBody):
    completed_on = DayInBody(help_text=gettext_lazy("Tag, nicht in der Zukunft"))
    proof = serializers.FileField(help_text=gettext_lazy("PDF, PNG oder JPEG, bis 10 MB"))


class ProofSerializer(serializers.Serializer[Any]):
    task = serializers.IntegerField()
    completed_on = serializers.DateField()


class CompletionWithProof(ApiView):
    """Die eigene Schulung mit einem Nachweis als erledigt melden."""

    closed_to = ("operator", "council")
    parser_classes = (MultiPartParser,)

    @extend_schema(request=ProofRequest, responses=ProofSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Wie „complete“, mit der Datei als Formular (multipart)."""
        task = get_object_or_404(TrainingTask.objects.visible_to(request.user), pk=pk)
        sent = ProofRequest.read(request)
        complete_task(task, by=cast("User", request.user), **sent)
        return Response({"task": task.pk, "completed_on": task.completed_on})
