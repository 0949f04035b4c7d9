"""What the account page reads."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import HowOften, Municipality, ReminderChoice, Scope, User

_FIELD = {"class": "ozg-in"}
A_YEAR = timedelta(days=365)


def hours() -> list[tuple[int, str]]:
    """Those of a day."""
    return [(hour, _("%(hour)d Uhr") % {"hour": hour}) for hour in range(24)]


class ChooseMunicipalityForm(forms.Form):
    """Which of the person's municipalities to work for."""

    municipality = forms.ModelChoiceField(
        Municipality.objects.none(), label=_("Kommune"), empty_label=None, widget=forms.Select({"class": "ozg-in"})
    )

    def __init__(self, user: User, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choice = self.fields["municipality"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 (tells mypy what stands above)
        choice.queryset = Municipality.objects.visible_to(user)


class OwnDetailsForm(forms.Form):
    """Name and address of oneself."""

    first_name = forms.CharField(label=_("Vorname"), max_length=150, required=False, widget=forms.TextInput(_FIELD))
    last_name = forms.CharField(label=_("Nachname"), max_length=150, required=False, widget=forms.TextInput(_FIELD))
    email = forms.EmailField(
        label=_("E-Mail"),
        required=False,
        help_text=_("Eine neue gilt, sobald Sie sie dort bestätigt haben; die bisherige bekommt Nachricht."),
        widget=forms.EmailInput(_FIELD),
    )
    password = forms.CharField(
        label=_("Ihr Passwort"), widget=forms.PasswordInput(_FIELD | {"autocomplete": "current-password"})
    )

    def __init__(self, user: User, data: Any = None) -> None:
        names = ("first_name", "last_name", "email")
        super().__init__(data, initial={name: getattr(user, name) for name in names})
        self.user = user

    def clean_password(self) -> str:
        entered: str = self.cleaned_data["password"]
        if not self.user.check_password(entered):
            raise forms.ValidationError(_("Das Passwort stimmt nicht."))
        return entered

    def details(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("first_name", "last_name", "email")}


class RemindersForm(forms.Form):
    """How often one is reminded, and at which hours not."""

    how_often = forms.ChoiceField(label=_("Wie oft"), choices=HowOften.choices, widget=forms.Select(_FIELD))
    quiet_from = forms.TypedChoiceField(
        label=_("Keine Nachricht ab"), coerce=int, choices=hours, widget=forms.Select(_FIELD)
    )
    quiet_until = forms.TypedChoiceField(
        label=_("und vor"),
        coerce=int,
        choices=hours,
        help_text=_("Zweimal dieselbe Stunde: jederzeit."),
        widget=forms.Select(_FIELD),
    )

    def __init__(self, choice: ReminderChoice, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(choice, name) for name in self.base_fields})


class NewKeyForm(forms.Form):
    """What a new key for a program is for and how far it opens; a year unless another day is named."""

    name = forms.CharField(
        label=_("Bezeichnung"),
        max_length=80,
        help_text=_("Welches Programm ihn benutzt, z. B. „Auswertung der Kämmerei“."),
        widget=forms.TextInput(_FIELD | {"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("Das Programm darf"),
        choices=Scope.choices,
        initial=[Scope.READ],
        error_messages={"required": _("Ein Schlüssel muss etwas dürfen. Bitte wählen Sie mindestens einen Bereich.")},
        widget=forms.CheckboxSelectMultiple(),
    )
    municipality = forms.ModelChoiceField(
        Municipality.objects.none(),
        label=_("Nur in"),
        empty_label=_("allen Kommunen, in denen Sie eine Rolle haben"),
        required=False,
        widget=forms.Select(_FIELD),
    )
    expires_on = forms.DateField(
        label=_("Gilt bis"),
        required=False,
        initial=lambda: timezone.localdate() + A_YEAR,
        help_text=_("Leer: bis Sie ihn widerrufen oder Ihr Passwort ändern."),
        widget=forms.DateInput(_FIELD | {"type": "date"}, "%Y-%m-%d"),
    )
    networks = forms.CharField(
        label=_("Nur von diesen Adressen"),
        max_length=500,
        required=False,
        help_text=_(
            "Adressen oder Netze mit Leerzeichen dazwischen, z. B. 192.0.2.17 oder 192.0.2.0/24. Leer: von überall."
        ),
        widget=forms.TextInput(_FIELD | {"autocomplete": "off"}),
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data, auto_id="key_%s")
        choice = self.fields["municipality"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 (tells mypy what stands above)
        choice.queryset = Municipality.objects.visible_to(user)
        if choice.queryset.count() < 2:
            del self.fields["municipality"]
