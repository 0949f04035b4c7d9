"""What people enter about a tracked row, in the grid and on the row's own page."""

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.models import Responsibility, State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_IN = {"class": "ozg-in"}
_GROUPED = re.compile(r"\d{1,3}(?:[.\s\u202f\u00a0]\d{3})+")
DAYS = ["%Y-%m-%d", "%d.%m.%Y"]
GRID_FIELDS = ("responsibility", "state", "level", "planned_on", "online_url", "cases_per_year")

Options = Sequence[tuple[str, "StrOrPromise"]]


def text_of(value: object) -> str:
    """A plain value as it stands in a form field."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def shown(value: object) -> str:
    """A plain value in words for people, where it is none of a list."""
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, int):
        return number_format(value, force_grouping=True)
    return str(value or _("–"))


class DayInput(forms.DateInput):
    """The browser's own picker, which wants ISO days whatever the language."""

    input_type = "date"

    def __init__(self, **attrs: object) -> None:
        super().__init__(attrs=_IN | attrs, format="%Y-%m-%d")


class EffectiveDay(forms.DateField):
    """„Gilt ab“ where it must be said: begins with today, and the picker offers no day after it."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Gilt ab"),
            input_formats=DAYS,
            initial=timezone.localdate,
            widget=DayInput(),
            error_messages={"invalid": _("Das ist kein Tag. Bitte so schreiben: 30.11.2026.")},
        )

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        self.widget.attrs["max"] = timezone.localdate().isoformat()
        return super().get_bound_field(form, field_name)


class CountField(forms.Field):
    """A whole number as people write it: 1240, 1.240 or 1 240."""

    def to_python(self, value: str | None) -> int | None:
        text = (value or "").strip()
        if not text:
            return None
        if _GROUPED.fullmatch(text):
            text = re.sub(r"\D", "", text)
        if not (text.isascii() and text.isdigit() and len(text) < 11):
            raise ValidationError(_("„Fälle pro Jahr“ ist eine ganze Zahl ab 0."), code="invalid_number")
        return int(text)


class Choices:
    """The lists to choose from in a municipality, read once for any number of rows."""

    def __init__(self, municipality: Municipality) -> None:
        levels = list(municipality.maturity_model.levels.all())
        self.numbers = {level.pk: level.number for level in levels}
        self.conform = municipality.maturity_model.conform_level
        self.levels: Options = [("", str(_("nicht bewertet"))), *((str(level.pk), str(level)) for level in levels)]
        self.departments: Options = [
            ("", str(_("ohne Fachbereich"))),
            *((str(pk), name) for pk, name in municipality.departments.values_list("pk", "name")),
        ]
        self._municipality = municipality

    def people(self) -> Options:
        found = User.objects.filter(memberships__municipality=self._municipality, is_active=True)
        return [("", str(_("niemand"))), *((str(user.pk), str(user)) for user in found.order_by("username"))]

    def words(self, field: str, value: object) -> str:
        """A plain value of `field` in words for people."""
        options = self.people() if field == "owner" else self.of(field)
        return str(dict(options).get(text_of(value), shown(value)))

    def of(self, field: str) -> Options:
        lists: dict[str, Options] = {
            "responsibility": Responsibility.choices,
            "state": State.choices,
            "level": self.levels,
            "department": self.departments,
        }
        return lists.get(field, ())


class RowForm(forms.Form):
    """The fields that the grid shows of one row. A field that was not sent stays as it is."""

    responsibility = forms.ChoiceField(label=_("Zuständigkeit"), choices=Responsibility.choices)
    state = forms.ChoiceField(label=_("Stand"), choices=State.choices)
    level = forms.TypedChoiceField(label=_("Reifegrad"), required=False, coerce=int, empty_value=None)
    planned_on = forms.DateField(
        label=_("Geplant bis"),
        required=False,
        input_formats=DAYS,
        widget=DayInput(),
        error_messages={"invalid": _("Das ist kein Tag. Bitte so schreiben: 30.11.2026.")},
    )
    online_url = forms.CharField(label=_("Online-Adresse"), required=False)
    cases_per_year = CountField(label=_("Fälle pro Jahr"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Begründung"), required=False)

    def __init__(self, choices: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("level", "department"):
            if name in self.fields:
                self.fields[name].choices = choices.of(name)  # type: ignore[attr-defined]
        for name in [name for name in self.fields if self.is_bound and not self._sent(name)]:
            self.fields[name].required = False

    def _sent(self, name: str) -> bool:
        return self.add_prefix(name) in self.data

    def entered(self) -> dict[str, Any]:
        """The state's fields that were sent, cleaned."""
        other = ("version", "reason", "effective_on")
        return {name: value for name, value in self.cleaned_data.items() if name not in other and self._sent(name)}


class ChangeForm(RowForm):
    """Everything of one row, with the day from which it holds and the reason."""

    field_order = (
        "state",
        "level",
        "responsibility",
        "department",
        "owner",
        "planned_on",
        "cases_per_year",
        "effective_on",
        "online_url",
        "note",
        "reason",
        "version",
    )
    department = forms.TypedChoiceField(label=_("Fachbereich"), required=False, coerce=int, empty_value=None)
    owner = forms.TypedChoiceField(label=_("Zuständige Person"), required=False, coerce=int, empty_value=None)
    effective_on = forms.DateField(
        label=_("Gilt ab"),
        required=False,
        input_formats=DAYS,
        initial=timezone.localdate,
        widget=DayInput(),
        error_messages={"invalid": _("Das ist kein Tag. Bitte so schreiben: 30.11.2026.")},
    )
    note = forms.CharField(label=_("Bemerkung"), required=False, widget=forms.Textarea(_IN | {"rows": 2}))
    reason = forms.CharField(
        label=_("Begründung"),
        required=False,
        widget=forms.Textarea(_IN | {"rows": 3}),
        help_text=_("Steht in der Geschichte und, bei neu fertig oder zurückgestuft, im Bericht."),
    )

    def __init__(self, choices: Choices, *args: Any, may: frozenset[str], **kwargs: Any) -> None:
        super().__init__(choices, *args, **kwargs)
        self.fields["owner"].choices = choices.people()  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            if name not in may and name not in ("version", "reason", "effective_on"):
                field.disabled = True
            if name != "version":
                field.widget.attrs.setdefault("class", "ozg-in")
        self.fields["effective_on"].widget.attrs["max"] = timezone.localdate().isoformat()
        self.fields["cases_per_year"].widget.attrs["inputmode"] = "numeric"
        self.fields["online_url"].widget.attrs["inputmode"] = "url"


class BulkForm(forms.Form):
    """One new value, one reason, one day for many rows."""

    value = forms.ChoiceField(label=_("Neuer Wert"), required=False)
    bulk_planned_on = forms.DateField(label=_("Geplant bis"), required=False, input_formats=DAYS, widget=DayInput())
    bulk_reason = forms.CharField(label=_("Begründung"), required=False, widget=forms.TextInput(_IN))
    bulk_effective_on = forms.DateField(
        label=_("Gilt ab"), required=False, input_formats=DAYS, initial=timezone.localdate, widget=DayInput()
    )

    def __init__(self, choices: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [("", _("unverändert"))]
        for field in ("state", "level", "responsibility", "department"):
            label = str(RowForm.base_fields[field].label if field in RowForm.base_fields else _("Fachbereich"))
            options = [(f"{field}:{value}", text) for value, text in choices.of(field)]
            groups.append((label, options))  # type: ignore[arg-type]
        self.fields["value"].choices = groups  # type: ignore[attr-defined]
        self.fields["value"].widget.attrs["class"] = "ozg-in"
        self.fields["bulk_effective_on"].widget.attrs["max"] = timezone.localdate().isoformat()

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.changes():
            raise ValidationError(_("Bitte wählen Sie einen neuen Wert oder einen Tag."), code="nothing_to_do")
        return self.cleaned_data

    def changes(self) -> dict[str, object]:
        field, _colon, value = self.cleaned_data.get("value", "").partition(":")
        found: dict[str, object] = {}
        if field in ("level", "department"):
            found[field] = int(value) if value else None
        elif field:
            found[field] = value
        if self.cleaned_data.get("bulk_planned_on"):
            found["planned_on"] = self.cleaned_data["bulk_planned_on"]
        return found
