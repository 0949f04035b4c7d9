"""What people enter to decide many unclear rows at once."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ozg_tracker.tracking.clearing import SUGGESTED
from ozg_tracker.tracking.forms import EffectiveDay
from ozg_tracker.tracking.models import Responsibility

_IN = {"class": "ozg-in"}


class ClearingForm(forms.Form):
    """Who carries the rows out, why, and from which day that holds."""

    decision = forms.ChoiceField(
        label=_("Zuständig"),
        choices=[
            *(each for each in Responsibility.choices if each[0] != Responsibility.UNCLEAR),
            (SUGGESTED, _("wie vorgeschlagen")),
        ],
        widget=forms.Select(_IN),
    )
    reason = forms.CharField(
        label=_("Begründung"),
        widget=forms.TextInput(_IN),
        error_messages={"required": _("Bitte geben Sie eine Begründung an; sie steht bei jeder Leistung.")},
    )
    effective_on = EffectiveDay()
