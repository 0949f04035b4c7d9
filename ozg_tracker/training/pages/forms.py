"""What people enter about trainings."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Department, Municipality, User
from ozg_tracker.api.days import DayField, MomentField
from ozg_tracker.api.query import LONGEST_SEARCH
from ozg_tracker.training.completing.completion import PROOF_MAX_MB
from ozg_tracker.training.dates.course_dates import moment_and_place
from ozg_tracker.training.models import (
    Course,
    CourseDate,
    SuspensionReason,
    TrainingTask,
)

if TYPE_CHECKING:  # Django's form classes take a type only from the checker
    _CourseDateChoice = forms.ModelChoiceField[CourseDate]
    _CourseForm = forms.ModelForm[Course]
    _CourseDateForm = forms.ModelForm[CourseDate]
else:
    _CourseDateChoice = forms.ModelChoiceField
    _CourseForm = _CourseDateForm = forms.ModelForm

_FIELD = {"class": "ozg-in"}


def _moment(**kwargs: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs=_FIELD | {"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return MomentField(widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M", "%d.%m.%y %H:%M"], **kwargs)


class CompletionForm(forms.Form):
    """The day a training was done, and its proof."""

    completed_on = DayField(label=_("Erledigt am"), initial=timezone.localdate)
    proof = forms.FileField(
        label=_("Nachweis (PDF oder Bild, bis %(limit)d MB)") % {"limit": PROOF_MAX_MB},
        required=False,
        widget=forms.FileInput(attrs=_FIELD | {"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


class CourseDateField(_CourseDateChoice):
    def label_from_instance(self, obj: CourseDate) -> str:
        return moment_and_place(obj)


class DateChoiceForm(forms.Form):
    """One of the dates of a task's course that are still to come, or none; the one chosen stays when it has begun."""

    course_date = CourseDateField(
        label=_("Termin"),
        queryset=CourseDate.objects.none(),
        required=False,
        empty_label=_("kein Termin"),
        widget=forms.RadioSelect,
    )

    def __init__(self, task: TrainingTask, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"course_date": task.course_date_id})
        to_come = Q(course=task.course_id, starts_at__gt=timezone.now())
        dates = CourseDate.objects.filter(to_come | Q(pk=task.course_date_id))
        cast("CourseDateField", self.fields["course_date"]).queryset = dates


class SuspensionForm(forms.Form):
    """Until when a training rests, and why."""

    until = DayField(label=_("Ausgesetzt bis"))
    reason = forms.ChoiceField(
        label=_("Grund"),
        choices=[("", _("bitte wählen")), *SuspensionReason.choices],
        help_text=_("Mehr wird nicht gespeichert; die Person sieht ihn auch."),
        widget=forms.Select(attrs=_FIELD),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Grund"), max_length=300, widget=forms.TextInput(attrs=_FIELD))


class MoveForm(ReasonForm):
    """Another due day, and why."""

    due_on = DayField(label=_("Fällig am"))


class AssignForm(forms.Form):
    """A course, its due day and why."""

    course = forms.ModelChoiceField(
        label=_("Schulung"),
        queryset=Course.objects.none(),
        empty_label=_("bitte wählen"),
        widget=forms.Select(attrs=_FIELD),
    )
    due_on = DayField(label=_("Fällig am"))
    reason = forms.CharField(label=_("Anlass"), required=False, max_length=300, widget=forms.TextInput(attrs=_FIELD))

    def __init__(self, user: User, municipality: Municipality, data: QueryDict | None = None) -> None:
        super().__init__(data)
        courses = cast("forms.ModelChoiceField[Course]", self.fields["course"])
        courses.queryset = Course.objects.visible_to(user).filter(municipality=municipality)


class CourseForm(_CourseForm):
    """A course of the municipality that its instance carries."""

    class Meta:
        model = Course
        fields = ("title", "description", "interval_months")
        widgets = {
            "title": forms.TextInput(attrs=_FIELD),
            "description": forms.Textarea(attrs=_FIELD | {"rows": 3}),
            "interval_months": forms.NumberInput(attrs=_FIELD | {"min": 1}),
        }
        help_texts = {"interval_months": _("leer: einmalig")}

    def _get_validation_exclusions(self) -> set[str]:
        # Django checks a unique constraint only when it sees all its fields; the municipality is not entered
        return super()._get_validation_exclusions() - {"municipality"}  # type: ignore[misc, no-any-return]


class CourseDateForm(_CourseDateForm):
    """A date of the course its instance carries."""

    starts_at = _moment(label=_("Beginn"))
    ends_at = _moment(label=_("Ende"))

    class Meta:
        model = CourseDate
        fields = ("starts_at", "ends_at", "place")
        widgets = {"place": forms.TextInput(attrs=_FIELD)}

    def clean_starts_at(self) -> datetime:
        begin = cast("datetime", self.cleaned_data["starts_at"])
        if begin < timezone.now():
            raise forms.ValidationError(_("Der Termin läge in der Vergangenheit."))
        return begin


class TeamSearch(forms.Form):
    """Whom the page of the team shows; empty: everybody."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_SEARCH, required=False)
    department = forms.ModelChoiceField(label=_("Fachbereich"), queryset=Department.objects.none(), required=False)
    late = forms.ChoiceField(label=_("nur mit Überfälligem"), choices=[("1", "1")], required=False)

    def __init__(self, departments: "QuerySet[Department]", data: QueryDict | None = None) -> None:
        super().__init__(data)
        cast("forms.ModelChoiceField[Department]", self.fields["department"]).queryset = departments
