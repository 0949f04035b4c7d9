"""Tracked rows as of a day, as known at an instant, in the API."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.http import Http404

from ozg_tracker.api.days import AS_OF
from ozg_tracker.api.paging import Row, as_dicts
from ozg_tracker.api.views import Collection, Keys
from ozg_tracker.tracking.filters import StateThenFilter
from ozg_tracker.tracking.models import StatusChange
from ozg_tracker.tracking.rows.as_of import states_then


class StatesThen(Collection):
    """The same collection as of a day: of each row the event that told its state then."""

    filterset_class = StateThenFilter
    orderings = ("id",)
    action = "list"
    then: tuple[date, datetime | None]

    @classmethod
    def asked(cls, view: Collection, day: date, known_at: datetime | None) -> "StatesThen":
        """For the request that `view` has, whose query is checked anew: it may name fewer filters than today's."""
        made = cls()
        made.serializer_class, made.expandable = view.serializer_class, view.expandable
        made.request, made.args, made.kwargs, made.format_kwarg = view.request, view.args, view.kwargs, None
        made.then = day, known_at
        made.refuse_unknown_keys(view.request)
        return made

    def query_keys(self) -> Keys:
        return (*super().query_keys(), *AS_OF)

    def get_queryset(self) -> QuerySet[StatusChange]:
        return states_then(StatusChange.objects.visible_to(self.request.user), *self.then)

    def columns(self) -> dict[str, str]:
        of_row = {"id": "row", "service": "row__service", "service_key": "row__service__key"}
        return super().columns() | of_row | {"service_name": "row__service__name"}

    def item(self, pk: int) -> Row:
        found = as_dicts(self.get_queryset().filter(row=pk), self.columns(), 1)
        if not found:
            raise Http404
        return found[0]
