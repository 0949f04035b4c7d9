"""What people enter about trainings."""

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
from ozg_tracker.training.dates.letters import moment_and_place
from ozg_tracker.training.dates.registering import after_due_day
from ozg_tracker.training.dates.telling import room_words
from ozg_tracker.training.models import (
    Course,
    CourseDate,
    SuspensionReason,
    TrainingTask,
)

if TYPE_CHECKING:  # Django's form classes take a type only from the checker
    _CourseDateChoice = forms.ModelChoiceField[CourseDate]
else:
    _CourseDateChoice = forms.ModelChoiceField

_FIELD = {"class": "ozg-in"}


def moment_field(**kwargs: Any) -> forms.DateTimeField:
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
    task: TrainingTask

    def label_from_instance(self, obj: CourseDate) -> str:
        words = f"{moment_and_place(obj)} ({room_words(obj)})"
        return f"{words}, {_('erst nach Ihrem Fälligkeitstag')}" if after_due_day(self.task, obj) else words


class DateChoiceForm(forms.Form):
    """One of the dates of a task's course that are still to come; the one chosen stays when it has begun. Who has one
    may also choose none.
    """

    course_date = CourseDateField(
        label=_("Termin"),
        queryset=CourseDate.objects.none(),
        blank=True,  # or Django leaves the empty label out
        empty_label=_("kein Termin"),
        error_messages={"required": _("Bitte wählen Sie einen Termin.")},
        widget=forms.RadioSelect,
    )

    def __init__(self, task: TrainingTask, data: QueryDict | None = None) -> None:
        self.task = task
        super().__init__(data, initial={"course_date": task.course_date_id})
        to_come = CourseDate.objects.to_come(timezone.now()).filter(course=task.course_id)
        own = task.registered.pk if task.registered is not None else None
        dates = CourseDate.objects.filter(Q(pk__in=to_come) | Q(pk=own)).with_places()
        field = cast("CourseDateField", self.fields["course_date"])
        field.task, field.required = task, own is None
        if own is None:
            field.empty_label = None
        field.queryset = dates.order_by("starts_at", "pk")


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


class CancelForm(forms.Form):
    """Why a date falls out; the letters say it."""

    reason = forms.CharField(
        label=_("Grund, steht in der E-Mail"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs=_FIELD),
    )


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
        courses.queryset = Course.objects.visible_to(user).offered().filter(municipality=municipality)


class TeamSearch(forms.Form):
    """Whom the page of the team shows; empty: everybody."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_SEARCH, required=False)
    department = forms.ModelChoiceField(label=_("Fachbereich"), queryset=Department.objects.none(), required=False)
    late = forms.ChoiceField(label=_("nur mit Überfälligem"), choices=[("1", "1")], required=False)

    def __init__(self, departments: "QuerySet[Department]", data: QueryDict | None = None) -> None:
        super().__init__(data)
        cast("forms.ModelChoiceField[Department]", self.fields["department"]).queryset = departments


class TrainingSearch(TeamSearch):
    """The same, and of which course their trainings are; empty: of all."""

    course = forms.ModelChoiceField(label=_("Schulung"), queryset=Course.objects.none(), required=False)

    def __init__(self, departments: "QuerySet[Department]", courses: "QuerySet[Course]", data: QueryDict) -> None:
        super().__init__(departments, data)
        cast("forms.ModelChoiceField[Course]", self.fields["course"]).queryset = courses
