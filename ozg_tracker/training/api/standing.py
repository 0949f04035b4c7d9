"""How a municipality's trainings stand as a whole, in the API, and assigning to many: what the team's pages can."""

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from ozg_tracker.accounts import access
from ozg_tracker.accounts.filters import visible_departments
from ozg_tracker.accounts.models import Deed, Municipality, User
from ozg_tracker.accounts.named import named_municipality
from ozg_tracker.api.days import DayInBody
from ozg_tracker.api.ids import named_in
from ozg_tracker.api.serializers import RequestBody
from ozg_tracker.api.views import ApiView, Keys
from ozg_tracker.training.api.bodies import person, wrong
from ozg_tracker.training.assigning.many import assign_to_many
from ozg_tracker.training.courses.topics import topics
from ozg_tracker.training.models import Category, Course, Form
from ozg_tracker.training.team.coverage import Coverage, coverage
from ozg_tracker.training.team.readiness import Readiness, readiness
from ozg_tracker.training.team.standing import found_people

MOST = 5_000  # people named at once
_MUNICIPALITY = OpenApiParameter("municipality", int, required=True)


class CoverageLineSerializer(serializers.Serializer[Any]):
    course = serializers.IntegerField()
    requirement = serializers.IntegerField(allow_null=True, help_text=_("null: von Hand zugewiesen, oder je Kurs"))
    asked = serializers.IntegerField(help_text=_("Personen, deren laufende Runde zählt"))
    done = serializers.IntegerField()
    due = serializers.IntegerField()
    late = serializers.IntegerField()
    suspended = serializers.IntegerField()


class CoverageSerializer(serializers.Serializer[Any]):
    requirements = CoverageLineSerializer(many=True)
    courses = CoverageLineSerializer(many=True)


class MissingSerializer(serializers.Serializer[Any]):
    course = serializers.IntegerField()
    people = serializers.IntegerField()


class ReadinessLineSerializer(serializers.Serializer[Any]):
    municipal_service = serializers.IntegerField()
    goes_live_on = serializers.DateField(allow_null=True, help_text=_("null: online, ohne geplanten Tag"))
    is_live = serializers.BooleanField()
    complete = serializers.BooleanField(help_text=_("niemandem fehlt etwas"))
    team = serializers.IntegerField(allow_null=True, help_text=_("null: weniger als fünf Personen"))
    ready = serializers.IntegerField(allow_null=True)
    missing = MissingSerializer(many=True, allow_null=True)


class ReadinessSerializer(serializers.Serializer[Any]):
    results = ReadinessLineSerializer(many=True)


class CourseTopicSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    title = serializers.CharField()
    category = serializers.ChoiceField(Category.choices)
    form = serializers.ChoiceField(Form.choices)
    purpose = serializers.CharField()
    content = serializers.CharField()
    grounds = serializers.CharField(help_text=_("Vorschlag des OZG-Trackers, keine amtliche Vorgabe"))
    source = serializers.CharField(  # type: ignore[assignment]  # a field called so
        help_text=_("worauf der Grund beruht; leer: eigene Überlegung")
    )
    interval_months = serializers.IntegerField(allow_null=True)


class CourseTopicListSerializer(serializers.Serializer[Any]):
    results = CourseTopicSerializer(many=True)


class SearchRequest(RequestBody):
    name = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)
    department = serializers.IntegerField(required=False, allow_null=True, default=None)
    late = serializers.BooleanField(required=False, default=False)


class AssignRequest(RequestBody):
    course = serializers.IntegerField()
    due_on = DayInBody(help_text=_("Tag, der nicht vergangen ist"))
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)
    people = serializers.ListField(
        child=serializers.CharField(max_length=150),
        required=False,
        max_length=MOST,
        help_text=_("Benutzernamen; ohne: alle, die „search“ findet"),
    )
    search = SearchRequest(required=False, help_text=_("wie auf der Seite des Teams; leer: alle"))


class RefusedSerializer(serializers.Serializer[Any]):
    person = serializers.CharField(help_text=_("Benutzername"))
    reason = serializers.CharField()


class AssignedSerializer(serializers.Serializer[Any]):
    assigned = serializers.IntegerField()
    refused = RefusedSerializer(many=True)


class _OfMunicipality(ApiView):
    """Of one municipality, for its coordination alone."""

    closed_to = ("operator", "council")

    def query_keys(self) -> Keys:
        return ("municipality",)

    def municipality(self, request: Request) -> Municipality:
        found = named_municipality(request, request.query_params.get("municipality"))
        if not access.may(person(request), found, Deed.KEEP_COURSES):
            raise PermissionDenied(_t("Das sieht die OZG-Koordination."))
        return found


class TrainingCoverage(_OfMunicipality):
    """Abdeckung: wie weit jede Schulungspflicht und jeder Kurs ist."""

    @extend_schema(parameters=[_MUNICIPALITY], responses=CoverageSerializer)
    def get(self, request: Request) -> Response:
        by_rule, by_course = coverage(self.municipality(request))
        return Response(
            {
                "requirements": [_line(each, requirement=True) for each in by_rule],
                "courses": [_line(each, requirement=False) for each in by_course],
            }
        )


class TrainingReadiness(_OfMunicipality):
    """Bereitschaft: wie weit das Team jeder Leistung vor ihrem Go-live ist."""

    @extend_schema(parameters=[_MUNICIPALITY], responses=ReadinessSerializer)
    def get(self, request: Request) -> Response:
        return Response({"results": [_ready(each) for each in readiness(None, self.municipality(request))]})


class CourseTopics(ApiView):
    """Themenvorschläge für Kurse: unsere, keine amtliche Liste."""

    closed_to = ("operator", "council")

    @extend_schema(responses=CourseTopicListSerializer)
    def get(self, request: Request) -> Response:
        return Response({"results": CourseTopicSerializer(topics().values(), many=True).data})


class AssignTrainings(ApiView):
    """Vielen Personen zuweisen."""

    closed_to = ("operator", "council")

    @extend_schema(request=AssignRequest, responses={201: AssignedSerializer})
    def post(self, request: Request) -> Response:
        """Einen Kurs Personen zuweisen, die man leitet: allen, die ihn bekommen können; wer nicht, ist mit Grund
        genannt.
        """
        sent, by = AssignRequest.read(request), person(request)
        course = named_in(Course.objects.visible_to(by).offered(), sent["course"])
        if course is None:
            raise wrong("course", _t("Diese Schulung gibt es nicht."))
        people = _people(request, course.municipality, sent)
        outcome = assign_to_many(course, people, due_on=sent["due_on"], reason=sent["reason"], by=by)
        refused = [{"person": each.username, "reason": why} for each, why in outcome.refused]
        return Response({"assigned": outcome.number, "refused": refused}, status.HTTP_201_CREATED)


def _people(request: Request, municipality: Municipality, sent: dict[str, Any]) -> list[User]:
    """Those named, or those the search finds, of whom one may assign to."""
    if "people" not in sent and "search" not in sent:
        raise wrong("people", _t("Wem? Bitte nennen Sie Personen oder eine Suche."))
    search = dict(sent.get("search", {}))
    if search.get("department") is not None:
        search["department"] = named_in(visible_departments(request), search["department"])
        if search["department"] is None:
            raise wrong("search", _t("Diesen Fachbereich gibt es nicht."))
    found = found_people(person(request), municipality, **search)
    if "people" not in sent:
        return [each.user for each in found]
    named = {each.user.username: each.user for each in found.filter(user__username__in=sent["people"])}
    missing = [name for name in sent["people"] if name not in named]
    if missing:
        raise wrong("people", _t("Diese Personen gibt es hier nicht: %s.") % ", ".join(missing[:20]))
    return list(named.values())


def _line(each: Coverage, *, requirement: bool) -> dict[str, Any]:
    about = each.about.pk if requirement and each.about is not None else None
    figures = {name: getattr(each, name) for name in ("asked", "done", "due", "late", "suspended")}
    return {"course": each.course.pk, "requirement": about, **figures}


def _ready(each: Readiness) -> dict[str, Any]:
    missing = None
    if each.missing is not None:
        missing = [{"course": course.pk, "people": number} for course, number in each.missing]
    facts = {name: getattr(each, name) for name in ("is_live", "complete", "team", "ready")}
    return {
        "municipal_service": each.row.pk,
        "goes_live_on": each.goes_live_on and each.goes_live_on.isoformat(),
        **facts,
        "missing": missing,
    }
