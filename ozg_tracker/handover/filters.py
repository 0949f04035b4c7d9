"""How the list of handovers is narrowed."""

from django_filters import ChoiceFilter

from ozg_tracker.accounts.filters import visible_municipalities
from ozg_tracker.api.filters import FilterSet, VisibleChoiceFilter
from ozg_tracker.handover.models import Handover, Why


class HandoverFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    why = ChoiceFilter(choices=Why.choices)

    class Meta:
        model = Handover
        fields: list[str] = []
