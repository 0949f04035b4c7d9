"""What people bring back from a spreadsheet: the file, or cells copied from it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext_lazy as _

from ozg_tracker.tracking.uploads import refuse_large

MOST_PASTED = 1_000_000  # characters: more than a town's rows, and no reason to fill the memory


class StatusFileForm(forms.Form):
    """A workbook or CSV, as `exchange` reads it."""

    file = forms.FileField(
        label=_("Bearbeitete Datei (XLSX oder CSV)"),
        widget=forms.FileInput({"class": "ozg-in ozg-file", "accept": ".xlsx,.csv"}),
        error_messages={"required": _("Bitte wählen Sie eine Datei."), "empty": _("Die Datei ist leer.")},
    )

    def clean_file(self) -> "UploadedFile[Any]":
        return refuse_large(self.cleaned_data["file"])


class PasteForm(forms.Form):
    """Cells copied from a spreadsheet, with their header line; kept as a file with tabs between the cells."""

    cells = forms.CharField(
        label=_("Zellen"),
        strip=False,
        widget=forms.Textarea({"class": "ozg-in", "rows": 5, "spellcheck": "false"}),
        help_text=_("Mit der Kopfzeile, darin „Schlüssel“. Leere Zellen ändern nichts, „–“ löscht den Wert."),
        error_messages={"required": _("Bitte fügen Sie zuerst Zellen ein.")},
    )

    def clean_cells(self) -> "UploadedFile[Any]":
        text = self.cleaned_data["cells"].strip("\r\n")
        if not text.strip():
            raise ValidationError(self.fields["cells"].error_messages["required"], code="required")
        if len(text) > MOST_PASTED:
            raise ValidationError(_("Das sind zu viele Zellen auf einmal. Bitte laden Sie sie als Datei hoch."))
        return SimpleUploadedFile("eingefügte Zellen.csv", text.encode())
