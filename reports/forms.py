"""What the coordinator enters about an edition."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        label=_("Grund der Berichtigung"),
        max_length=1000,
        widget=forms.Textarea(attrs={"class": "ozg-in", "rows": 3}),
        help_text=_("Steht im Bericht und bleibt dort."),
        error_messages={"required": _("Bitte nennen Sie den Grund. Er steht im Bericht.")},
    )
