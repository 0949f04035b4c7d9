"""How the lists of this room are narrowed."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet

from ozg_tracker.accounts.models import Department, Membership, Municipality, Role
from ozg_tracker.api.filters import VisibleChoiceFilter, VisibleOrNoneFilter, YesNoFilter


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


class MembershipFilter(FilterSet):
    q = CharFilter(method="search", label=_("Suchen"))
    role = ChoiceFilter(choices=Role.choices, label=_("Rolle"))
    active = YesNoFilter(field_name="user__is_active", label=_("aktiv"))

    class Meta:
        model = Membership
        fields: list[str] = []

    def search(self, rows: QuerySet[Membership], name: str, text: str) -> QuerySet[Membership]:
        """Every word stands in the person's name, username or address."""
        for word in text.split():
            rows = rows.filter(
                Q(user__username__icontains=word)
                | Q(user__first_name__icontains=word)
                | Q(user__last_name__icontains=word)
                | Q(user__email__icontains=word)
            )
        return rows


class DepartmentFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    parent = VisibleOrNoneFilter(visible=visible_departments, none_label="–")

    class Meta:
        model = Department
        fields: list[str] = []
