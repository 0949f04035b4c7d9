"""Dates in the API: with their sessions and places; registering for one, and who was there."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts.journal.reading import tell_read
from ozg_tracker.accounts.models import User
from ozg_tracker.api.days import DayInBody, MomentInBody
from ozg_tracker.api.ids import id_or_404, named_in
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Rows
from ozg_tracker.training.api.bodies import person, wrong
from ozg_tracker.training.api.courses import CLOSED_TO
from ozg_tracker.training.courses.enrolling import enrol
from ozg_tracker.training.dates.attendance import Line, attendance
from ozg_tracker.training.dates.course_dates import MOST_SESSIONS, Sitting, cancel_course_date, keep_course_date
from ozg_tracker.training.dates.places import waiting
from ozg_tracker.training.dates.presence import record_presence
from ozg_tracker.training.dates.registering import place_in_line, register
from ozg_tracker.training.filters import CourseDateFilter
from ozg_tracker.training.models import Course, CourseDate, CourseSession, TrainingTask, learners

_SIMPLE = ("places", "registration_ends", "led_from_outside")


class SessionSerializer(serializers.ModelSerializer[CourseSession]):
    class Meta:
        model = CourseSession
        fields = ("id", "starts_at", "ends_at", "place", "link")


class CourseDateSerializer(serializers.ModelSerializer[CourseDate]):
    trainer = serializers.CharField(source="trainer.username", allow_null=True, help_text=_("Benutzername"))
    seated = serializers.IntegerField(help_text=_("wie viele einen Platz haben"))
    waiting = serializers.IntegerField(help_text=_("wie viele auf einen warten"))
    sessions = SessionSerializer(many=True, source="*")

    class Meta:
        model = CourseDate
        fields = (
            *("id", "course", "starts_at", "ends_at", "place", "places", "seated", "waiting", "registration_ends"),
            *("trainer", "led_from_outside", "sequence", "cancelled_at", "cancelled_because", "sessions"),
        )


class SessionRequest(RequestBody):
    id = serializers.IntegerField(required=False, min_value=1, help_text=_("einer Einheit, die es schon gibt"))
    starts_at = MomentInBody()
    ends_at = MomentInBody()
    place = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    link = serializers.URLField(required=False, default="", allow_blank=True, max_length=500)


class CourseDateRequest(RequestBody):
    """What a date is; in a change, what is left out stays, and a session left out of the list is called off."""

    sessions = SessionRequest(many=True, min_length=1, max_length=MOST_SESSIONS)  # type: ignore[call-arg]  # of a list
    places = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=30000)
    registration_ends = DayInBody(required=False, allow_null=True)
    trainer = serializers.CharField(required=False, allow_null=True, help_text=_("Benutzername"))
    led_from_outside = serializers.CharField(required=False, allow_blank=True, max_length=200)


class NewCourseDate(CourseDateRequest):
    course = serializers.IntegerField()


class CancelRequest(RequestBody):
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=300)


class PresentRequest(RequestBody):
    session = serializers.IntegerField()
    training_task = serializers.IntegerField()


class PresenceRequest(RequestBody):
    present = PresentRequest(many=True, max_length=5000)  # type: ignore[call-arg]  # of a list


class RegisteredSerializer(serializers.Serializer[Any]):
    training_task = serializers.IntegerField()
    seated = serializers.BooleanField()
    place_in_line = serializers.IntegerField(help_text=_("0: hat einen Platz; sonst der wievielte auf der Warteliste"))


class ParticipantSerializer(serializers.Serializer[Any]):
    training_task = serializers.IntegerField()
    person = serializers.CharField(help_text=_("Benutzername"))
    present = serializers.ListField(child=serializers.IntegerField(), help_text=_("„id“ der Einheiten"))
    done = serializers.BooleanField(help_text=_("die Schulung ist erledigt"))


class WaitingSerializer(serializers.Serializer[Any]):
    training_task = serializers.IntegerField()
    person = serializers.CharField(help_text=_("Benutzername"))


class AttendanceSerializer(serializers.Serializer[Any]):
    participants = ParticipantSerializer(many=True)
    waiting = WaitingSerializer(many=True, help_text=_("in der Reihenfolge, in der sie nachrücken"))


class DoneSerializer(serializers.Serializer[Any]):
    completed = serializers.ListField(child=serializers.IntegerField(), help_text=_("„id“ der Schulungsaufgaben"))


class CourseDates(Collection):
    """Termine der Schulungen."""

    serializer_class = CourseDateSerializer
    filterset_class = CourseDateFilter
    orderings = ("id", "starts_at")
    expandable = {"course": "courses"}
    closed_to = CLOSED_TO

    def get_queryset(self) -> QuerySet[CourseDate]:
        return CourseDate.objects.visible_to(self.request.user).with_places()

    def fill(self, rows: Rows) -> None:
        """The sessions of all dates in one query."""
        sessions: dict[object, list[dict[str, object]]] = {row["id"]: [] for row in rows}
        for each in CourseSession.objects.filter(course_date__in=list(sessions)).order_by("starts_at", "pk"):
            sessions[each.course_date_id].append(dict(SessionSerializer(each).data))
        for row in rows:
            row["sessions"] = sessions[row["id"]]

    @extend_schema(request=NewCourseDate, responses={201: CourseDateSerializer})
    def create(self, request: Request) -> Response:
        """Einen Termin anlegen, mit einer oder mehreren Einheiten."""
        sent = NewCourseDate.read(request)
        course = named_in(Course.objects.visible_to(person(request)), sent.pop("course"))
        if course is None:
            raise wrong("course", _t("Diese Schulung gibt es hier nicht."))
        made = CourseDate(course=course)
        self._keep(made, sent)
        return Response(self.item(made.pk), status.HTTP_201_CREATED)

    @extend_schema(request=CourseDateRequest)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Einen Termin ändern; wer angemeldet ist, bekommt eine Nachricht mit dem neuen Kalendereintrag."""
        found = self._kept(request, pk)
        self._keep(found, CourseDateRequest.read(request, partial=True))
        return Response(self.item(found.pk))

    @extend_schema(request=CancelRequest, responses=CourseDateSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Einen Termin absagen; die Schulung bleibt zugewiesen."""
        found = self._kept(request, pk)
        cancel_course_date(found, CancelRequest.read(request)["reason"], by=person(request))
        return Response(self.item(found.pk))

    @extend_schema(request=None, responses=RegisteredSerializer)
    @action(detail=True, methods=["post"], url_path="register")
    def sign_up(self, request: Request, pk: str) -> Response:
        """Sich selbst anmelden; ohne freien Platz steht man auf der Warteliste."""
        found = get_object_or_404(CourseDate.objects.visible_to(person(request)), pk=id_or_404(pk))
        with transaction.atomic():
            own = TrainingTask.objects.open().filter(person=person(request), course=found.course_id)
            task = register(own.first() or enrol(found.course, by=person(request)), found, by=person(request))
        seated = task.seated_at is not None
        return Response({"training_task": task.pk, "seated": seated, "place_in_line": place_in_line(task)})

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Sich wieder abmelden, bis die Anmeldung endet."""
        own = TrainingTask.objects.open().filter(person=person(request), course_date=id_or_404(pk))
        register(get_object_or_404(own), None, by=person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=PresenceRequest, responses=DoneSerializer)
    @action(detail=True, methods=["post"])
    def presence(self, request: Request, pk: str) -> Response:
        """Wer bei den Einheiten da war, die begonnen haben; wer bei allen da war, hat die Schulung erledigt."""
        found = get_object_or_404(CourseDate.objects.led_by(person(request)), pk=id_or_404(pk))
        seen = [(each["session"], each["training_task"]) for each in PresenceRequest.read(request)["present"]]
        done = record_presence(found, seen, by=person(request))
        return Response({"completed": sorted(task.pk for task in done)})

    @extend_schema(responses=AttendanceSerializer)
    @action(detail=True, methods=["get"])
    def attendance(self, request: Request, pk: str) -> Response:
        """Wer einen Platz hat und da war, und wer wartet; für die OZG-Koordination und wer den Termin leitet."""
        by = person(request)
        found = get_object_or_404(CourseDate.objects.led_by(by).select_related("course"), pk=id_or_404(pk))
        lines = [_participant(each) for each in attendance(found, by, timezone.now()).lines]
        queue = [
            {"training_task": each.pk, "person": each.person.username}
            for each in waiting(found).select_related("person")
        ]
        if any(each["person"] != by.username for each in (*lines, *queue)):
            tell_read(_("Teilnahme an Terminen"), [found.course.municipality_id], by=by)
        return Response({"participants": lines, "waiting": queue})

    def _kept(self, request: Request, pk: str) -> CourseDate:
        request.data  # noqa: B018 (raises where it cannot be read)
        found = get_object_or_404(
            CourseDate.objects.visible_to(person(request)).select_related("course"), pk=id_or_404(pk)
        )
        if not CourseDate.objects.editable_by(person(request)).filter(pk=found.pk).exists():
            raise PermissionDenied(_t("Termine legt die OZG-Koordination fest."))
        return found

    def _keep(self, found: CourseDate, sent: dict[str, Any]) -> None:
        for name in _SIMPLE:
            if name in sent:
                setattr(found, name, sent[name])
        if "trainer" in sent:
            found.trainer = _trainer(found.course, sent["trainer"])
        keep_course_date(found, _sittings(found, sent.get("sessions")), by=person(self.request))


def _participant(line: Line) -> dict[str, Any]:
    present = [each.session.pk for each in line.marks if each.there]
    return {
        "training_task": line.task.pk,
        "person": line.task.person.username,
        "present": present,
        "done": line.done,
    }


def _sittings(found: CourseDate, sent: list[dict[str, Any]] | None) -> list[Sitting]:
    if sent is None:
        there = found.sessions.all()
        return [Sitting(each.starts_at, each.ends_at, each.place, each.link, each.pk) for each in there]
    return [
        Sitting(each["starts_at"], each["ends_at"], each.get("place", ""), each.get("link", ""), each.get("id"))
        for each in sent
    ]


def _trainer(course: Course, username: str | None) -> User | None:
    if not username:
        return None
    here = learners().filter(municipality=course.municipality_id).values("user")
    found = User.objects.filter(pk__in=here, username=username).first()
    if found is None:
        raise wrong("trainer", _t("Diese Person arbeitet nicht in der Kommune."))
    return found
