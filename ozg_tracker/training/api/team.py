"""The team's trainings as a file, in the API: what the page's download gives."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from ozg_tracker.accounts import access
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.named import named_municipality
from ozg_tracker.api.docs import FILE
from ozg_tracker.api.ids import named_in
from ozg_tracker.api.query import LONGEST_SEARCH
from ozg_tracker.api.views import ApiView, Keys
from ozg_tracker.spreadsheets.writing import MEDIA_TYPES
from ozg_tracker.training.api.bodies import person, wrong
from ozg_tracker.training.models import Course
from ozg_tracker.training.team.access import led_departments
from ozg_tracker.training.team.downloading import download_team
from ozg_tracker.training.team.standing import team_members


class TeamQuery(serializers.Serializer[Any]):
    municipality = serializers.CharField()
    format = serializers.ChoiceField([(form, form) for form in MEDIA_TYPES])
    name = serializers.CharField(required=False, allow_blank=True, default="", max_length=LONGEST_SEARCH)
    department = serializers.CharField(required=False, allow_blank=True, default="")
    course = serializers.CharField(required=False, allow_blank=True, default="")
    late = serializers.ChoiceField([("1", "1")], required=False, allow_blank=True, default="")


_PARAMETERS = [
    OpenApiParameter("municipality", int, required=True),
    OpenApiParameter("format", str, required=True, enum=tuple(MEDIA_TYPES)),
    OpenApiParameter("name", str, description=_("alle Wörter stehen im Namen")),
    OpenApiParameter("department", int, description=_("dieser Fachbereich und alle darunter")),
    OpenApiParameter("course", int, description=_("nur wem diese Schulung zugewiesen ist, und nur wie sie steht")),
    OpenApiParameter("late", str, enum=("1",), description=_("nur wer Überfälliges hat")),
]


class TeamFile(ApiView):
    """Schulungen des Teams als Datei: je Person und Schulung die laufende Runde."""

    closed_to = ("operator", "council")

    def query_keys(self) -> Keys:
        return ("municipality", "format", "name", "department", "course", "late")

    @extend_schema(parameters=_PARAMETERS, responses=FILE)
    def get(self, request: Request) -> HttpResponse:
        asked = TeamQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found, by = asked.validated_data, person(request)
        municipality = named_municipality(request, found["municipality"])
        if not access.may(by, municipality, Deed.LEAD_TRAININGS):
            raise PermissionDenied(_t("Das sieht, wer einen Fachbereich leitet, und die OZG-Koordination."))
        department = course = None
        if found["department"]:
            department = named_in(led_departments(by, municipality), found["department"])
            if department is None:
                raise wrong("department", _t("Diesen Fachbereich gibt es nicht."))
        if found["course"]:
            course = named_in(Course.objects.visible_to(by).filter(municipality=municipality), found["course"])
            if course is None:
                raise wrong("course", _t("Diese Schulung gibt es nicht."))
        late = bool(found["late"])
        people = team_members(by, municipality, found["name"], late=late, department=department, course=course)
        made = download_team(people, municipality, found["format"], by=by, course=course)
        name = f"schulungen-{municipality.ars}.{found['format']}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(made, content_type=MEDIA_TYPES[found["format"]], headers=headers)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        # the format is chosen by `format`, whatever Accept says
        return super().perform_content_negotiation(request, force=True)
