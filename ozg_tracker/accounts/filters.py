"""How the lists of this room are narrowed."""

from datetime import date
from typing import cast

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter

from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.models import (
    CoordinatorRequest,
    Department,
    JournalEntry,
    MaturityModelEvent,
    Membership,
    MembershipEvent,
    MembershipEventQuerySet,
    Municipality,
    Role,
    ServiceAccount,
    ServiceAccountQuerySet,
    StaffNumber,
    User,
)
from ozg_tracker.api.days import DayFilter, InstantFilter
from ozg_tracker.api.filters import FilterSet, SearchFilter, VisibleChoiceFilter, YesNoFilter
from ozg_tracker.api.ids import named_in


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


class MembershipEventFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    username = CharFilter(field_name="user__username", lookup_expr="iexact", label=_("Benutzername"))
    role = ChoiceFilter(choices=Role.choices, label=_("Rolle"))
    as_of = DayFilter(method="on_a_day", label=_("Stand am"), help_text=_("je Person nur, was an diesem Tag galt"))
    effective_from = DayFilter(field_name="effective_on", lookup_expr="gte", label=_("gilt ab frühestens"))
    recorded_after = InstantFilter(field_name="recorded_at", lookup_expr="gt", label=_("erfasst nach"))

    class Meta:
        model = MembershipEvent
        fields: list[str] = []

    def on_a_day(self, rows: MembershipEventQuerySet, name: str, day: date) -> MembershipEventQuerySet:
        return rows.held_on(day)


class CoordinatorRequestFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    waiting = YesNoFilter(method="without_decision", label=_("wartet"))

    class Meta:
        model = CoordinatorRequest
        fields: list[str] = []

    def without_decision(
        self, rows: QuerySet[CoordinatorRequest], name: str, wanted: bool
    ) -> QuerySet[CoordinatorRequest]:
        return rows.filter(outcome="") if wanted else rows.exclude(outcome="")


class MaturityModelChangeFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)

    class Meta:
        model = MaturityModelEvent
        fields: list[str] = []


class MembershipFilter(FilterSet):
    q = SearchFilter(method="search", label=_("Suchen"))
    role = ChoiceFilter(choices=Role.choices, label=_("Rolle"))
    department = CharFilter(method="below", label=_("Fachbereich"))
    active = YesNoFilter(field_name="user__is_active", label=_("aktiv"))
    department_ended = YesNoFilter(method="in_ended", label=_("in einem Fachbereich, den es nicht mehr gibt"))

    class Meta:
        model = Membership
        fields: list[str] = []

    def search(self, rows: QuerySet[Membership], name: str, text: str) -> QuerySet[Membership]:
        """Every word stands in the person's name, username, address or staff number."""
        for word in text.split():
            rows = rows.filter(
                Q(user__username__icontains=word)
                | Q(user__first_name__icontains=word)
                | Q(user__last_name__icontains=word)
                | Q(user__email__icontains=word)
                | Q(user__in=StaffNumber.objects.filter(number=word).values("user"))
            )
        return rows

    def in_ended(self, rows: QuerySet[Membership], name: str, wanted: bool) -> QuerySet[Membership]:
        """Those who work in a department that has ended; who has left stays where they were."""
        displaced = Q(department__ended=True, user__is_active=True)
        return rows.filter(displaced if wanted else ~displaced)

    def below(self, rows: QuerySet[Membership], name: str, given: str) -> QuerySet[Membership]:
        """The people of the department and of all below it; of one that the asking person may not see, nobody."""
        found = named_in(visible_departments(cast("HttpRequest", self.request)), given)
        return rows.filter(department__in=tree_ids(found)) if found else rows.none()


class ServiceAccountFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    ended = YesNoFilter(method="have_ended", label=_("beendet"))
    orphaned = YesNoFilter(method="are_orphaned", label=_("niemand ist mehr verantwortlich"))

    class Meta:
        model = ServiceAccount
        fields: list[str] = []

    def have_ended(self, rows: ServiceAccountQuerySet, name: str, wanted: bool) -> ServiceAccountQuerySet:
        return rows.exclude(ended_on=None) if wanted else rows.standing()

    def are_orphaned(self, rows: ServiceAccountQuerySet, name: str, wanted: bool) -> ServiceAccountQuerySet:
        return rows.orphaned() if wanted else rows.exclude(pk__in=rows.orphaned().values("pk"))


def authors(request: HttpRequest) -> QuerySet[User]:
    """Who did something that the person may read of."""
    return User.everyone.filter(pk__in=JournalEntry.objects.visible_to(request.user).order_by().values("by"))


class JournalFilter(FilterSet):
    q = SearchFilter(method="search", label=_("Suchen"))
    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    kind = ChoiceFilter(choices=JournalEntry.Kind.choices)
    way = ChoiceFilter(choices=JournalEntry.Way.choices)
    by = VisibleChoiceFilter(visible=authors)
    since = DayFilter(field_name="recorded_at", lookup_expr="date__gte", label=_("von"))
    until = DayFilter(field_name="recorded_at", lookup_expr="date__lte", label=_("bis"))

    class Meta:
        model = JournalEntry
        fields: list[str] = []

    def search(self, rows: QuerySet[JournalEntry], name: str, text: str) -> QuerySet[JournalEntry]:
        """Every word stands in the subject, the reason, or the name of whom it concerns or who did it."""
        for word in text.split():
            places = Q(about__icontains=word) | Q(reason__icontains=word)
            for person in ("person", "by"):
                for field in ("username", "first_name", "last_name"):
                    places |= Q(**{f"{person}__{field}__icontains": word})
            rows = rows.filter(places)
        return rows
