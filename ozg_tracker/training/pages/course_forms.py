"""What the coordination enters about courses and their dates."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.models import Q
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.api.ids import ManyChosen
from ozg_tracker.training.courses.keeping import Links, refuse_links
from ozg_tracker.training.dates.course_dates import MOST_SESSIONS, Sitting
from ozg_tracker.training.models import LONGEST_INTERVAL, Course, CourseDate, learners
from ozg_tracker.training.pages.forms import moment_field

if TYPE_CHECKING:  # Django's form classes take a type only from the checker
    _CourseForm = forms.ModelForm[Course]
    _CourseDateForm = forms.ModelForm[CourseDate]
    _Sessions = forms.BaseFormSet["SessionForm"]
else:
    _CourseForm = _CourseDateForm = forms.ModelForm
    _Sessions = forms.BaseFormSet

_FIELD = {"class": "ozg-in"}
_LINE = forms.TextInput(attrs=_FIELD)
_SPARE = 3  # empty lines for further sessions


class CourseForm(_CourseForm):
    """A course of the municipality that its instance carries."""

    link = forms.URLField(
        label=_("Link"),
        help_text=_("zum Onlinekurs oder zur Beschreibung"),
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs=_FIELD),
    )
    interval_months = forms.IntegerField(
        label=_("wiederholen nach Monaten"),
        help_text=_("leer: einmalig"),
        min_value=1,
        max_value=LONGEST_INTERVAL,
        required=False,
        widget=forms.NumberInput(attrs=_FIELD),
    )

    fixed_day = forms.IntegerField(
        label=_("fester Tag im Jahr: Tag"),
        help_text=_("leer: so viele Monate, nachdem sie erledigt wurde"),
        min_value=1,
        max_value=31,
        required=False,
        widget=forms.NumberInput(attrs=_FIELD),
    )
    fixed_month = forms.TypedChoiceField(
        label=_("fester Tag im Jahr: Monat"),
        choices=lambda: [("", "–"), *MONTHS.items()],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.Select(attrs=_FIELD),
    )

    class Meta:
        model = Course
        fields = (
            *("title", "purpose", "description", "category", "form", "provider", "link", "place", "length"),
            *("language", "cost", "contact", "interval_months", "fixed_day", "fixed_month", "self_enrolment"),
            *("prerequisites", "equivalents"),
        )
        field_classes = dict.fromkeys(("prerequisites", "equivalents"), ManyChosen)
        widgets = {
            "title": _LINE,
            "purpose": forms.Textarea(attrs=_FIELD | {"rows": 2}),
            "description": forms.Textarea(attrs=_FIELD | {"rows": 4}),
            "category": forms.Select(attrs=_FIELD),
            "form": forms.Select(attrs=_FIELD),
            "provider": _LINE,
            "place": _LINE,
            "length": _LINE,
            "language": _LINE,
            "cost": _LINE,
            "contact": forms.EmailInput(attrs=_FIELD),
            "self_enrolment": forms.CheckboxInput(attrs={"class": "ozg-check"}),
            "prerequisites": forms.CheckboxSelectMultiple(),
            "equivalents": forms.CheckboxSelectMultiple(),
        }
        help_texts = {
            "purpose": _("was man danach kann"),
            "description": _("eine Zeile je Punkt"),
            "length": _("zum Beispiel: 3 Tage, 18 Stunden"),
            "contact": _("E-Mail-Adresse"),
            "prerequisites": _("Diese Kurse sind vorher zu erledigen."),
            "equivalents": _("Wer einen dieser Kurse erledigt hat, für den zählt auch dieser als erledigt."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.archived_on is not None:
            del self.fields["self_enrolment"]
        others = Course.objects.filter(municipality=self.instance.municipality).exclude(pk=self.instance.pk)
        for name in ("prerequisites", "equivalents"):
            chosen = cast("forms.ModelMultipleChoiceField[Course]", self.fields[name])
            held = getattr(self.instance, name).values("pk") if self.instance.pk else ()
            chosen.queryset = others.filter(Q(archived_on=None) | Q(pk__in=held))
            if not chosen.queryset.exists():
                del self.fields[name]

    @property
    def links(self) -> Links:
        """Which courses count for it and which come first, as they are chosen."""
        chosen = (self.cleaned_data.get(name, ()) for name in Links._fields)
        return Links(*(frozenset(each) for each in chosen))

    def clean(self) -> dict[str, Any]:
        """No course comes before itself."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            refuse_links(self.instance, self.links)
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        # Django checks a unique constraint only when it sees all its fields; the municipality is not entered
        return super()._get_validation_exclusions() - {"municipality"}  # type: ignore[misc, no-any-return]


class CourseDateForm(_CourseDateForm):
    """A date of the course its instance carries; its sessions are entered beside it."""

    class Meta:
        model = CourseDate
        fields = ("places", "registration_ends", "trainer", "led_from_outside")
        widgets = {
            "places": forms.NumberInput(attrs=_FIELD | {"min": 1}),
            "registration_ends": forms.DateInput(attrs=_FIELD | {"type": "date"}, format="%Y-%m-%d"),
            "trainer": forms.Select(attrs=_FIELD),
            "led_from_outside": _LINE,
        }
        help_texts = {
            "places": _("leer: so viele wie kommen"),
            "registration_ends": _("letzter Tag zum An- und Abmelden; leer: bis zum Beginn"),
            "trainer": _("trägt die Anwesenheit ein"),
            "led_from_outside": _("wenn niemand von hier leitet"),
        }

    def __init__(self, municipality: Municipality, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(pk__in=learners().filter(municipality=municipality).values("user"))
        if self.instance.trainer_id is not None:
            people |= User.objects.filter(pk=self.instance.trainer_id)  # who has left stays until another leads
        chosen = cast("forms.ModelChoiceField[User]", self.fields["trainer"])
        chosen.queryset = people.order_by("last_name", "first_name", "username")
        chosen.empty_label = str(_("niemand von hier"))

    def _post_clean(self) -> None:
        """The fields are put into the instance; what fits together is checked by the deed, with the sessions."""
        self.instance = forms.models.construct_instance(self, self.instance, self._meta.fields, None)


class SessionForm(forms.Form):
    """A session; a line without begin and end is none."""

    pk = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    starts_at = moment_field(label=_("Beginn"), required=False)
    ends_at = moment_field(label=_("Ende"), required=False)
    place = forms.CharField(label=_("Ort"), max_length=200, required=False, widget=_LINE)
    link = forms.URLField(
        label=_("Link zum Raum"),
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs=_FIELD),
    )

    def clean(self) -> dict[str, Any]:
        """Begin and end belong together."""
        cleaned = super().clean() or self.cleaned_data
        for one, other in (("starts_at", "ends_at"), ("ends_at", "starts_at")):
            if cleaned.get(one) and not cleaned.get(other) and other not in self.errors:
                self.add_error(other, _("Beginn und Ende gehören zusammen."))
        return cleaned

    def sitting(self) -> Sitting | None:
        """The session it says; None for an empty line."""
        said = self.cleaned_data
        if not said.get("starts_at"):
            return None
        return Sitting(said["starts_at"], said["ends_at"], said["place"], said["link"], said["pk"])


Sessions = forms.formset_factory(
    SessionForm, extra=_SPARE, max_num=MOST_SESSIONS, absolute_max=MOST_SESSIONS, validate_max=True
)


def sessions_of(course_date: CourseDate) -> list[dict[str, Any]]:
    """The sessions as the form begins with them."""
    names = ("pk", "starts_at", "ends_at", "place", "link")
    return [dict(each) for each in course_date.sessions.values(*names)] if course_date.pk else []


def sittings(formset: "_Sessions") -> list[Sitting]:
    """What the valid formset says, empty lines left out."""
    return [found for form in formset.forms if (found := form.sitting()) is not None]
