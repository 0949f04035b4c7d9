"""The way through a spreadsheet: take the filtered rows along, bring them back, and go on to the merge."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from catalog.importing.folding import fold
from catalog.importing.problems import Refused
from ozg_tracker.accounts.doorkeeper import members_only, membership_of, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.tracking.exchange.export_status import FORMS, as_file, export_lines
from ozg_tracker.tracking.exchange.merges import keep_merge
from ozg_tracker.tracking.exchange.status_file import read_content
from ozg_tracker.tracking.models import Merge
from ozg_tracker.tracking.pages import narrowing
from ozg_tracker.tracking.uploads import refuse_large

MOST_PASTED = 1_000_000  # characters: more than a municipality's rows, and no reason to fill the memory


class StatusFileForm(forms.Form):
    """A workbook or CSV, as `exchange` reads it."""

    file = forms.FileField(
        label=gettext_lazy("Bearbeitete Datei (XLSX, ODS oder CSV)"),
        widget=forms.FileInput({"class": "ozg-in", "accept": ".xlsx,.ods,.csv"}),
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie eine Datei."),
            "empty": gettext_lazy("Die Datei ist leer."),
        },
    )

    def clean_file(self) -> "UploadedFile[Any]":
        return refuse_large(self.cleaned_data["file"])


class PasteForm(forms.Form):
    """Cells copied from a spreadsheet, with their header line; kept as a file with tabs between the cells."""

    cells = forms.CharField(
        label=gettext_lazy("Zellen"),
        strip=False,
        widget=forms.Textarea({"class": "ozg-in", "rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Mit der Kopfzeile, darin „Schlüssel“. Leere Zellen ändern nichts, „–“ löscht den Wert."
        ),
        error_messages={"required": gettext_lazy("Bitte fügen Sie zuerst Zellen ein.")},
    )

    def clean_cells(self) -> "UploadedFile[Any]":
        text = self.cleaned_data["cells"].strip("\r\n")
        if not text.strip():
            raise ValidationError(self.fields["cells"].error_messages["required"], code="required")
        if len(text) > MOST_PASTED:
            raise ValidationError(
                gettext_lazy("Das sind zu viele Zellen auf einmal. Bitte laden Sie sie als Datei hoch.")
            )
        return SimpleUploadedFile("eingefügte Zellen.csv", text.encode())


@members_only(Deed.READ_ROWS)
@require_safe
def download(request: MunicipalityRequest) -> HttpResponse:
    """The filtered rows as a workbook that carries its base values, or (`?form=`) as ODS, which does too, or CSV."""
    asked = narrowing.chosen(request, "form")
    lines = list(export_lines(narrowing.for_a_file(request, asked), municipality_of(request)))
    if (form := asked.get("form", "xlsx")) not in FORMS:
        raise Http404
    response = HttpResponse(as_file(lines, municipality_of(request), form), content_type=FORMS[form])
    name = f"leistungen-{timezone.localdate():%Y-%m-%d}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@members_only(Deed.READ_ROWS)
@require_http_methods(["GET", "HEAD", "POST"])
def exchange(request: MunicipalityRequest) -> HttpResponse:
    """Take a file or pasted cells and keep their lines for the merge; no row is changed yet."""
    asked = narrowing.chosen(request)
    forms = {"file": StatusFileForm(), "paste": PasteForm()}
    if request.method == "POST":
        which = "paste" if "cells" in request.POST else "file"
        form = PasteForm(request.POST) if which == "paste" else StatusFileForm(request.POST, request.FILES)
        if form.is_valid() and (made := _keep(request, form, "cells" if which == "paste" else "file")):
            return redirect("merge", made.pk)
        forms[which] = form
    context = {
        "forms": forms,
        "query": asked.urlencode(),
        "rows": narrowing.for_a_file(request, asked).count(),
        "waiting": Merge.objects.open_to(membership_of(request)).in_short(),
    }
    return render(request, "tracking/exchange/exchange.html", context, status=400 if request.method == "POST" else 200)


def _keep(request: MunicipalityRequest, form: forms.Form, field: str) -> Merge | None:
    """The lines that were sent, kept; None where the file cannot be read, which stands at the field."""
    sent = form.cleaned_data[field]
    try:
        found = read_content(sent.read(), sent.name or "datei")
    except Refused as refused:
        form.add_error(field, fold([refused.problem])[0].sentence())
        return None
    origin = Merge.Origin.PASTE if field == "cells" else Merge.Origin.FILE
    return keep_merge(municipality_of(request), found, by=request.user, origin=origin)
