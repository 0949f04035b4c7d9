"""What a person enters to take in the public directory."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from ozg_tracker.tracking.uploads import refuse_large


class EvidenceUploadForm(forms.Form):
    file = forms.FileField(
        label=_("Verzeichnis als Datei (Open-PVOG, CSV)"),
        widget=forms.FileInput(attrs={"class": "ozg-in", "accept": ".csv"}),
        error_messages={"required": _("Bitte wählen Sie eine Datei.")},
    )

    def clean_file(self) -> "UploadedFile[Any]":
        return refuse_large(self.cleaned_data["file"])
