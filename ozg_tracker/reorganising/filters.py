"""How the lists of departments and reorganisations are narrowed."""

from django.db.models import QuerySet
from django_filters import ChoiceFilter

from ozg_tracker.accounts.filters import visible_departments, visible_municipalities
from ozg_tracker.accounts.models import Department, Reorganisation
from ozg_tracker.api.filters import FilterSet, VisibleChoiceFilter, VisibleOrNoneFilter, YesNoFilter


class DepartmentFilter(FilterSet):
    """Of the day that the list shows."""

    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    parent = VisibleOrNoneFilter(visible=visible_departments, none_label="–", method="below")
    ended = YesNoFilter(method="over")

    class Meta:
        model = Department
        fields: list[str] = []

    def below(self, rows: QuerySet[Department], name: str, parent: Department | str) -> QuerySet[Department]:
        return rows.filter(**{_column(rows, "parent"): parent if isinstance(parent, Department) else None})

    def over(self, rows: QuerySet[Department], name: str, ended: bool) -> QuerySet[Department]:
        return rows.filter(**{_column(rows, "ended"): ended})


def _column(rows: QuerySet[Department], name: str) -> str:
    return f"{name}_then" if f"{name}_then" in rows.query.annotations else name


class ReorganisationFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    kind = ChoiceFilter(choices=Reorganisation.Kind.choices)

    class Meta:
        model = Reorganisation
        fields: list[str] = []
