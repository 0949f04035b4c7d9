"""A list that people paste or bring as a file, as the doors take it."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.tracking.uploads import refuse_large


class FileForm(forms.Form):
    """A list as a file."""

    file = forms.FileField(
        label=gettext_lazy("Liste (XLSX, ODS oder CSV)"),
        widget=forms.FileInput({"class": "ozg-in", "accept": ".xlsx,.ods,.csv"}),
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie eine Datei."),
            "empty": gettext_lazy("Die Datei ist leer."),
        },
    )

    def clean_file(self) -> "UploadedFile[Any]":
        return refuse_large(self.cleaned_data["file"])

    def sent(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["file"]
        return file


class ListForm(forms.Form):
    """A list as text, or a file with it. The text keeps its blanks: some lists are indented."""

    text = forms.CharField(
        label=gettext_lazy("Liste"),
        required=False,
        strip=False,
        max_length=1_000_000,
        help_text=gettext_lazy("Aus der Tabelle kopiert, die Zeile mit den Überschriften zuerst."),
        widget=forms.Textarea({"class": "ozg-in", "rows": 8, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=gettext_lazy("oder eine Datei (XLSX, ODS, CSV)"),
        required=False,
        widget=forms.FileInput({"class": "ozg-in ozg-file", "accept": ".xlsx,.ods,.csv,.txt"}),
    )

    def clean_file(self) -> "UploadedFile[Any] | None":
        file = self.cleaned_data["file"]
        return refuse_large(file) if file else None

    def clean(self) -> None:
        if not self.errors and not self.cleaned_data.get("file") and not self.cleaned_data["text"].strip():
            self.add_error("text", _("Bitte fügen Sie eine Liste ein, oder wählen Sie eine Datei."))

    def sent(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        return file or SimpleUploadedFile("eingefügte Liste.txt", self.cleaned_data["text"].encode())
