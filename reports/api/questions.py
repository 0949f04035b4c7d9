"""Questions of the council in the API: asked at an edition, answered, withdrawn; the deeds of the pages."""

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.models import Deed
from ozg_tracker.api.ids import named_in
from ozg_tracker.api.serializers import RequestBody
from reports.api.asking import user_of
from reports.api.reviewing import Reviewing
from reports.models import LONGEST_ANSWER, LONGEST_QUESTION, CouncilQuestion, Edition
from reports.questions import answering, asking
from reports.questions.reading import Asked, questions_of, told
from reports.telling.voices import SECTIONS


class AskRequest(RequestBody):
    """A question about a section, or about a service."""

    text = serializers.CharField(max_length=LONGEST_QUESTION)
    section = serializers.ChoiceField(choices=list(SECTIONS), required=False, default="", allow_blank=True)
    service = serializers.CharField(
        required=False, default="", allow_blank=True, help_text=_("Schlüssel der Leistung; ohne Schlüssel ihr Name")
    )


class AnswerQuestionRequest(RequestBody):
    question = serializers.IntegerField()
    text = serializers.CharField(max_length=LONGEST_ANSWER)


class WithdrawRequest(RequestBody):
    question = serializers.IntegerField()


class AskedServiceSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(allow_null=True)
    ozg_id = serializers.CharField(allow_null=True)
    name = serializers.CharField()


class CouncilQuestionSerializer(serializers.Serializer[Any]):
    """A question without the name of who asked it."""

    id = serializers.IntegerField()
    edition = serializers.IntegerField(help_text=_("Ausgabe, zu der gefragt wurde"))
    section = serializers.CharField(allow_blank=True, help_text=_("leer: zu einer Leistung"))
    service = AskedServiceSerializer(allow_null=True)
    text = serializers.CharField()
    asked_at = serializers.DateTimeField()
    own = serializers.BooleanField(help_text=_("von Ihnen gestellt"))
    answer = serializers.CharField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)


class CouncilQuestionListSerializer(serializers.Serializer[Any]):
    results = CouncilQuestionSerializer(many=True)


class Questioning(Reviewing):
    """What is asked about an edition, by the council, and answered, by the coordination."""

    @extend_schema(methods=["get"], responses=CouncilQuestionListSerializer)
    @extend_schema(methods=["post"], request=AskRequest, responses={201: CouncilQuestionSerializer})
    @action(detail=True, methods=["get", "post"], pagination_class=None, filterset_class=None)
    def questions(self, request: Request, pk: str) -> Response:
        """Fragen aus dem Rat zum Monat der Ausgabe, die älteste zuerst; als Mitglied des Rates eine neue."""
        deed = Deed.READ_EDITIONS if request.method == "GET" else Deed.ASK_QUESTIONS
        found = self._asked(request, pk, deed)
        if request.method == "GET":
            return Response({"results": [_row(each) for each in told(questions_of(found), user_of(request))]})
        sent = AskRequest.read(request)
        made = asking.ask_question(
            found, user_of(request), sent["text"], section=sent["section"], service=sent["service"]
        )
        return self._question(request, found, made.pk)

    @extend_schema(request=AnswerQuestionRequest, responses={201: CouncilQuestionSerializer})
    @action(detail=True, methods=["post"], url_path="answer-question")
    def answer_question(self, request: Request, pk: str) -> Response:
        """Eine Frage aus dem Rat beantworten, einmal."""
        found = self._asked(request, pk, Deed.ANSWER_QUESTIONS)
        sent = AnswerQuestionRequest.read(request)
        question = _named(found, sent["question"])
        answering.answer_question(question, user_of(request), sent["text"])
        return self._question(request, found, question.pk)

    @extend_schema(request=WithdrawRequest, responses={204: None})
    @action(detail=True, methods=["post"], url_path="withdraw-question")
    def withdraw_question(self, request: Request, pk: str) -> Response:
        """Die eigene Frage zurückziehen, solange sie nicht beantwortet ist."""
        found = self._asked(request, pk, Deed.ASK_QUESTIONS)
        asking.withdraw_question(_named(found, WithdrawRequest.read(request)["question"]), user_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _question(self, request: Request, edition: Edition, pk: int) -> Response:
        (shown,) = told(questions_of(edition).filter(pk=pk), user_of(request))
        return Response(_row(shown), status=status.HTTP_201_CREATED)


def _named(edition: Edition, pk: int) -> CouncilQuestion:
    found = named_in(questions_of(edition), pk)
    if found is None:
        message = _t("Diese Frage gibt es hier nicht.")
        raise ValidationError({"question": [ErrorDetail(message, "does_not_exist")]})
    return found


def _row(asked: Asked) -> dict[str, Any]:
    question = asked.question
    return {
        "id": question.pk,
        "edition": question.edition_id,
        "section": question.section,
        "service": question.service,
        "text": question.text,
        "asked_at": question.recorded_at,
        "own": asked.own,
        "answer": asked.answer if asked.answered else None,
        "answered_at": question.step.recorded_at if asked.answered else None,
    }
