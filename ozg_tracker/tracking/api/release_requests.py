"""What the API reads to load a release and to take it back, and what it answers."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from catalog.reasons import LONGEST_REASON
from ozg_tracker.api.serializers import ListProblemSerializer, RequestBody
from ozg_tracker.tracking.models.catalogue_jobs import CatalogueJob
from ozg_tracker.tracking.uploads import refuse_large

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


class Decisions(RequestBody):
    """What a person decides after looking at a file's problems."""

    skip_errors = serializers.BooleanField(required=False, help_text=_("fehlerhafte Zeilen auslassen"))
    allow_shrink = serializers.BooleanField(required=False, help_text=_("mehr als ein Fünftel darf entfallen"))


class UploadRequest(Decisions):
    file = serializers.FileField(help_text=_("XLSX, ODS, CSV, XZuFi, FIM-JSON oder ein Zip davon"))
    release = serializers.CharField(required=False, max_length=100, help_text=_("Katalogstand; sonst wie die Datei"))
    partial = serializers.BooleanField(  # type: ignore[assignment]  # a field of the body, which hides an attribute
        required=False, help_text=_("was fehlt, bleibt")
    )
    dry_run = serializers.BooleanField(required=False, help_text=_("nur sagen, was sich ändern würde"))

    def validate_file(self, file: "UploadedFile[Any]") -> "UploadedFile[Any]":
        return refuse_large(file)


class ApplyRequest(Decisions):
    pending = serializers.CharField(max_length=2000, help_text=_("aus der Antwort auf „dry_run“; gilt einen Tag"))


class UndoRequest(RequestBody):
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text=_("Begründung"))


class CountsSerializer(serializers.Serializer[Any]):
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    returned = serializers.IntegerField()
    retired = serializers.IntegerField()


class CountingSerializer(serializers.Serializer[Any]):
    now = serializers.IntegerField(help_text=_("zählen jetzt, weil eine Schwester ging oder kam"))
    no_longer = serializers.IntegerField(help_text=_("zählen deshalb nicht mehr"))


class OutcomeSerializer(serializers.Serializer[Any]):
    import_ = serializers.IntegerField(allow_null=True, help_text=_("der Katalogimport; null: nichts festgehalten"))
    pending = serializers.CharField(allow_null=True, help_text=_("zum Übernehmen nach „dry_run“"))
    would_apply = serializers.BooleanField(help_text=_("ob nichts dagegen spricht"))
    release = serializers.CharField()
    sha256 = serializers.CharField()
    rows = serializers.IntegerField()
    applied = serializers.BooleanField()
    services = CountsSerializer()
    bundles = CountsSerializer()
    counting = CountingSerializer()
    touched_municipal_services = serializers.IntegerField()
    problems = ListProblemSerializer(many=True)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()  # a class cannot have an attribute named "import"
        return {name.rstrip("_"): field for name, field in fields.items()}


class JobSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=CatalogueJob.State.choices)
    done = serializers.IntegerField(help_text=_("Schritte, die getan sind"))
    total = serializers.IntegerField(help_text=_("Schritte insgesamt; 0: noch nicht bekannt"))
    what = serializers.CharField(help_text=_("was gerade geschieht"))
    message = serializers.CharField(help_text=_("warum es nicht gelang"))
    outcome = OutcomeSerializer(allow_null=True, help_text=_("was daraus wurde; null, bis „state“ done ist"))
