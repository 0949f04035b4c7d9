"""How the lists of this room are narrowed, on the page and in the API alike."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, MultipleChoiceFilter
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from catalog.models import Bundle, MaturityLevel, Service, ServiceBundle, Situation, Topic
from catalog.reading.search import in_any_case, matching
from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.filters import visible_departments, visible_municipalities
from ozg_tracker.accounts.models import Department, Municipality, User
from ozg_tracker.api.days import DayFilter, InstantFilter
from ozg_tracker.api.filters import (
    NONE,
    CodeFilter,
    FilterSet,
    IdFilter,
    SearchFilter,
    VisibleChoiceFilter,
    VisibleNameOrNoneFilter,
    VisibleOrNoneFilter,
    YesNoFilter,
)
from ozg_tracker.tracking.findings.looking import with_finding
from ozg_tracker.tracking.findings.rules import RULES
from ozg_tracker.tracking.models import (
    Comment,
    Deadline,
    Evidence,
    MunicipalService,
    OwnService,
    Responsibility,
    ScopeProfile,
    Source,
    State,
    StatusChange,
)
from ozg_tracker.tracking.rows.counting import AWAITS_RATING, COUNTS, NOT_RATED, late
from ozg_tracker.tracking.rows.overdue import open_for, overdue

if TYPE_CHECKING:
    from django.http import HttpRequest

    Rows = QuerySet[MunicipalService]
    Events = QuerySet[StatusChange]


def visible_rows(request: "HttpRequest") -> QuerySet[MunicipalService]:
    return MunicipalService.objects.visible_to(request.user)


def visible_people(request: "HttpRequest") -> QuerySet[User]:
    return User.objects.filter(memberships__municipality__in=visible_municipalities(request)).distinct()


def visible_authors(request: "HttpRequest") -> QuerySet[User]:
    """Who can have done something there: people, and programs with an account of their own."""
    return User.everyone.filter(memberships__municipality__in=visible_municipalities(request)).distinct()


def visible_deadlines(request: "HttpRequest") -> QuerySet[Deadline]:
    return Deadline.objects.visible_to(request.user)


def _level_choices() -> Iterator[tuple[str, str]]:
    yield NONE, str(_("nicht bewertet"))
    numbers = MaturityLevel.objects.order_by("number").values_list("number", flat=True).distinct()
    yield from ((str(number), str(number)) for number in numbers)


@extend_schema_field(OpenApiTypes.STR)
class LevelFilter(MultipleChoiceFilter):
    """Numbers of Reifegrade, and `none` for not rated; which numbers there are is data, not a constant."""


class MunicipalServiceFilter(FilterSet):
    """Filters of the tracked rows. `owner=none`, `department=none` and `level=none` find rows without one."""

    q = SearchFilter(method="search", label=_("Suche"), help_text=_("Name, Schlüssel oder OZG-ID"))
    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    service = IdFilter(queryset=Service.objects.all())
    department = VisibleOrNoneFilter(
        visible=visible_departments,
        method="in_department_tree",
        label=_("Fachbereich"),
        help_text=_("mit allen Fachbereichen darunter"),
        none_label=_("ohne Fachbereich"),
    )
    office = VisibleOrNoneFilter(
        visible=visible_departments,
        field_name="department",
        label=_("Amt"),
        help_text=_("genau dieser Fachbereich, ohne die darunter"),
        none_label=_("ohne Fachbereich"),
    )
    owner = VisibleNameOrNoneFilter(visible=visible_people, to_field_name="username", none_label=_("niemand"))
    responsibility = MultipleChoiceFilter(choices=Responsibility.choices, distinct=False)
    state = MultipleChoiceFilter(choices=State.choices, distinct=False)
    level = LevelFilter(
        method="at_level",
        choices=_level_choices,
        null_value=NONE,
        distinct=False,
        label=_("Reifegrad"),
        help_text=_("im Reifegradmodell der Kommune; was noch nach einem anderen bewertet ist, steht bei keinem"),
    )
    awaits_rating = YesNoFilter(
        method="rated_with_another_model",
        label=_("neu zu bewerten"),
        help_text=_("nach einem anderen Reifegradmodell bewertet als dem, das heute gilt"),
    )
    topic = IdFilter(queryset=Topic.objects.all(), method="in_topic", label=_("Themenfeld"))
    situation = IdFilter(queryset=Situation.objects.all(), method="in_situation", label=_("Lage"))
    bundle = CodeFilter(
        queryset=Bundle.objects.all(), to_field_name="ozg_id", method="in_bundle", label=_("OZG-Leistung")
    )
    counts = YesNoFilter(
        method="that_count",
        label=_("zählt mit"),
        help_text=_("Kommune ist zuständig, Leistung ist zählbar und steht im Katalog"),
    )
    overdue = YesNoFilter(
        method="overdue_for_a_deadline",
        label=_("Frist verstrichen"),
        help_text=_("zählt, ist nicht fertig, und eine Frist ist vorbei"),
    )
    plan_passed = YesNoFilter(
        method="with_passed_plan", label=_("Termin verstrichen"), help_text=_("geplanter Tag vorbei, nicht fertig")
    )
    deadline = VisibleChoiceFilter(visible=visible_deadlines, method="open_for_deadline", label=_("offen zur Frist"))
    planned_until = DayFilter(field_name="planned_on", lookup_expr="lte", label=_("geplant bis spätestens"))
    finding = ChoiceFilter(
        choices=[(code, rule.title) for code, rule in RULES.items()],
        method="that_have_the_finding",
        label=_("Befund"),
        help_text=_("was fehlt oder nicht stimmt, ohne Zurückgestelltes"),
    )
    retired = YesNoFilter(method="is_retired", label=_("im Katalog entfallen"))
    changed_at = InstantFilter(
        method="changed_in_one_go",
        label=_("geändert am"),
        help_text=_("der Zeitpunkt, zu dem Änderungen erfasst wurden"),
    )

    class Meta:
        model = MunicipalService
        fields: list[str] = []

    def search(self, rows: "Rows", name: str, text: str) -> "Rows":
        return rows.filter(service__in=matching(Service.objects.all(), text).values("pk"))

    def in_department_tree(self, rows: "Rows", name: str, department: Department | str) -> "Rows":
        if isinstance(department, Department):
            return rows.filter(department__in=tree_ids(department))
        return rows.filter(department=None)

    def in_topic(self, rows: "Rows", name: str, topic: Topic) -> "Rows":
        return _linked(rows, ServiceBundle.objects.filter(bundle__situation__topic=topic))

    def in_situation(self, rows: "Rows", name: str, situation: Situation) -> "Rows":
        return _linked(rows, ServiceBundle.objects.filter(bundle__situation=situation))

    def in_bundle(self, rows: "Rows", name: str, bundle: Bundle) -> "Rows":
        return _linked(rows, ServiceBundle.objects.filter(bundle=bundle))

    def overdue_for_a_deadline(self, rows: "Rows", name: str, wanted: bool) -> "Rows":
        found = overdue(rows, timezone.localdate())
        return found if wanted else rows.exclude(pk__in=found.values("pk"))

    def with_passed_plan(self, rows: "Rows", name: str, wanted: bool) -> "Rows":
        passed = rows.filter(late(timezone.localdate()))
        return passed if wanted else rows.exclude(pk__in=passed.values("pk"))

    def at_level(self, rows: "Rows", name: str, values: list[str]) -> "Rows":
        numbers = [value for value in values if value != NONE]
        found = Q(level__number__in=numbers, level__model=F("municipality__maturity_model"))
        return rows.filter(found | NOT_RATED if NONE in values else found) if values else rows

    def rated_with_another_model(self, rows: "Rows", name: str, wanted: bool) -> "Rows":
        return rows.filter(AWAITS_RATING) if wanted else rows.exclude(AWAITS_RATING)

    def that_count(self, rows: "Rows", name: str, wanted: bool) -> "Rows":
        return rows.filter(COUNTS) if wanted else rows.exclude(COUNTS)

    def open_for_deadline(self, rows: "Rows", name: str, deadline: Deadline) -> "Rows":
        return open_for(rows, [deadline])

    def changed_in_one_go(self, rows: "Rows", name: str, instant: datetime) -> "Rows":
        events = StatusChange.objects.filter(municipality=OuterRef("municipality"), row=OuterRef("pk"))
        return rows.filter(Exists(events.filter(recorded_at=instant)))

    def that_have_the_finding(self, rows: "Rows", name: str, code: str) -> "Rows":
        return rows.filter(with_finding(code, timezone.localdate(), rows))

    def is_retired(self, rows: "Rows", name: str, wanted: bool) -> "Rows":
        return rows.filter(service__retired_on__isnull=not wanted)


def _linked(rows: "Rows", links: QuerySet[ServiceBundle]) -> "Rows":
    return rows.filter(service__in=links.filter(until=None).values("service"))


class StateThenFilter(FilterSet):
    """Filters of the states as of a day, each an event."""

    municipality = VisibleChoiceFilter(visible=visible_municipalities, label=_("Kommune"))
    service = IdFilter(queryset=Service.objects.all(), field_name="row__service", label=_("Leistung"))
    office = VisibleOrNoneFilter(
        visible=visible_departments, field_name="department", label=_("Amt"), none_label=_("ohne Fachbereich")
    )
    responsibility = MultipleChoiceFilter(choices=Responsibility.choices, distinct=False)
    state = MultipleChoiceFilter(choices=State.choices, distinct=False)

    class Meta:
        model = StatusChange
        fields: list[str] = []


class StatusChangeFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities, label=_("Kommune"))
    row = VisibleChoiceFilter(visible=visible_rows)
    by = VisibleNameOrNoneFilter(visible=visible_authors, to_field_name="username", none_label=_("niemand"))
    source = ChoiceFilter(choices=Source.choices)
    effective_from = DayFilter(field_name="effective_on", lookup_expr="gte", label=_("gilt ab frühestens"))
    effective_until = DayFilter(field_name="effective_on", lookup_expr="lte", label=_("gilt ab spätestens"))
    recorded_after = InstantFilter(field_name="recorded_at", lookup_expr="gt", label=_("erfasst nach"))
    since = DayFilter(method="recorded_since", label=_("erfasst seit"))
    until = DayFilter(method="recorded_until", label=_("erfasst bis"))
    q = SearchFilter(method="with_reason", label=_("Suche"), help_text=_("in den Begründungen"))
    department = VisibleOrNoneFilter(
        visible=visible_departments,
        method="in_department_tree",
        label=_("Fachbereich"),
        help_text=_("der die Leistung heute oder nach der Änderung hat, mit allen Fachbereichen darunter"),
        none_label=_("ohne Fachbereich"),
    )

    class Meta:
        model = StatusChange
        fields: list[str] = []

    def recorded_since(self, events: "Events", name: str, day: date) -> "Events":
        return events.filter(recorded_at__gte=_begin(day))

    def recorded_until(self, events: "Events", name: str, day: date) -> "Events":
        return events.filter(recorded_at__lt=_begin(day + timedelta(days=1)))

    def with_reason(self, events: "Events", name: str, text: str) -> "Events":
        for word in text.split():
            events = events.filter(in_any_case("reason", word))
        return events

    def in_department_tree(self, events: "Events", name: str, department: Department | str) -> "Events":
        if not isinstance(department, Department):
            return events.filter(department=None)
        ids = tree_ids(department)
        return events.filter(Q(department__in=ids) | Q(row__department__in=ids))


def _begin(day: date) -> datetime:
    """The first instant of a day in Berlin."""
    return timezone.make_aware(datetime.combine(day, time.min))


class CommentFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities, label=_("Kommune"))
    service = VisibleChoiceFilter(field_name="row", visible=visible_rows)
    by = VisibleNameOrNoneFilter(visible=visible_authors, to_field_name="username", none_label=_("niemand"))
    recorded_after = InstantFilter(field_name="recorded_at", lookup_expr="gt", label=_("erfasst nach"))
    since = DayFilter(method="recorded_since", label=_("erfasst seit"))
    until = DayFilter(method="recorded_until", label=_("erfasst bis"))
    q = SearchFilter(method="with_words", label=_("Suche"), help_text=_("in dem, was gilt"))
    department = VisibleOrNoneFilter(
        visible=visible_departments,
        method="in_department_tree",
        label=_("Fachbereich"),
        help_text=_("der die Leistung heute hat, mit allen Fachbereichen darunter"),
        none_label=_("ohne Fachbereich"),
    )

    class Meta:
        model = Comment
        fields: list[str] = []

    recorded_since, recorded_until = StatusChangeFilter.recorded_since, StatusChangeFilter.recorded_until

    def with_words(self, comments: "QuerySet[Comment]", name: str, text: str) -> "QuerySet[Comment]":
        for word in text.split():
            comments = comments.filter(in_any_case("text", word), withdrawn_by=None)
        return comments

    def in_department_tree(
        self, said: "QuerySet[Comment]", name: str, department: Department | str
    ) -> "QuerySet[Comment]":
        if not isinstance(department, Department):
            return said.filter(row__department=None)
        return said.filter(row__department__in=tree_ids(department))


class EvidenceFilter(FilterSet):
    municipality = VisibleChoiceFilter(
        field_name="row__municipality", visible=visible_municipalities, label=_("Kommune")
    )
    row = VisibleChoiceFilter(visible=visible_rows)
    kind = ChoiceFilter(choices=Evidence.Kind.choices)
    online = YesNoFilter()

    class Meta:
        model = Evidence
        fields: list[str] = []


class DeadlineFilter(FilterSet):
    municipality = VisibleOrNoneFilter(visible=visible_municipalities, none_label=_("des Gesetzes"), label=_("Kommune"))

    class Meta:
        model = Deadline
        fields: list[str] = []


class OwnServiceFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities, label=_("Kommune"))
    ended = YesNoFilter(method="has_ended", label=_("beendet"))

    class Meta:
        model = OwnService
        fields: list[str] = []

    def has_ended(self, rows: QuerySet[OwnService], name: str, wanted: bool) -> QuerySet[OwnService]:
        return rows.filter(service__retired_on__isnull=not wanted)


class ScopeProfileFilter(FilterSet):
    kind = ChoiceFilter(choices=Municipality.Kind.choices)

    class Meta:
        model = ScopeProfile
        fields: list[str] = []
