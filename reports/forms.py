"""What the coordinator enters: a month, and the reason of a correction."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class MonthForm(forms.Form):
    """A month as "2026-10"."""

    month = forms.RegexField(regex=r"^[0-9]{4}-(0[1-9]|1[0-2])$")

    def clean_month(self) -> date:
        return datetime.strptime(self.cleaned_data["month"], "%Y-%m").date()  # noqa: DTZ007 (a month has no zone)


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        label=_("Grund der Berichtigung"),
        max_length=1000,
        widget=forms.Textarea(attrs={"class": "ozg-in", "rows": 3}),
        help_text=_("Steht im Bericht und bleibt dort."),
        error_messages={"required": _("Bitte nennen Sie den Grund. Er steht im Bericht.")},
    )
