"""What people enter about an edition."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.access import managed_ids
from ozg_tracker.accounts.models import Municipality, Role, User
from ozg_tracker.api.days import DayField
from ozg_tracker.tracking.models import MunicipalService
from reports.editions.approving import approvers
from reports.models import (
    FIRST_GOAL_YEAR,
    LAST_GOAL_YEAR,
    LONGEST_CORRECTION,
    LONGEST_DECIDED,
    MOST_TARGET,
    Edition,
    Licence,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_FIELD = {"class": "ozg-in"}


def _reason(help_text: "StrOrPromise") -> forms.CharField:
    """Why it is done; the deed refuses where it is missing."""
    return forms.CharField(
        label=_("Begründung"),
        required=False,
        widget=forms.Textarea(_FIELD | {"rows": 2}),
        help_text=help_text,
    )


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        label=_("Grund der Berichtigung"),
        max_length=LONGEST_CORRECTION,
        widget=forms.Textarea(attrs={"class": "ozg-in", "rows": 3}),
        help_text=_("Steht im Bericht und bleibt dort."),
        error_messages={"required": _("Bitte nennen Sie den Grund. Er steht im Bericht.")},
    )


class OpenForm(forms.Form):
    until = DayField(label=_("Einwände bis"))


class SubmitForm(forms.Form):
    """Before whom an edition is put, and when the council may read it."""

    approver = forms.ModelChoiceField(
        User.objects.none(), label=_("Genehmigt durch"), required=False, empty_label="–", widget=forms.Select(_FIELD)
    )
    publish_at = forms.DateTimeField(
        label=_("Veröffentlichen am"),
        required=False,
        help_text=_("leer: mit der Genehmigung"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y, %H:%M"],
        widget=forms.DateTimeInput(_FIELD | {"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Bitte Tag und Uhrzeit schreiben, etwa 10.12.2026 08:00.")},
    )
    tell = forms.BooleanField(
        label=_("Danach Nachricht an den Rat"), required=False, widget=forms.CheckboxInput({"class": "ozg-check"})
    )

    def __init__(self, edition: Edition, user: User, data: Any = None) -> None:
        super().__init__(data, initial={"tell": True})
        people = cast("forms.ModelChoiceField[User]", self.fields["approver"])
        people.queryset = approvers(edition.municipality, user)


class ObjectionForm(forms.Form):
    row = forms.ModelChoiceField(
        MunicipalService.objects.none(),
        label=_("Leistung"),
        required=False,
        empty_label=_("keine bestimmte"),
        widget=forms.Select(_FIELD),
    )
    text = forms.CharField(
        label=_("Was müsste anders sein?"),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(_FIELD | {"rows": 3}),
    )

    def __init__(self, municipality: Municipality, user: User, data: Any = None) -> None:
        super().__init__(data)
        rows = MunicipalService.objects.filter(municipality=municipality, responsibility="municipality")
        if user.memberships.filter(municipality=municipality, role=Role.MANAGER).exists():
            rows = rows.filter(department__in=managed_ids(user))
        field = cast("forms.ModelChoiceField[MunicipalService]", self.fields["row"])
        field.queryset = rows.select_related("service").order_by("service__name", "pk")
        field.label_from_instance = lambda row: row.service.name  # type: ignore[method-assign, assignment]


class DecisionForm(forms.Form):
    comment = forms.CharField(
        label=_("Kommentar"),
        required=False,
        max_length=LONGEST_REASON,
        help_text=_("nötig, wenn Sie zurückgeben; steht nicht im Bericht"),
        widget=forms.Textarea(_FIELD | {"rows": 2}),
    )


class RulesForm(forms.Form):
    second_person = forms.BooleanField(
        label=_("Eine zweite Person genehmigt"),
        required=False,
        help_text=_("Wer einen Bericht vorlegt, kann ihn dann nicht selbst genehmigen."),
        widget=forms.CheckboxInput({"class": "ozg-check"}),
    )


class PublicForm(forms.Form):
    """Under which licence and in whose name anybody may read; the deed refuses what is missing."""

    licence = forms.ChoiceField(
        label=_("Lizenz"),
        choices=Licence.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Steht bei jeder Ausgabe. Die ersten beiden empfiehlt GovData für amtliche Daten."),
    )
    publisher = forms.CharField(
        label=_("Herausgebende Stelle"),
        required=False,
        widget=forms.TextInput(_FIELD | {"autocomplete": "organization"}),
        help_text=_("wird öffentlich; eine Stelle, keine Person"),
    )
    mail = forms.CharField(
        label=_("E-Mail-Adresse der Stelle"),
        required=False,
        widget=forms.EmailInput(_FIELD | {"autocomplete": "off"}),
        help_text=_("wird öffentlich; nicht die eines Kontos"),
    )
    contributor = forms.CharField(
        label=_("Datenbereitsteller-ID von GovData"),
        required=False,
        widget=forms.TextInput(_FIELD),
        help_text=_("nur, wenn GovData der Kommune eine gegeben hat: http://dcat-ap.de/def/contributors/…"),
    )
    reason = _reason(_("etwa der Beschluss des Rates; steht im Journal und wird nicht öffentlich"))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class EndPublicForm(forms.Form):
    reason = _reason(_("steht im Journal"))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class GoalForm(forms.Form):
    """The municipality's own goal for a year's end; the deed refuses what does not fit."""

    year = forms.IntegerField(
        label=_("Jahr"),
        widget=forms.NumberInput(_FIELD | {"min": FIRST_GOAL_YEAR, "max": LAST_GOAL_YEAR}),
        error_messages={"required": _("Bitte nennen Sie das Jahr.")},
    )
    target = forms.IntegerField(
        label=_("Fertige Leistungen am Jahresende"),
        widget=forms.NumberInput(_FIELD | {"min": 1, "max": MOST_TARGET}),
        help_text=_("mindestens so viele sollen es sein"),
        error_messages={"required": _("Bitte nennen Sie eine Zahl. Ein Ziel, das nicht mehr gilt, nehmen Sie zurück.")},
    )
    decided = forms.CharField(
        label=_("Beschlossen durch"),
        required=False,
        widget=forms.TextInput(_FIELD | {"maxlength": LONGEST_DECIDED, "autocomplete": "off"}),
        help_text=_("etwa: Ratsbeschluss vom 12.03.2026; steht im Bericht, also ohne Namen von Personen"),
    )
    reason = _reason(_("steht im Journal und nicht im Bericht"))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class EndGoalForm(forms.Form):
    year = forms.TypedChoiceField(label=_("Jahr"), coerce=int, widget=forms.Select(_FIELD))
    reason = _reason(_("steht im Journal"))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, years: list[int], **said: Any) -> None:
        super().__init__(*args, **said)
        cast("forms.TypedChoiceField", self.fields["year"]).choices = [(year, str(year)) for year in years]


class ComparisonForm(forms.Form):
    """Agreeing to be compared, or ending it; the deeds refuse what is missing."""

    reason = _reason(_("etwa der Beschluss des Rates; steht im Journal"))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
