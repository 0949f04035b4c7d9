"""What is entered about a deadline of the municipality."""

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Bundle
from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.api.days import DayField
from ozg_tracker.tracking.deadlines.changing import Facts
from ozg_tracker.tracking.models import Deadline
from ozg_tracker.tracking.models.deadlines import LONGEST_LIST_NAME
from ozg_tracker.tracking.rows.naming import bundles_named, rows_named

_FIELD = {"class": "ozg-in"}


class DeadlineForm(forms.Form):
    """A new deadline, or what `deadline` is to say; the deed checks what goes together."""

    name = forms.CharField(label=_("Name der Frist"), max_length=200, widget=forms.TextInput(_FIELD))
    date = DayField(label=_("Tag"))
    scope = forms.ChoiceField(label=_("Gilt für"), choices=Deadline.Scope.choices, widget=forms.Select(_FIELD))
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Welcher Fachbereich?"),
        required=False,
        empty_label="–",
        widget=forms.Select(_FIELD),
    )
    bundles = forms.CharField(
        label=_("Welche OZG-Leistungen?"),
        required=False,
        max_length=2000,
        help_text=_("OZG-IDs mit Komma, etwa 10041, 10042"),
        widget=forms.TextInput(_FIELD),
    )
    list_name = forms.CharField(
        label=_("Name der Liste"),
        required=False,
        max_length=LONGEST_LIST_NAME,
        widget=forms.TextInput(_FIELD),
    )
    services = forms.CharField(
        label=_("Welche Leistungen?"),
        required=False,
        max_length=100_000,
        help_text=_("Schlüssel oder Namen, je Zeile eine Leistung"),
        widget=forms.Textarea(_FIELD | {"rows": 3, "spellcheck": "false"}),
    )
    source = forms.CharField(
        label=_("Quelle"),
        max_length=2000,
        help_text=_("Beschluss, Gesetz, Dienstanweisung; steht im Sachstandsbericht"),
        widget=forms.TextInput(_FIELD),
    )
    effective_on = DayField(
        label=_("Gilt ab"),
        initial=timezone.localdate,
        help_text=_("Von da an steht sie so in den Berichten; frühere Monate bleiben. Auch ein künftiger Tag geht."),
    )
    reason = forms.CharField(label=_("Begründung"), required=False, max_length=500, widget=forms.TextInput(_FIELD))

    def __init__(self, municipality: Municipality, data: Any = None, *, deadline: Deadline | None = None) -> None:
        super().__init__(data, initial=_initial(deadline) if deadline else None)
        self.municipality = municipality
        departments = cast("forms.ModelChoiceField[Department]", self.fields["department"])
        departments.queryset = Department.objects.standing().filter(municipality=municipality)

    def clean_bundles(self) -> tuple[Bundle, ...]:
        found, unknown = bundles_named(self.cleaned_data["bundles"])
        if unknown:
            raise forms.ValidationError(_("Diese OZG-ID steht nicht im Katalog: %s.") % ", ".join(unknown)[:200])
        return found

    def clean_services(self) -> tuple[int, ...]:
        found = rows_named(self.municipality, self.cleaned_data["services"])
        if found.unknown:
            sentence = _("Diese Leistung ist nicht eindeutig oder nicht bekannt: %s.")
            raise forms.ValidationError(sentence % ", ".join(found.unknown)[:200])
        return found.rows

    def facts(self) -> Facts:
        """What was entered; what the scope does not ask for is left out."""
        entered, scope = self.cleaned_data, self.cleaned_data["scope"]
        return Facts(
            name=entered["name"],
            date=entered["date"],
            source=entered["source"],
            scope=scope,
            department=entered["department"] if scope == Deadline.Scope.DEPARTMENT else None,
            bundles=entered["bundles"] if scope == Deadline.Scope.BUNDLES else (),
            list_name=entered["list_name"] if scope == Deadline.Scope.LIST else "",
            rows=entered["services"] if scope == Deadline.Scope.LIST else (),
        )


class CallOffForm(forms.Form):
    reason = forms.CharField(required=False, max_length=500)


class EndDeadlineForm(forms.Form):
    effective_on = DayField(label=_("gilt nicht mehr ab"), initial=timezone.localdate)
    reason = forms.CharField(label=_("Begründung"), required=False, max_length=500, widget=forms.TextInput(_FIELD))
    prefix = "ende"


def _initial(deadline: Deadline) -> dict[str, Any]:
    names = ("name", "date", "scope", "source", "department", "list_name")
    rows = deadline.rows.order_by("service__name").values_list("service__key", "service__name")
    return {name: getattr(deadline, name) for name in names} | {
        "bundles": ", ".join(str(each.ozg_id) for each in deadline.bundles.order_by("ozg_id")),
        "services": "\n".join(key or name for key, name in rows),
    }
