"""How the lists of this room are narrowed, on the page and in the API alike."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, DateFilter, FilterSet, ModelChoiceFilter, MultipleChoiceFilter
from drf_spectacular.utils import extend_schema_field

from catalog.models import Bundle, MaturityLevel, Service, ServiceBundle, Situation, Topic
from catalog.search import matching
from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.models import Department, Municipality, User
from ozg_tracker.api.filters import VisibleChoiceFilter, YesNoFilter
from ozg_tracker.tracking.models import Deadline, MunicipalService, Responsibility, State
from ozg_tracker.tracking.overdue import open_for, overdue

if TYPE_CHECKING:
    from django.http import HttpRequest

    Rows = QuerySet[MunicipalService]

NONE = "none"


def visible_municipalities(request: "HttpRequest") -> QuerySet[Municipality]:
    return Municipality.objects.visible_to(request.user)


def visible_departments(request: "HttpRequest") -> QuerySet[Department]:
    return Department.objects.filter(municipality__in=visible_municipalities(request))


def visible_people(request: "HttpRequest") -> QuerySet[User]:
    return User.objects.filter(memberships__municipality__in=visible_municipalities(request)).distinct()


def visible_deadlines(request: "HttpRequest") -> QuerySet[Deadline]:
    own = Deadline.objects.filter(municipality__in=visible_municipalities(request))
    return Deadline.objects.filter(municipality=None) | own


def _level_choices() -> Iterator[tuple[str, str]]:
    yield NONE, str(_("nicht bewertet"))
    numbers = MaturityLevel.objects.order_by("number").values_list("number", flat=True).distinct()
    yield from ((str(number), str(number)) for number in numbers)


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class LevelFilter(MultipleChoiceFilter):
    """Numbers of Reifegrade, and `none` for not rated; which numbers there are is data, not a constant."""


class MunicipalServiceFilter(FilterSet):
    """Filters of the tracked rows. `owner=none`, `department=none` and `level=none` find rows without one."""

    q = CharFilter(method="search", label=_("Suche"), help_text=_("Name, Schlüssel oder OZG-ID"))
    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    service = ModelChoiceFilter(queryset=Service.objects.all())
    department = VisibleChoiceFilter(
        visible=visible_departments,
        method="in_department_tree",
        label=_("Fachbereich"),
        help_text=_("mit allen Fachbereichen darunter"),
        null_label=_("ohne Fachbereich"),
        null_value=NONE,
    )
    owner = VisibleChoiceFilter(visible=visible_people, null_label=_("niemand"), null_value=NONE)
    responsibility = MultipleChoiceFilter(choices=Responsibility.choices, distinct=False)
    state = MultipleChoiceFilter(choices=State.choices, distinct=False)
    level = LevelFilter(
        field_name="level__number", choices=_level_choices, null_value=NONE, distinct=False, label=_("Reifegrad")
    )
    topic = ModelChoiceFilter(queryset=Topic.objects.all(), method="in_topic", label=_("Themenfeld"))
    situation = ModelChoiceFilter(queryset=Situation.objects.all(), method="in_situation", label=_("Lage"))
    bundle = ModelChoiceFilter(
        queryset=Bundle.objects.all(), to_field_name="ozg_id", method="in_bundle", label=_("OZG-Leistung")
    )
    overdue = YesNoFilter(
        method="late", label=_("überfällig"), help_text=_("zählt, ist nicht fertig, und eine Frist ist vorbei")
    )
    deadline = VisibleChoiceFilter(visible=visible_deadlines, method="open_for_deadline", label=_("offen zur Frist"))
    planned_until = DateFilter(field_name="planned_on", lookup_expr="lte", label=_("geplant bis spätestens"))
    retired = YesNoFilter(method="is_retired", label=_("im Katalog entfallen"))

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

    def late(self, rows: "Rows", name: str, wanted: bool) -> "Rows":
        late = overdue(rows, timezone.localdate())
        return late if wanted else rows.exclude(pk__in=late.values("pk"))

    def open_for_deadline(self, rows: "Rows", name: str, deadline: Deadline) -> "Rows":
        return open_for(rows, [deadline])

    def is_retired(self, rows: "Rows", name: str, wanted: bool) -> "Rows":
        return rows.filter(service__retired_on__isnull=not wanted)


def _linked(rows: "Rows", links: QuerySet[ServiceBundle]) -> "Rows":
    return rows.filter(service__in=links.filter(until=None).values("service"))
