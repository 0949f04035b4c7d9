"""How the list of editions is narrowed."""

from django_filters import ChoiceFilter, DateFilter, FilterSet

from ozg_tracker.accounts.filters import visible_municipalities
from ozg_tracker.api.filters import VisibleChoiceFilter
from reports.models import Edition


class EditionFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    month = DateFilter()
    state = ChoiceFilter(choices=Edition.State.choices)

    class Meta:
        model = Edition
        fields: list[str] = []
