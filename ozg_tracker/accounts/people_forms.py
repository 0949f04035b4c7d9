"""What is entered about a person of the municipality."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Department, Municipality, Role

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

    def __init__(
        self, municipality: Municipality, roles: list[Role], *args: Any, names: bool = True, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        cast("forms.ChoiceField", self.fields["role"]).choices = [(role.value, role.label) for role in roles]
        departments = cast("forms.ModelChoiceField[Department]", self.fields["department"])
        departments.queryset = Department.objects.filter(municipality=municipality)
        if not names:
            for name in NAMES:
                del self.fields[name]


class NewPersonForm(PersonForm):
    username = forms.CharField(
        label=_("Benutzername"),
        max_length=150,
        help_text=_("zum Anmelden, etwa k.muster"),
        widget=forms.TextInput(_FIELD),
    )
    field_order = ("username",)
