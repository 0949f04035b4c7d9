"""What is entered about a person of the municipality."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Department, Municipality, Role
from ozg_tracker.accounts.models.membership_events import LONGEST_REASON
from ozg_tracker.api.days import DayField

_FIELD = {"class": "ozg-in"}
NAMES = ("first_name", "last_name", "email")


class PersonForm(forms.Form):
    """Name, role and department of a person; the deeds check what goes together."""

    first_name = forms.CharField(label=_("Vorname"), max_length=150, required=False, widget=forms.TextInput(_FIELD))
    last_name = forms.CharField(label=_("Nachname"), max_length=150, required=False, widget=forms.TextInput(_FIELD))
    email = forms.EmailField(
        label=_("E-Mail"),
        required=False,
        help_text=_("für Erinnerungen und ein vergessenes Passwort"),
        widget=forms.EmailInput(_FIELD),
    )
    role = forms.ChoiceField(label=_("Rolle"), widget=forms.Select(_FIELD))
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Fachbereich"),
        required=False,
        empty_label=_("ohne Fachbereich"),
        help_text=_("nötig für eine Leitung"),
        widget=forms.Select(_FIELD),
    )

    staff_number = forms.CharField(
        label=_("Personalnummer"),
        max_length=40,
        required=False,
        help_text=_("nur nötig, wenn Listen der Kommune sie nennen"),
        widget=forms.TextInput(_FIELD),
    )
    effective_on = DayField(label=_("Rolle und Fachbereich gelten ab"), required=False, help_text=_("leer: ab heute"))
    reason = forms.CharField(
        label=_("Grund"), max_length=LONGEST_REASON, required=False, widget=forms.TextInput(_FIELD)
    )

    def __init__(
        self, municipality: Municipality, roles: list[Role], *args: Any, names: bool = True, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        cast("forms.ChoiceField", self.fields["role"]).choices = [(role.value, role.label) for role in roles]
        departments = cast("forms.ModelChoiceField[Department]", self.fields["department"])
        departments.queryset = Department.objects.standing().filter(municipality=municipality)
        if not names:
            for name in NAMES:
                del self.fields[name]


class DayForm(forms.Form):
    """As of which day people are shown."""

    as_of = DayField(label=_("Stand am"), required=False)


class EndForm(forms.Form):
    """The first day on which a person does not belong here any more, and why."""

    effective_on = DayField(label=_("Erster Tag ohne Zugang"), required=False, help_text=_("leer: heute"))
    reason = forms.CharField(
        label=_("Grund"), max_length=LONGEST_REASON, required=False, widget=forms.TextInput(_FIELD)
    )


class LeaveForm(EndForm):
    """The same for who holds something, which has to be confirmed."""

    anyway = forms.BooleanField(
        label=_("Trotzdem: Danach kann dafür niemand handeln."),
        required=False,
        widget=forms.CheckboxInput({"class": "ozg-check"}),
    )


class NewPersonForm(PersonForm):
    username = forms.CharField(
        label=_("Benutzername"),
        max_length=150,
        help_text=_("zum Anmelden, etwa k.muster"),
        widget=forms.TextInput(_FIELD),
    )
    field_order = ("username",)
