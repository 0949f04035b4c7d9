"""How the lists of this room are narrowed."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django_filters import CharFilter, ChoiceFilter, FilterSet

from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.api.filters import VisibleChoiceFilter, VisibleOrNoneFilter


def visible_municipalities(request: HttpRequest) -> QuerySet[Municipality]:
    return Municipality.objects.visible_to(request.user)


def visible_departments(request: HttpRequest) -> QuerySet[Department]:
    return Department.objects.filter(municipality__in=visible_municipalities(request))


class MunicipalityFilter(FilterSet):
    ars = CharFilter()
    kind = ChoiceFilter(choices=Municipality.Kind.choices)

    class Meta:
        model = Municipality
        fields: list[str] = []


class DepartmentFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    parent = VisibleOrNoneFilter(visible=visible_departments, none_label="–")

    class Meta:
        model = Department
        fields: list[str] = []
