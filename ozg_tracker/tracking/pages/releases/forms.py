"""What a person enters to load a catalogue."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from catalog.reasons import LONGEST_REASON
from ozg_tracker.tracking.uploads import refuse_large


class CatalogueUploadForm(forms.Form):
    """The file and how it is to be read. Without `partial` it is the whole catalogue: what it lacks is retired."""

    file = forms.FileField(
        label=_("Katalogdatei (XLSX, ODS, CSV, XZuFi, FIM-JSON oder ein Zip davon)"),
        widget=forms.FileInput(attrs={"class": "ozg-in", "accept": ".xlsx,.ods,.csv,.xml,.json,.zip"}),
        error_messages={"required": _("Bitte wählen Sie eine Datei.")},
    )
    release = forms.CharField(
        label=_("Katalogstand"),
        required=False,
        max_length=100,
        help_text=_("zum Beispiel 2026-10; leer: wie die Datei ihn nennt"),
        widget=forms.TextInput(attrs={"class": "ozg-in"}),
    )
    partial = forms.BooleanField(label=_("Die Datei ist nur ein Teil des Katalogs; was fehlt, bleibt"), required=False)

    def clean_file(self) -> "UploadedFile[Any]":
        return refuse_large(self.cleaned_data["file"])


class ReasonForm(forms.Form):
    """Why a release is taken back; it stays in the history of the catalogue."""

    reason = forms.CharField(
        label=_("Begründung"),
        help_text=_("zum Beispiel: falsche Datei; bleibt in der Geschichte des Katalogs"),
        widget=forms.Textarea(attrs={"class": "ozg-in", "rows": 3}),
        max_length=LONGEST_REASON,
        error_messages={"required": _("Bitte begründen Sie die Rücknahme.")},
    )
