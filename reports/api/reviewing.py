"""What can be done about an edition in the API: freeze, word, let review, submit, approve; the deeds of the pages."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.models import Deed, Department
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.ids import id_or_404, named_in
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.tracking.models import MunicipalService
from reports.api.asking import own_municipality, refuse, user_of
from reports.api.correcting import Correcting
from reports.editions import approving, reviewing
from reports.editions.answers import steps_of
from reports.editions.freeze import freeze_edition
from reports.editions.texts import keep_texts
from reports.models import LONGEST_CORRECTION, Edition, EditionStep, EditionText


class FreezeRequest(RequestBody):
    municipality = serializers.IntegerField()
    month = DayInBody(help_text=_("erster Tag des Monats"))
    correct = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=LONGEST_CORRECTION,
        help_text=_("Grund, wenn berichtigt"),
    )


class OpenReviewRequest(RequestBody):
    until = DayInBody(help_text=_("Einwände bis"))


class SubmitRequest(RequestBody):
    approver = serializers.IntegerField(help_text=_("„id“ der Person, die genehmigt"))
    publish_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    tell = serializers.BooleanField(default=True, help_text=_("Nachricht an den Rat"))


class ApproveRequest(RequestBody):
    tell = serializers.BooleanField(
        default=True, help_text=_("Nachricht an den Rat; bei Vorgelegtem gilt, was beim Vorlegen gewählt wurde")
    )


class RemindRequest(RequestBody):
    department = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text=_("nur diesen; ohne: alle ohne Antwort")
    )


class ReturnRequest(RequestBody):
    comment = serializers.CharField(max_length=LONGEST_REASON)


class DropRequest(RequestBody):
    reason = serializers.CharField(max_length=LONGEST_REASON)


class ObjectionRequest(RequestBody):
    """An objection, or with `content` the word that there is none."""

    content = serializers.BooleanField(default=False, help_text=_("true: keine Einwände"))
    text = serializers.CharField(required=False, default="", allow_blank=True, max_length=LONGEST_REASON)
    row = serializers.IntegerField(required=False, allow_null=True, default=None)


class AnswerRequest(RequestBody):
    objection = serializers.IntegerField()
    text = serializers.CharField(max_length=LONGEST_REASON)


class TextSerializer(serializers.ModelSerializer[EditionText]):
    class Meta:
        model = EditionText
        fields = ("kind", "about", "text", "recorded_at")


class TextRequest(RequestBody):
    kind = serializers.ChoiceField(EditionText.Kind.choices)
    about = serializers.CharField(
        max_length=64, help_text=_("Abschnitt, Befund, oder SHA-256 der Begründung, wie sie eingetragen ist")
    )
    text = serializers.CharField(allow_blank=True, max_length=LONGEST_REASON, help_text=_("leer: nimmt sie zurück"))


class TextsRequest(RequestBody):
    texts = TextRequest(many=True)


class TextListSerializer(serializers.Serializer[Any]):
    results = TextSerializer(many=True)


class StepSerializer(serializers.ModelSerializer[EditionStep]):
    class Meta:
        model = EditionStep
        fields = ("id", "kind", "recorded_at", "text", "department", "row", "answers")


class StepListSerializer(serializers.Serializer[Any]):
    results = StepSerializer(many=True)


class ReminderSerializer(serializers.Serializer[Any]):
    departments = serializers.ListField(child=serializers.IntegerField(), help_text=_("die erinnert wurden"))


class Reviewing(Correcting):
    """The deeds of the collection of editions; each answers with the edition that holds afterwards."""

    @extend_schema(request=FreezeRequest)
    def create(self, request: Request) -> Response:
        """Einen Monat festschreiben, der zu Ende ist; mit „correct“ als Berichtigung."""
        sent = FreezeRequest.read(request)
        municipality = own_municipality(request, sent["municipality"], Deed.DECIDE_EDITIONS)
        made = freeze_edition(municipality, sent["month"], by=user_of(request), correct=sent["correct"])
        return Response(self.item(made.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=ApproveRequest)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        """Genehmigen: ein Entwurf durch die Koordination, Vorgelegtes durch die gebetene Person."""
        found = self._asked(request, pk, Deed.REVIEW_EDITIONS)
        tell = ApproveRequest.read(request)["tell"] and found.state == Edition.State.DRAFT
        return self._told(approving.approve_edition(found, user_of(request), tell=tell))

    @extend_schema(request=OpenReviewRequest)
    @action(detail=True, methods=["post"], url_path="open-review")
    def open_review(self, request: Request, pk: str) -> Response:
        """Den Fachbereichen bis zu einem Tag zur Prüfung geben."""
        found = self._asked(request, pk)
        reviewing.open_review(found, OpenReviewRequest.read(request)["until"], user_of(request))
        return Response(self.item(found.pk))

    @extend_schema(request=RemindRequest, responses=ReminderSerializer)
    @action(detail=True, methods=["post"])
    def remind(self, request: Request, pk: str) -> Response:
        """Leitungen erinnern, deren Fachbereich nicht geantwortet hat; höchstens einmal am Tag."""
        found = self._asked(request, pk)
        asked = RemindRequest.read(request)["department"]
        department = named_in(Department.objects.filter(municipality=found.municipality), asked)
        if asked is not None and department is None:
            message = _t("Diesen Fachbereich gibt es nicht.")
            raise ValidationError({"department": [ErrorDetail(message, "does_not_exist")]})
        told = reviewing.remind(found, user_of(request), department)
        return Response({"departments": [each.pk for each in told]})

    @extend_schema(request=SubmitRequest)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        """Zur Genehmigung vorlegen; die Texte stehen von da an in den Kennzahlen."""
        found = self._asked(request, pk)
        sent = SubmitRequest.read(request)
        approver = named_in(approving.approvers(found.municipality), sent.pop("approver"))
        if approver is None:
            message = _t("Diese Person kann den Bericht nicht genehmigen. Bitte wählen Sie eine andere.")
            raise ValidationError({"approver": [ErrorDetail(message, "bad_approver")]})
        return Response(self.item(reviewing.submit_edition(found, user_of(request), approver, **sent).pk))

    @extend_schema(request=ReturnRequest)
    @action(detail=True, methods=["post"], url_path="return")
    def give_back(self, request: Request, pk: str) -> Response:
        """Vorgelegtes mit einem Kommentar zurückgeben."""
        found = self._asked(request, pk, Deed.REVIEW_EDITIONS)
        comment = ReturnRequest.read(request)["comment"]
        return self._told(approving.return_edition(found, user_of(request), comment))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def renew(self, request: Request, pk: str) -> Response:
        """Einen offenen Entwurf mit heutigem Wissen neu berechnen; die Texte bleiben."""
        return Response(self.item(reviewing.renew_edition(self._asked(request, pk), user_of(request)).pk))

    @extend_schema(request=DropRequest, responses={204: None})
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        """Einen Entwurf verwerfen."""
        found = self._asked(request, pk)
        reviewing.drop_edition(found, user_of(request), DropRequest.read(request)["reason"])
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(methods=["get"], responses=TextListSerializer)
    @extend_schema(methods=["patch"], request=TextsRequest, responses=TextListSerializer)
    @action(detail=True, methods=["get", "patch"], pagination_class=None, filterset_class=None)
    def texts(self, request: Request, pk: str) -> Response:
        """Anmerkungen, Wortlaute und Gründe für Befunde; gesetzt, solange die Ausgabe offen ist."""
        found = self._asked(request, pk)
        if request.method == "PATCH":
            sent = TextsRequest.read(request)["texts"]
            keep_texts(found, {(each["kind"], each["about"]): each["text"] for each in sent}, user_of(request))
        return Response({"results": TextSerializer(found.texts.all(), many=True).data})

    @extend_schema(methods=["get"], responses=StepListSerializer)
    @extend_schema(methods=["post"], request=ObjectionRequest, responses={201: StepSerializer})
    @action(detail=True, methods=["get", "post"], pagination_class=None, filterset_class=None)
    def objections(self, request: Request, pk: str) -> Response:
        """Was die Fachbereiche sagen, mit den Antworten, das Älteste zuerst; ein Einwand, oder „keine Einwände“."""
        found = self._asked(request, pk, Deed.REVIEW_EDITIONS)
        if request.method == "GET":
            return Response({"results": StepSerializer(steps_of(found), many=True).data})
        sent = ObjectionRequest.read(request)
        if sent["content"]:
            made = reviewing.be_content(found, user_of(request))
        else:
            made = reviewing.object_to(found, user_of(request), sent["text"], _row(request, found, sent["row"]))
        return Response(StepSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=AnswerRequest, responses={201: StepSerializer})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Sagen, was aus einem Einwand wird."""
        found = self._asked(request, pk)
        sent = AnswerRequest.read(request)
        raised = steps_of(found).filter(kind=EditionStep.Kind.OBJECTED)
        objection = named_in(raised, sent["objection"])
        if objection is None:
            message = _t("Diesen Einwand gibt es hier nicht.")
            raise ValidationError({"objection": [ErrorDetail(message, "does_not_exist")]})
        made = reviewing.answer_objection(objection, user_of(request), sent["text"])
        return Response(StepSerializer(made).data, status=status.HTTP_201_CREATED)

    def _told(self, edition: Edition) -> Response:
        """The edition as it is now; nothing where the person may not see it any more, or not yet."""
        if self.get_queryset().filter(pk=edition.pk).exists():
            return Response(self.item(edition.pk))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _asked(self, request: Request, pk: str, deed: Deed = Deed.DECIDE_EDITIONS) -> Edition:
        """The edition, for a person who may do `deed`. What was sent is read first, as everywhere."""
        request.data  # noqa: B018 (raises where it cannot be read)
        found: Edition = get_object_or_404(self.get_queryset().select_related("municipality"), pk=id_or_404(pk))
        refuse(request, found.municipality, deed)
        return found


def _row(request: Request, edition: Edition, pk: int | None) -> MunicipalService | None:
    rows = MunicipalService.objects.visible_to(user_of(request)).filter(municipality=edition.municipality_id)
    found = named_in(rows, pk)
    if pk is not None and found is None:
        message = _t("Diese Leistung gibt es hier nicht.")
        raise ValidationError({"row": [ErrorDetail(message, "does_not_exist")]})
    return found
