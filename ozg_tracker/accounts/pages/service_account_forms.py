"""What is entered about a service account."""

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Department, Municipality, Role, ServiceAccount, User
from ozg_tracker.accounts.models.membership_events import LONGEST_REASON
from ozg_tracker.accounts.pages.account_forms import A_YEAR, NewKeyForm
from ozg_tracker.accounts.service_accounts.keeping import people_who_can_answer

_FIELD = {"class": "ozg-in"}


class AnswersForm(forms.Form):
    """For what the account is there, and who answers for it; the deeds check what goes together."""

    purpose = forms.CharField(
        label=_("Zweck"),
        max_length=300,
        required=False,
        help_text=_("Was das Programm hier tut, z. B. „meldet Fallzahlen aus dem Gewerbeverfahren“."),
        widget=forms.TextInput(_FIELD),
    )
    responsible = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Verantwortliche Person"),
        required=False,
        empty_label=_("keine, sondern ein Fachbereich"),
        widget=forms.Select(_FIELD),
    )
    responsible_department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Verantwortlicher Fachbereich"),
        required=False,
        empty_label=_("keiner, sondern eine Person"),
        widget=forms.Select(_FIELD),
    )
    reason = forms.CharField(
        label=_("Grund"), max_length=LONGEST_REASON, required=False, widget=forms.TextInput(_FIELD)
    )

    def __init__(self, municipality: Municipality, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        people = User.objects.filter(pk__in=people_who_can_answer(municipality).values("user"))
        self._choose("responsible", people.order_by("last_name", "first_name", "username"))
        self._choose("responsible_department", Department.objects.standing().filter(municipality=municipality))

    def _choose(self, name: str, those: Any) -> None:
        cast("forms.ModelChoiceField[Any]", self.fields[name]).queryset = those


class ChangeForm(AnswersForm):
    """The same of an account that is there."""

    def __init__(self, account: ServiceAccount, data: Any = None) -> None:
        initial = {name: getattr(account, name) for name in ("purpose", "responsible", "responsible_department")}
        super().__init__(account.municipality, data, initial=initial)


class NewServiceAccountForm(AnswersForm):
    """A new account: its name and role too, which stay as they are."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Wie das Programm heißt. In jeder Historie steht „Dienstkonto“ davor."),
        widget=forms.TextInput(_FIELD | {"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("Rolle"),
        help_text=_("Was das Programm höchstens darf. Sie lässt sich später nicht ändern."),
        widget=forms.Select(_FIELD),
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Fachbereich der Rolle"),
        required=False,
        empty_label=_("ohne Fachbereich"),
        help_text=_("nötig für eine Leitung"),
        widget=forms.Select(_FIELD),
    )
    field_order = ("name", "purpose", "role", "department", "responsible", "responsible_department", "reason")

    def __init__(self, municipality: Municipality, roles: list[Role], data: Any = None) -> None:
        super().__init__(municipality, data, initial={"role": Role.STAFF})
        cast("forms.ChoiceField", self.fields["role"]).choices = [(role.value, role.label) for role in roles]
        self._choose("department", Department.objects.standing().filter(municipality=municipality))


class ServiceKeyForm(NewKeyForm):
    """A new key of the account, which always has a last day and opens the account's municipality alone."""

    expires_on = forms.DateField(
        label=_("Gilt bis"),
        initial=lambda: timezone.localdate() + A_YEAR,
        help_text=_("Höchstens zwei Jahre; danach braucht das Programm einen neuen."),
        widget=forms.DateInput(_FIELD | {"type": "date"}, "%Y-%m-%d"),
    )


class EndForm(forms.Form):
    """Why the account ends."""

    reason = forms.CharField(
        label=_("Grund"), max_length=LONGEST_REASON, required=False, widget=forms.TextInput(_FIELD)
    )
