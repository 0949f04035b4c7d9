"""What people enter to change a scope profile."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.reasons import LONGEST_REASON
from ozg_tracker.tracking.models import Responsibility
from ozg_tracker.tracking.responsibility.profiles import MOST, Changes
from ozg_tracker.tracking.responsibility.suggesting import CRITERIA, Rule, RuleLine

_IN = {"class": "ozg-in"}
STRUCK = "-"
CRITERION_WORDS = dict(zip(CRITERIA, (_("Typisierung"), _("OZG-Leistung"), _("Leistungsobjekt")), strict=True))


class WhyForm(forms.Form):
    """The reason of a new version, and the version that was looked at."""

    why = forms.CharField(
        label=_("Warum ändert sich das Profil?"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(_IN | {"rows": 2}),
        help_text=_("Steht bei der neuen Fassung, mit Ihrem Namen und dem Tag."),
        error_messages={"required": _("Bitte begründen Sie, warum das Profil sich ändert.")},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class RuleForm(WhyForm):
    """One rule for one or several types, bundles or objects."""

    field_order = ("criterion", "values", "responsibility", "reason", "source", "why", "seen")
    criterion = forms.ChoiceField(
        label=_("Regel für"), choices=list(CRITERION_WORDS.items()), widget=forms.Select(_IN), initial="ozg_id"
    )
    values = forms.CharField(
        label=_("Welche?"),
        widget=forms.TextInput(_IN),
        max_length=2000,
        help_text=_("Typen (2/3), OZG-IDs (10041) oder die ersten acht Ziffern des Schlüssels; mehrere mit Komma."),
    )
    responsibility = forms.ChoiceField(
        label=_("Vorschlag"),
        choices=[*Responsibility.choices, (STRUCK, _("keine Regel: streichen"))],
        widget=forms.Select(_IN),
    )
    reason = forms.CharField(
        label=_("Begründung der Regel"), required=False, max_length=MOST, widget=forms.TextInput(_IN)
    )
    source = forms.CharField(
        label=_("Quelle der Regel"),
        required=False,
        max_length=MOST,
        widget=forms.TextInput(_IN),
        help_text=_("zum Beispiel die Vorschrift; ohne amtliche Quelle: eigene Annahme"),
    )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("responsibility") != STRUCK:
            for name in ("reason", "source"):
                if name not in self.errors and not self.cleaned_data.get(name):
                    self.add_error(name, _("Eine Regel nennt Begründung und Quelle."))
        return self.cleaned_data

    def changes(self) -> Changes:
        said = self.cleaned_data
        named = dict.fromkeys(filter(None, re.split(r"[,;\s]+", said["values"])))
        rule = None
        if said["responsibility"] != STRUCK:
            rule = Rule(Responsibility(said["responsibility"]), said["reason"], said["source"])
        return {RuleLine(said["criterion"], value): rule for value in named}
