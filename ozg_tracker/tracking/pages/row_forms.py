"""What people enter about a tracked row, in the grid and on the row's own page."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from catalog.models import MaturityLevel
from ozg_tracker.accounts.maturity import models_of
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.api.days import DayField
from ozg_tracker.tracking.exchange.words import COLUMNS, BadWord, number
from ozg_tracker.tracking.models import Responsibility, State
from ozg_tracker.tracking.rows.rights import may_be_responsible

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_IN = {"class": "ozg-in"}
FIRST_FIELDS = ("responsibility", "state", "level", "planned_on", "online_url", "cases_per_year")

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


class EffectiveDay(DayField):
    """„Gilt ab“ where it must be said: begins with today, and the picker offers no day after it."""

    def __init__(self) -> None:
        super().__init__(label=_("Gilt ab"), initial=timezone.localdate)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        self.widget.attrs["max"] = timezone.localdate().isoformat()
        return super().get_bound_field(form, field_name)


class CountField(forms.Field):
    """A whole number, read as in a file: 1240, 1.240, 1.240,00."""

    def to_python(self, value: str | None) -> int | None:
        text = (value or "").strip()
        try:
            return number(text, COLUMNS["cases_per_year"]) if text else None
        except BadWord as error:
            raise ValidationError(str(error), code="invalid_number") from error


class Choices:
    """The lists to choose from in a municipality, read once for any number of rows.

    A list never lacks the value that is stored: a person who left, a level of the scale before stay to be seen, and
    stay until somebody chooses another.
    """

    def __init__(self, municipality: Municipality, *, every_model: bool = False) -> None:
        """`every_model`: also the levels of models that held on earlier days, for what is told of such a day."""
        levels = list(municipality.maturity_model.levels.all())
        self.numbers = {level.pk: level.number for level in levels}
        self.conform = municipality.maturity_model.conform_level
        self.levels: Options = [("", str(_("nicht bewertet"))), *((str(level.pk), str(level)) for level in levels)]
        if every_model:
            self.levels = [*self.levels, *_earlier_levels(municipality)]
        self.departments: Options = [
            ("", str(_("ohne Fachbereich"))),
            *((str(pk), name) for pk, name in municipality.departments.standing().values_list("pk", "name")),
        ]
        self._municipality = municipality
        self._known: dict[tuple[str, object], str] = {}

    @cached_property
    def people(self) -> Options:
        """Who can be made responsible, and nobody."""
        found = may_be_responsible(self._municipality).order_by("username")
        return [("", str(_("niemand"))), *((str(user.pk), str(user)) for user in found)]

    def words(self, field: str, value: object) -> str:
        """A plain value of `field` in words for people."""
        return str(dict(self.of(field, value)).get(text_of(value), shown(value)))

    def of(self, field: str, stored: object = None) -> Options:
        """What to choose from in `field`, with the `stored` value wherever the list would lack it."""
        options = self._list(field)
        if not options or stored in (None, "") or text_of(stored) in dict(options):
            return options
        if (field, stored) not in self._known:
            self._known[field, stored] = self._former(field, stored)
        return [*options, (text_of(stored), self._known[field, stored])]

    def _list(self, field: str) -> Options:
        if field == "owner":
            return self.people
        lists: dict[str, Options] = {
            "responsibility": Responsibility.choices,
            "state": State.choices,
            "level": self.levels,
            "department": self.departments,
        }
        return lists.get(field, ())

    def _former(self, field: str, stored: object) -> str:
        """Words for what can be kept and no longer be chosen."""
        if field == "owner" and isinstance(stored, int):
            return _("%(person)s (nicht mehr wählbar)") % {"person": User.objects.get(pk=stored)}
        if field == "level" and isinstance(stored, int):
            return _of_its_model(MaturityLevel.objects.select_related("model").get(pk=stored))
        return text_of(stored)


def _earlier_levels(municipality: Municipality) -> list[tuple[str, str]]:
    """No query where the model never changed."""
    earlier = set(models_of(municipality).ids) - {municipality.maturity_model_id}
    if not earlier:
        return []
    found = MaturityLevel.objects.filter(model__in=earlier).select_related("model").order_by("model", "number")
    return [(str(level.pk), _of_its_model(level)) for level in found]


def _of_its_model(level: MaturityLevel) -> str:
    return _("%(level)s (Modell %(model)s)") % {"level": level, "model": level.model.version}


class RowForm(forms.Form):
    """The fields that the grid can show of one row. A field that was not sent stays as it is.

    `stored`: the row's values by field, each of which can be kept.
    """

    responsibility = forms.ChoiceField(label=_("Zuständigkeit"), choices=Responsibility.choices)
    state = forms.ChoiceField(label=_("Stand"), choices=State.choices)
    level = forms.TypedChoiceField(label=_("Reifegrad"), required=False, coerce=int, empty_value=None)
    planned_on = DayField(label=_("Geplant bis"), required=False)
    online_url = forms.CharField(label=_("Online-Adresse"), required=False)
    cases_per_year = CountField(label=_("Fälle pro Jahr"), required=False)
    department = forms.TypedChoiceField(label=_("Fachbereich"), required=False, coerce=int, empty_value=None)
    owner = forms.TypedChoiceField(label=_("Zuständige Person"), required=False, coerce=int, empty_value=None)
    note = forms.CharField(label=_("Bemerkung"), required=False, widget=forms.Textarea(_IN | {"rows": 2}))
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Begründung"), required=False)

    def __init__(self, choices: Choices, *args: Any, stored: Mapping[str, object], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("level", "department", "owner"):
            self.fields[name].choices = choices.of(name, stored[name])  # type: ignore[attr-defined]
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
    effective_on = DayField(label=_("Gilt ab"), required=False, initial=timezone.localdate)
    reason = forms.CharField(
        label=_("Begründung"),
        required=False,
        widget=forms.Textarea(_IN | {"rows": 3}),
        help_text=_("Steht in der Geschichte und, bei neu fertig oder zurückgestuft, im Bericht."),
    )

    def __init__(self, choices: Choices, *args: Any, may: frozenset[str], **kwargs: Any) -> None:
        super().__init__(choices, *args, **kwargs)
        for name, field in self.fields.items():
            if name not in may and name not in ("version", "reason", "effective_on"):
                field.disabled = True
            if name != "version":
                field.widget.attrs.setdefault("class", "ozg-in")
        self.fields["effective_on"].widget.attrs["max"] = timezone.localdate().isoformat()
        self.fields["cases_per_year"].widget.attrs["inputmode"] = "numeric"
        self.fields["online_url"].widget.attrs["inputmode"] = "url"
