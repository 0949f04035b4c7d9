"""Courses, who needs them, and the tasks that follow, in the API."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.journal.reading import tell_read
from ozg_tracker.accounts.models import User
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.docs import FILE
from ozg_tracker.api.ids import id_or_404
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Rows
from ozg_tracker.training.assigning.suspension import resume_task, suspend_task
from ozg_tracker.training.assigning.withdrawing import move_due_day, withdraw_task
from ozg_tracker.training.completing.certificates import certificate_pdf, issue_certificate
from ozg_tracker.training.completing.completion import complete_task
from ozg_tracker.training.completing.correcting import (
    confirm_completion,
    correct_completion,
    reject_completion,
    take_back_completion,
)
from ozg_tracker.training.filters import TrainingTaskFilter
from ozg_tracker.training.models import Standing, SuspensionReason, TrainingEvent, TrainingTask

CLOSED_TO = ("operator", "council")


class TrainingTaskSerializer(serializers.ModelSerializer[TrainingTask]):
    person = serializers.CharField(source="person.username", help_text=gettext_lazy("Benutzername"))
    standing = serializers.ChoiceField(Standing.choices, help_text=gettext_lazy("wie sie heute steht"))

    class Meta:
        model = TrainingTask
        fields = (
            *("id", "municipality", "course", "person", "round", "period_start", "assigned_on", "due_on"),
            *("suspended_until", "suspension_reason", "reason", "course_date", "completed_on", "renews_on"),
            *("registered_at", "seated_at"),
            *("withdrawn_on", "rejection", "standing"),
        )


class TrainingEventSerializer(serializers.ModelSerializer[TrainingEvent]):
    by = serializers.CharField(
        source="by.username", allow_null=True, default=None, help_text=gettext_lazy("null: die Schulungspflicht")
    )

    class Meta:
        model = TrainingEvent
        fields = (
            *("id", "kind", "effective_on", "recorded_at", "by", "reason", "due_on", "completed_on", "withdrawn_on"),
            "suspended_until",
        )


class TrainingEventListSerializer(serializers.Serializer[Any]):
    results = TrainingEventSerializer(many=True)


class CompletionRequest(RequestBody):
    completed_on = DayInBody(help_text=gettext_lazy("Tag, nicht in der Zukunft"))


class SuspensionRequest(RequestBody):
    until = DayInBody(help_text=gettext_lazy("Tag in der Zukunft"))
    reason = serializers.ChoiceField(SuspensionReason.choices)


class ReasonRequest(RequestBody):
    reason = serializers.CharField(max_length=300)


class MoveRequest(ReasonRequest):
    due_on = DayInBody(help_text=gettext_lazy("Tag, der nicht vergangen ist"))


class TrainingTasks(Collection):
    """Schulungsaufgaben: eigene, als Leitung die des Fachbereichs, als Koordination alle."""

    serializer_class = TrainingTaskSerializer
    filterset_class = TrainingTaskFilter
    orderings = ("id", "due_on")
    expandable = {"course": "courses"}
    closed_to = CLOSED_TO

    def get_queryset(self) -> QuerySet[TrainingTask]:
        today = timezone.localdate()
        return TrainingTask.objects.shown_to(self.request.user, today).with_standing(today)

    def told(self, rows: Rows) -> None:
        by = cast("User", self.request.user)
        tell_read(
            gettext_lazy("Schulungsaufgaben"),
            (row["municipality"] for row in rows if row["person"] != by.username),
            by=by,
        )

    @extend_schema(responses=TrainingEventListSerializer)
    @action(detail=True, methods=["get"])
    def history(self, request: Request, pk: str) -> Response:
        """Was mit der eigenen Schulung geschah, als Koordination auch mit der einer anderen Person; Neues zuerst."""
        user = cast("User", request.user)
        tasks = TrainingTask.objects.completable_by(user) | TrainingTask.objects.kept_by(user)
        task = get_object_or_404(tasks, pk=id_or_404(pk))
        if task.person_id != user.pk:
            tell_read(gettext_lazy("Schulungsaufgaben"), [task.municipality_id], by=user)
        events = task.events.select_related("by").order_by("-pk")
        return Response({"results": TrainingEventSerializer(events, many=True).data})

    @extend_schema(request=CompletionRequest, responses=TrainingTaskSerializer)
    @action(detail=True, methods=["post"], url_path="complete")
    def report_done(self, request: Request, pk: str) -> Response:
        """Die eigene Schulung als erledigt melden."""
        task = get_object_or_404(self.get_queryset(), pk=pk)
        sent = CompletionRequest.read(request)
        complete_task(task, by=cast("User", request.user), completed_on=sent["completed_on"])
        return Response(self.item(task.pk))

    @extend_schema(request=SuspensionRequest, responses=TrainingTaskSerializer)
    @action(detail=True, methods=["post"])
    def suspend(self, request: Request, pk: str) -> Response:
        """Die Schulung einer anderen Person aussetzen; der fällige Tag rückt um ebenso viele Tage nach hinten."""
        task = get_object_or_404(self.get_queryset(), pk=pk)
        sent = SuspensionRequest.read(request)
        suspend_task(task, **sent, by=cast("User", request.user))
        return Response(self.item(task.pk))

    @extend_schema(request=None, responses=TrainingTaskSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Eine ausgesetzte Schulung wieder aufnehmen."""
        task = get_object_or_404(self.get_queryset(), pk=pk)
        resume_task(task, by=cast("User", request.user))
        return Response(self.item(task.pk))

    @extend_schema(request=CompletionRequest, responses=TrainingTaskSerializer)
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:
        """Den Tag berichtigen, an dem die eigene Schulung erledigt wurde."""
        task = get_object_or_404(self.get_queryset(), pk=pk)
        sent = CompletionRequest.read(request)
        correct_completion(task, sent["completed_on"], by=cast("User", request.user))
        return Response(self.item(task.pk))

    @extend_schema(request=None, responses=FILE)
    @action(detail=True, methods=["post"])
    def certificate(self, request: Request, pk: str) -> HttpResponse:
        """Die Bescheinigung der eigenen Schulung, die erledigt und bestätigt ist, als PDF."""
        own = TrainingTask.objects.completable_by(cast("User", request.user))
        made = certificate_pdf(issue_certificate(get_object_or_404(own, pk=id_or_404(pk))))
        return HttpResponse(made, content_type="application/pdf")

    @extend_schema(request=None, responses=TrainingTaskSerializer)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str) -> Response:
        """Die eigene Meldung zurücknehmen: Die Schulung ist wieder offen."""
        task = get_object_or_404(self.get_queryset(), pk=pk)
        take_back_completion(task, by=cast("User", request.user))
        return Response(self.item(task.pk))

    @extend_schema(request=None, responses=TrainingTaskSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Als OZG-Koordination bestätigen, was eine andere Person gemeldet hat."""
        task = get_object_or_404(self.get_queryset(), pk=pk)
        confirm_completion(task, by=cast("User", request.user))
        return Response(self.item(task.pk))

    @extend_schema(request=ReasonRequest, responses=TrainingTaskSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str) -> Response:
        """Als OZG-Koordination zurückweisen, was gemeldet wurde; die Person liest den Satz."""
        task = get_object_or_404(self.get_queryset(), pk=pk)
        sent = ReasonRequest.read(request)
        reject_completion(task, sent["reason"], by=cast("User", request.user))
        return Response(self.item(task.pk))

    @extend_schema(request=ReasonRequest, responses=TrainingTaskSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Als OZG-Koordination eine offene Schulung einer anderen Person zurückziehen."""
        task = get_object_or_404(self.get_queryset(), pk=pk)
        sent = ReasonRequest.read(request)
        withdraw_task(task, sent["reason"], by=cast("User", request.user))
        return Response(self.item(task.pk))

    @extend_schema(request=MoveRequest, responses=TrainingTaskSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:
        """Als OZG-Koordination den Fälligkeitstag einer offenen Schulung verschieben."""
        task = get_object_or_404(self.get_queryset(), pk=pk)
        sent = MoveRequest.read(request)
        move_due_day(task, **sent, by=cast("User", request.user))
        return Response(self.item(task.pk))
