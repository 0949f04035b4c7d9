"""What the coordinator enters about an edition."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.models import LONGEST_CORRECTION


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        label=_("Grund der Berichtigung"),
        max_length=LONGEST_CORRECTION,
        widget=forms.Textarea(attrs={"class": "ozg-in", "rows": 3}),
        help_text=_("Steht im Bericht und bleibt dort."),
        error_messages={"required": _("Bitte nennen Sie den Grund. Er steht im Bericht.")},
    )
