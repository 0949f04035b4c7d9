"""How the lists of this room are narrowed."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter

from ozg_tracker.accounts.filters import visible_municipalities
from ozg_tracker.api.days import DayFilter
from ozg_tracker.api.filters import FilterSet, VisibleChoiceFilter, YesNoFilter
from ozg_tracker.training.models import (
    Category,
    Completion,
    Course,
    CourseDate,
    Exemption,
    ExemptionQuerySet,
    Requirement,
    TrainingTask,
    TrainingTaskQuerySet,
)


def visible_courses(request: HttpRequest) -> QuerySet[Course]:
    return Course.objects.visible_to(request.user)


class CourseFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities)
    category = ChoiceFilter(choices=Category.choices, label=_("Bereich"))
    self_enrolment = YesNoFilter(field_name="self_enrolment", label=_("man schreibt sich selbst ein"))
    archived = YesNoFilter(method="is_archived", label=_("archiviert"))

    class Meta:
        model = Course
        fields: list[str] = []

    def is_archived(self, rows: QuerySet[Course], name: str, wanted: bool) -> QuerySet[Course]:
        return rows.filter(archived_on__isnull=not wanted)


class RequirementFilter(FilterSet):
    course = VisibleChoiceFilter(visible=visible_courses)

    class Meta:
        model = Requirement
        fields: list[str] = []


class CourseDateFilter(RequirementFilter):
    starts_from = DayFilter(field_name="starts_at", lookup_expr="date__gte", label=_("Beginn frühestens"))

    class Meta:
        model = CourseDate
        fields: list[str] = []


class TrainingTaskFilter(RequirementFilter):
    municipality = VisibleChoiceFilter(visible=visible_municipalities, label=_("Kommune"))
    done = YesNoFilter(method="is_done", label=_("erledigt"))
    overdue = YesNoFilter(
        method="is_late",
        label=_("überfällig"),
        help_text=_("die letzte Runde je Person und Schulung, wer noch hier ist"),
    )
    due_until = DayFilter(field_name="due_on", lookup_expr="lte", label=_("fällig bis spätestens"))
    person = CharFilter(field_name="person__username", label=_("Benutzername"))

    class Meta:
        model = TrainingTask
        fields: list[str] = []

    def is_late(self, rows: TrainingTaskQuerySet, name: str, wanted: bool) -> TrainingTaskQuerySet:
        late = rows.late(timezone.localdate())
        return late if wanted else rows.exclude(pk__in=late.values("pk"))

    def is_done(self, rows: QuerySet[TrainingTask], name: str, wanted: bool) -> QuerySet[TrainingTask]:
        return rows.filter(completed_on__isnull=not wanted)


class ExemptionFilter(FilterSet):
    municipality = VisibleChoiceFilter(visible=visible_municipalities, label=_("Kommune"))
    holding = YesNoFilter(method="is_holding", label=_("gilt heute"))

    class Meta:
        model = Exemption
        fields: list[str] = []

    def is_holding(self, rows: ExemptionQuerySet, name: str, wanted: bool) -> ExemptionQuerySet:
        holding = rows.holding(timezone.localdate())
        return holding if wanted else rows.exclude(pk__in=holding.values("pk"))


class CompletionFilter(FilterSet):
    to_check = YesNoFilter(field_name="confirmed_on", lookup_expr="isnull", label=_("noch zu prüfen"))

    class Meta:
        model = Completion
        fields: list[str] = []
