"""How the list of handovers is narrowed."""

from datetime import date

from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from ozg_tracker.accounts.filters import visible_municipalities
from ozg_tracker.accounts.models import Deputyship, DeputyshipQuerySet
from ozg_tracker.api.days import DayFilter
from ozg_tracker.api.filters import FilterSet, VisibleChoiceFilter
from ozg_tracker.handover.models import Handover, Why


class HandoverFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    why = ChoiceFilter(choices=Why.choices)

    class Meta:
        model = Handover
        fields: list[str] = []


class DeputyshipFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    on = DayFilter(method="holding_on", label=_("gilt an diesem Tag"))

    class Meta:
        model = Deputyship
        fields: list[str] = []

    def holding_on(self, rows: DeputyshipQuerySet, name: str, day: date) -> DeputyshipQuerySet:
        return rows.on(day)
