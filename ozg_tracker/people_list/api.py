"""A list of people in the API: the same plan, the same deed."""

from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.named import named_municipality
from ozg_tracker.api.serializers import ListProblemSerializer, RequestBody
from ozg_tracker.api.views import ApiView
from ozg_tracker.people_list.importing import import_people
from ozg_tracker.tracking.uploads import refuse_large, remove, store

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from ozg_tracker.accounts.models import User


class PeopleListRequest(RequestBody):
    file = serializers.FileField(help_text=gettext_lazy("die Liste: XLSX, ODS oder CSV"))
    municipality = serializers.IntegerField()
    dry_run = serializers.BooleanField(
        required=False, default=False, help_text=gettext_lazy("nur sagen, was sich ändern würde")
    )

    invite = serializers.BooleanField(
        required=False, default=False, help_text=gettext_lazy("neuen Personen den Link für ihr Passwort schicken")
    )

    unknown = serializers.ListField(
        child=serializers.CharField(max_length=200),
        required=False,
        default=list,
        help_text=gettext_lazy("Fachbereiche der Liste, die es hier nicht gibt"),
    )
    instead = serializers.ListField(
        child=serializers.CharField(max_length=200, allow_blank=True),
        required=False,
        default=list,
        help_text=gettext_lazy("in derselben Reihenfolge, welcher gemeint ist; leer: seine Zeilen bleiben weg"),
    )

    def validate_file(self, file: "UploadedFile[Any]") -> "UploadedFile[Any]":
        return refuse_large(file)


class PeopleListSerializer(serializers.Serializer[Any]):
    rows = serializers.IntegerField()
    applied = serializers.BooleanField()
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    missing = serializers.ListField(child=serializers.CharField(), help_text=gettext_lazy("bleiben, wie sie sind"))
    problems = ListProblemSerializer(many=True)


class PeopleImports(ApiView):
    """Personen aus einer Liste aufnehmen und ändern, alles oder nichts; wer fehlt, bleibt."""

    closed_to = ("manager", "staff", "council")
    parser_classes = (MultiPartParser,)

    @extend_schema(request=PeopleListRequest, responses=PeopleListSerializer)
    def post(self, request: Request) -> Response:
        """Mit „dry_run“ nur der Plan. „applied“ ist false, wenn ein Fehler die Liste aufhält: Dann ist nichts getan."""
        sent = PeopleListRequest.read(request)
        municipality = named_municipality(request, sent["municipality"])
        path = store(sent["file"])
        try:
            said = {name: sent[name] for name in ("dry_run", "invite")}
            instead = dict(zip(sent["unknown"], sent["instead"], strict=False))
            outcome = import_people(path, municipality, by=cast("User", request.user), instead=instead, **said)
        finally:
            remove(path)
        return Response(outcome.as_json())
