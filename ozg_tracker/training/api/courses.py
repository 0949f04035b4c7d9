"""Courses in the API: read by all who learn, kept by the coordination; everybody enrols where one may."""

from collections import defaultdict
from typing import Any

from django.db.models import QuerySet, Value
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts import access
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.named import named_municipality
from ozg_tracker.api.ids import id_or_404, ids_in
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import Collection, Rows
from ozg_tracker.training.api.bodies import person, wrong
from ozg_tracker.training.courses.archiving import archive_course, bring_course_back
from ozg_tracker.training.courses.enrolling import enrol, leave_course
from ozg_tracker.training.courses.keeping import Links, links_of, preview_course, refuse_links, save_course
from ozg_tracker.training.filters import CourseFilter
from ozg_tracker.training.models import LONGEST_INTERVAL, Category, Course, Form, TrainingTask

CLOSED_TO = ("operator", "council")
MOST = 500  # courses that count for one, or come before it


class CourseSerializer(serializers.ModelSerializer[Course]):
    equivalents = serializers.ListField(
        child=serializers.IntegerField(), source="*", help_text=_("Kurse, die für diesen zählen")
    )
    prerequisites = serializers.ListField(
        child=serializers.IntegerField(), source="*", help_text=_("Kurse, die vorher zu erledigen sind")
    )

    class Meta:
        model = Course
        fields = (
            *("id", "municipality", "title", "purpose", "description", "category", "form", "provider", "link"),
            *("place", "length", "language", "cost", "contact", "interval_months", "fixed_day", "fixed_month"),
            *("self_enrolment", "topic", "archived_on", "equivalents", "prerequisites"),
        )


class CourseRequest(RequestBody):
    """What a course is; in a change, what is left out stays."""

    title = serializers.CharField(max_length=200)
    purpose = serializers.CharField(required=False, allow_blank=True, max_length=5000)
    description = serializers.CharField(required=False, allow_blank=True, max_length=20000)
    category = serializers.ChoiceField(Category.choices, required=False, allow_blank=True)
    form = serializers.ChoiceField(Form.choices, required=False, allow_blank=True)
    provider = serializers.CharField(required=False, allow_blank=True, max_length=200)
    link = serializers.URLField(required=False, allow_blank=True, max_length=500)
    place = serializers.CharField(required=False, allow_blank=True, max_length=200)
    length = serializers.CharField(required=False, allow_blank=True, max_length=100)
    language = serializers.CharField(required=False, allow_blank=True, max_length=60)
    cost = serializers.CharField(required=False, allow_blank=True, max_length=200)
    contact = serializers.EmailField(required=False, allow_blank=True)
    interval_months = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=LONGEST_INTERVAL)
    fixed_day = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=31)
    fixed_month = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=12)
    self_enrolment = serializers.BooleanField(required=False)
    equivalents = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=MOST)
    prerequisites = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=MOST)


class NewCourse(CourseRequest):
    municipality = serializers.IntegerField()


class CoursePreviewSerializer(serializers.Serializer[Any]):
    sooner = serializers.IntegerField(help_text=_("Personen, die früher wieder dran sind"))
    later = serializers.IntegerField(help_text=_("Personen, die später wieder dran sind"))
    never = serializers.IntegerField(help_text=_("Personen, die die Schulung nicht mehr wiederholen müssen"))
    open = serializers.IntegerField(help_text=_("Personen, deren nächste Runde gleich aufgeht"))
    accepted = serializers.IntegerField(help_text=_("Personen, für die ein anerkannter Kurs zählt"))


class EnrolledSerializer(serializers.Serializer[Any]):
    training_task = serializers.IntegerField(help_text=_("„id“ der Schulungsaufgabe"))


class Courses(Collection):
    """Schulungen."""

    serializer_class = CourseSerializer
    filterset_class = CourseFilter
    orderings = ("id", "title")
    closed_to = CLOSED_TO

    def get_queryset(self) -> QuerySet[Course]:
        return Course.objects.visible_to(self.request.user)

    def fill(self, rows: Rows) -> None:
        ids = [row["id"] for row in rows]
        equivalents, prerequisites = (
            getattr(Course, name)
            .through.objects.filter(from_course__in=ids)
            .values_list(Value(name), "from_course", "to_course")
            for name in Links._fields
        )
        found = defaultdict[tuple[str, int], list[int]](list)
        for name, pk, other in equivalents.union(prerequisites, all=True).order_by("to_course"):
            found[name, pk].append(other)
        for row in rows:
            row |= {name: found[name, row["id"]] for name in Links._fields}

    @extend_schema(request=NewCourse, responses={201: CourseSerializer})
    def create(self, request: Request) -> Response:
        """Einen Kurs anlegen."""
        sent = NewCourse.read(request)
        municipality = named_municipality(request, sent.pop("municipality"))
        if not access.may(person(request), municipality, Deed.KEEP_COURSES):
            raise PermissionDenied(_t("Kurse pflegt die OZG-Koordination."))
        made = Course(municipality=municipality)
        save_course(made, _put(made, sent), by=person(request))
        return Response(self.item(made.pk), status.HTTP_201_CREATED)

    @extend_schema(request=CourseRequest)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Einen Kurs ändern; was nicht genannt ist, bleibt."""
        found = self._kept(request, pk)
        save_course(found, _put(found, CourseRequest.read(request, partial=True)), by=person(request))
        return Response(self.item(found.pk))

    @extend_schema(request=CourseRequest(partial=True), responses=CoursePreviewSerializer)
    @action(detail=True, methods=["post"])
    def preview(self, request: Request, pk: str) -> Response:
        """Was eine Änderung für Personen bedeutet; nichts wird geändert."""
        found = self._kept(request, pk)
        links = _put(found, CourseRequest.read(request, partial=True))
        refuse_links(found, links)
        return Response(preview_course(found, links).figures())

    @extend_schema(request=None, responses=CourseSerializer)
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str) -> Response:
        """Einen Kurs aus dem Katalog nehmen; was offen und was erledigt ist, bleibt."""
        return Response(self.item(archive_course(self._kept(request, pk), by=person(request)).pk))

    @extend_schema(request=None, responses=CourseSerializer)
    @action(detail=True, methods=["post"], url_path="bring-back")
    def bring_back(self, request: Request, pk: str) -> Response:
        """Einen archivierten Kurs wieder in den Katalog stellen."""
        return Response(self.item(bring_course_back(self._kept(request, pk), by=person(request)).pk))

    @extend_schema(request=None, responses={201: EnrolledSerializer})
    @action(detail=True, methods=["post"], url_path="enrol")
    def take(self, request: Request, pk: str) -> Response:
        """Sich selbst in einen Kurs einschreiben, der allen offensteht."""
        task = enrol(get_object_or_404(self.get_queryset(), pk=id_or_404(pk)), by=person(request))
        return Response({"training_task": task.pk}, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: str) -> Response:
        """Sich wieder austragen, wo man sich selbst eingeschrieben hat."""
        found = get_object_or_404(self.get_queryset(), pk=id_or_404(pk))
        own = TrainingTask.objects.open().filter(person=person(request), course=found)
        leave_course(get_object_or_404(own), by=person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _kept(self, request: Request, pk: str) -> Course:
        request.data  # noqa: B018 (raises where it cannot be read)
        found = get_object_or_404(self.get_queryset(), pk=id_or_404(pk))
        if not Course.objects.editable_by(person(request)).filter(pk=found.pk).exists():
            raise PermissionDenied(_t("Kurse pflegt die OZG-Koordination."))
        return found


def _put(course: Course, sent: dict[str, Any]) -> Links:
    """Put what was sent into the course, checked; the courses that count for it and come before it as they are to be.
    What names no course of the municipality is refused.
    """
    kept = links_of(course)
    chosen = {
        name: _courses(course, name, sent.pop(name)) if name in sent else getattr(kept, name) for name in Links._fields
    }
    for name, value in sent.items():
        setattr(course, name, value)
    course.full_clean()
    return Links(**chosen)


def _courses(course: Course, name: str, wanted: list[int]) -> frozenset[Course]:
    here = Course.objects.filter(municipality=course.municipality, pk__in=ids_in(wanted))
    found = {each.pk: each for each in here}
    missing = [str(pk) for pk in wanted if pk not in found]
    if missing:
        raise wrong(name, _t("Diese Kurse gibt es hier nicht: %s.") % ", ".join(missing[:20]))
    return frozenset(found.values())
