"""What people enter about a service of their own."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Bundle, Situation
from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.tracking.own_services import LONGEST, NewBundle
from ozg_tracker.tracking.pages.row_forms import EffectiveDay

_IN = {"class": "ozg-in"}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Begründung"),
        max_length=LONGEST_REASON,
        widget=forms.TextInput(_IN),
        help_text=_("Steht in der Geschichte; bei Aufnahme und Ende auch im Bericht."),
        error_messages={"required": _("Bitte geben Sie eine Begründung an; sie bleibt in der Geschichte.")},
    )


class NameForm(ReasonForm):
    """Name and key of a service of the municipality's own."""

    field_order: tuple[str, ...] = ("name", "file_key", "reason")
    name = forms.CharField(
        label=_("Leistung"),
        max_length=LONGEST,
        widget=forms.TextInput(_IN),
        error_messages={"required": _("Bitte geben Sie der Leistung einen Namen.")},
    )
    file_key = forms.CharField(
        label=_("Schlüssel in Dateien"),
        required=False,
        max_length=80,
        widget=forms.TextInput(_IN),
        help_text=_("Nur wenn Ihre Dateien die Leistung mit einem Schlüssel nennen, den der Katalog nicht kennt."),
    )


class AddForm(NameForm):
    """A new one, in a bundle of the catalogue or in one of the municipality's own."""

    field_order = (*("name", "bundle", "bundle_name", "situation", "department", "effective_on", "file_key", "reason"),)
    bundle = forms.ModelChoiceField(
        Bundle.objects.filter(ozg_id__isnull=False, retired_on=None),
        label=_("In einer OZG-Leistung des Kataloges"),
        required=False,
        to_field_name="ozg_id",
        widget=forms.TextInput(_IN | {"inputmode": "numeric"}),
        help_text=_("die fünf Ziffern der OZG-ID, zum Beispiel 10041"),
        error_messages={"invalid_choice": _("Eine solche OZG-Leistung steht nicht im Katalog.")},
    )
    bundle_name = forms.CharField(
        label=_("oder in einem eigenen Bündel"), required=False, max_length=LONGEST, widget=forms.TextInput(_IN)
    )
    situation = forms.ModelChoiceField(
        Situation.objects.select_related("topic").order_by("topic__name", "name"),
        label=_("Lage des eigenen Bündels"),
        required=False,
        empty_label=_("bitte wählen, wenn das Bündel neu ist"),
        widget=forms.Select(_IN),
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Fachbereich"),
        required=False,
        empty_label=_("ohne Fachbereich"),
        widget=forms.Select(_IN),
    )
    effective_on = EffectiveDay()

    def __init__(self, municipality: Municipality, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = municipality.departments.standing()  # type: ignore[attr-defined]
        self.fields["situation"].label_from_instance = _with_topic  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if "bundle" not in self.errors and bool(said.get("bundle")) == bool(said.get("bundle_name")):
            self.add_error("bundle", _("Bitte nennen Sie entweder eine OZG-Leistung oder ein eigenes Bündel."))
        return said

    def within(self) -> Bundle | NewBundle:
        said = self.cleaned_data
        bundle: Bundle | None = said["bundle"]
        return bundle or NewBundle(said["bundle_name"], said["situation"])


def _with_topic(situation: Situation) -> str:
    return f"{situation.topic} › {situation.name}"


class MergeForm(ReasonForm):
    """The official service that takes over, by its id."""

    service = forms.IntegerField(
        min_value=1,
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Bitte wählen Sie die Leistung des Kataloges."),
            "invalid": _("Bitte wählen Sie die Leistung des Kataloges."),
        },
    )
