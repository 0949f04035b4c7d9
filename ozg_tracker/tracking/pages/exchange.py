"""The way through a spreadsheet: take the filtered rows along, bring them back, look at what would happen, apply it."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.importing.folding import fold
from catalog.importing.problems import Severity
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import page_of
from ozg_tracker.tracking.exchange.export_status import FORMS, as_file, export_lines
from ozg_tracker.tracking.exchange.import_status import StatusImport, import_status
from ozg_tracker.tracking.exchange.read_once import read_once
from ozg_tracker.tracking.pages import narrowing
from ozg_tracker.tracking.rows.rights import rights_in
from ozg_tracker.tracking.uploads import FILE, Kept, keep, kept, refuse_large, remove

SHOWN = 100
_PURPOSE = "status"

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
    lines = list(export_lines(narrowing.for_a_file(request, asked)))
    if (form := asked.get("form", "xlsx")) not in FORMS:
        raise Http404
    response = HttpResponse(as_file(lines, municipality_of(request), form), content_type=FORMS[form])
    name = f"leistungen-{timezone.localdate():%Y-%m-%d}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@members_only(Deed.READ_ROWS)
@require_http_methods(["GET", "HEAD", "POST"])
def exchange(request: MunicipalityRequest) -> HttpResponse:
    """Take a file or pasted cells and keep them for the preview; nothing is changed yet."""
    asked = narrowing.chosen(request)
    forms = {"file": StatusFileForm(), "paste": PasteForm()}
    if request.method == "POST":
        which = "paste" if "cells" in request.POST else "file"
        form = PasteForm(request.POST) if which == "paste" else StatusFileForm(request.POST, request.FILES)
        if form.is_valid():
            sent = form.cleaned_data["cells" if which == "paste" else "file"]
            token = keep(sent, _PURPOSE, request.user, municipality_of(request))
            return redirect(f"{reverse('preview_status')}?{urlencode({FILE: token})}")
        forms[which] = form
    context = {"forms": forms, "query": asked.urlencode(), "rows": narrowing.for_a_file(request, asked).count()}
    return render(request, "tracking/exchange.html", context, status=400 if request.method == "POST" else 200)


@members_only(Deed.READ_ROWS)
@require_safe
def preview(request: MunicipalityRequest) -> HttpResponse:
    """The same import without its last step."""
    return _import(request, dry_run=True)


@members_only(Deed.READ_ROWS)
@require_POST
def apply(request: MunicipalityRequest) -> HttpResponse:
    return _import(request, dry_run=False)


@members_only(Deed.READ_ROWS)
@require_POST
def discard(request: MunicipalityRequest) -> HttpResponseRedirect:
    if found := _kept(request):
        remove(found.path)
    messages.info(request, _("Verworfen. Gespeichert wurde nichts."))
    return redirect("services")


def _token(request: MunicipalityRequest) -> str:
    return (request.POST if request.method == "POST" else request.GET).get(FILE, "")


def _kept(request: MunicipalityRequest) -> Kept | None:
    """The file that this page is about, not the one of another tab."""
    return kept(_token(request), _PURPOSE, request.user, municipality_of(request))


def _import(request: MunicipalityRequest, *, dry_run: bool) -> HttpResponse:
    found = _kept(request)
    if found is None:
        messages.error(request, _("Die Datei ist nicht mehr da. Bitte laden Sie sie noch einmal hoch."))
        return redirect("exchange")
    outcome = import_status(
        found.path,
        municipality_of(request),
        dry_run=dry_run,
        skip_conflicts=dry_run or "skip_conflicts" in request.POST,
        by=request.user,
        rights=rights_in(municipality_of(request), request.user),
        reader=read_once,
    )
    if dry_run or outcome.refused:
        return _preview(request, found.path.name, outcome, tried=not dry_run)
    remove(found.path)
    _tell(request, outcome)
    return redirect(_address_of(outcome))


def _address_of(outcome: StatusImport) -> str:
    """The list of exactly the rows that were changed; the whole list where none was."""
    if not outcome.applied or outcome.recorded_at is None:
        return reverse("services")
    return reverse("services") + "?" + urlencode({"changed_at": f"{outcome.recorded_at.astimezone(UTC):%FT%T.%fZ}"})


def _tell(request: MunicipalityRequest, outcome: StatusImport) -> None:
    sentence = ngettext("%(number)d Zeile übernommen.", "%(number)d Zeilen übernommen.", outcome.applied)
    words = [sentence % {"number": outcome.applied}]
    if outcome.conflicts:
        left = ngettext(
            "%(n)d Konflikt blieb, wie gespeichert.", "%(n)d Konflikte blieben, wie gespeichert.", _n(outcome)
        )
        words.append(left % {"n": _n(outcome)})
    messages.success(request, " ".join(words))


def _n(outcome: StatusImport) -> int:
    return len(outcome.conflicts)


def _preview(request: MunicipalityRequest, name: str, outcome: StatusImport, *, tried: bool) -> HttpResponse:
    errors = [each for each in outcome.problems if each.severity == Severity.ERROR]
    warnings: Sequence[Any] = [each for each in outcome.problems if each.severity != Severity.ERROR]
    folded = fold(outcome.problems)
    context = {
        "name": name,
        "file": _token(request),
        "outcome": outcome,
        "errors": errors,
        "warnings": warnings,
        "problems": folded[:SHOWN],
        "more_problems": len(folded) - SHOWN,
        "unknown": list(outcome.unknown.values())[:SHOWN],
        "conflicts": outcome.conflicts[:SHOWN],
        "page": page_of(outcome.changed, SHOWN, request.GET),
        "tried": tried,
    }
    return render(request, "tracking/preview_status.html", context, status=400 if tried else 200)
