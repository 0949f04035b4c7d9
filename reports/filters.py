"""How the list of editions is narrowed."""

from django_filters import ChoiceFilter

from ozg_tracker.accounts.filters import visible_municipalities
from ozg_tracker.api.days import DayFilter
from ozg_tracker.api.filters import FilterSet, VisibleChoiceFilter
from reports.models import Committee, Edition, Meeting


class EditionFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    month = DayFilter()
    state = ChoiceFilter(choices=Edition.State.choices)

    class Meta:
        model = Edition
        fields: list[str] = []


class CommitteeFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)

    class Meta:
        model = Committee
        fields: list[str] = []


class MeetingFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    month = DayFilter()

    class Meta:
        model = Meeting
        fields: list[str] = []
