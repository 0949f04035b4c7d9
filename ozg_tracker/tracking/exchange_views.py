"""The way through a spreadsheet: take the filtered rows along, bring them back, look at what would happen, apply it."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.folding import fold
from catalog.importing.problems import Severity
from ozg_tracker.accounts.doorkeeper import members_only, town
from ozg_tracker.accounts.middleware import TownRequest
from ozg_tracker.tracking import grid
from ozg_tracker.tracking.exchange.exporting import as_csv, as_workbook, export_lines
from ozg_tracker.tracking.exchange.importing import StatusImport, import_status
from ozg_tracker.tracking.exchange_forms import PasteForm, StatusFileForm
from ozg_tracker.tracking.querysets import READERS
from ozg_tracker.tracking.rights import rights_in
from ozg_tracker.tracking.uploads import drop, keep, kept

SHOWN = 100
_PURPOSE = "status"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@members_only(*READERS)
@require_safe
def download(request: TownRequest) -> HttpResponse:
    """The filtered rows as a workbook that carries its base values, or (`?form=csv`) as CSV."""
    lines = list(export_lines(grid.filtered(request, grid.chosen(request))))
    csv = request.GET.get("form") == "csv"
    content = as_csv(lines) if csv else as_workbook(lines, town(request))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8" if csv else _XLSX)
    name = f"leistungen-{timezone.localdate():%Y-%m-%d}.{'csv' if csv else 'xlsx'}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@members_only(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def exchange(request: TownRequest) -> HttpResponse:
    """Take a file or pasted cells and keep them for the preview; nothing is changed yet."""
    forms = {"file": StatusFileForm(), "paste": PasteForm()}
    if request.method == "POST":
        which = "paste" if "cells" in request.POST else "file"
        form = PasteForm(request.POST) if which == "paste" else StatusFileForm(request.POST, request.FILES)
        if form.is_valid():
            keep(form.cleaned_data["cells" if which == "paste" else "file"], request.session, _PURPOSE)
            return redirect("preview_status")
        forms[which] = form
    context = {"forms": forms, "query": request.GET.urlencode(), "rows": _count(request)}
    return render(request, "tracking/exchange.html", context, status=400 if request.method == "POST" else 200)


@members_only(*READERS)
@require_safe
def preview(request: TownRequest) -> HttpResponse:
    """The same import without its last step."""
    return _import(request, dry_run=True)


@members_only(*READERS)
@require_POST
def apply(request: TownRequest) -> HttpResponse:
    return _import(request, dry_run=False)


@members_only(*READERS)
@require_POST
def discard(request: TownRequest) -> HttpResponseRedirect:
    drop(request.session, _PURPOSE)
    messages.info(request, _("Verworfen. Gespeichert wurde nichts."))
    return redirect("services")


def _import(request: TownRequest, *, dry_run: bool) -> HttpResponse:
    path = kept(request.session, _PURPOSE)
    if path is None:
        messages.error(request, _("Die Datei ist nicht mehr da. Bitte laden Sie sie noch einmal hoch."))
        return redirect("exchange")
    outcome = import_status(
        path,
        town(request),
        dry_run=dry_run,
        skip_conflicts=dry_run or "skip_conflicts" in request.POST,
        by=request.user,
        rights=rights_in(town(request), request.user),
    )
    if dry_run or outcome.refused:
        return _preview(request, path.name, outcome, tried=not dry_run)
    drop(request.session, _PURPOSE)
    _tell(request, outcome)
    return redirect(_address_of(outcome))


def _address_of(outcome: StatusImport) -> str:
    """The list of exactly the rows that were changed; the whole list where none was."""
    if not outcome.applied or outcome.recorded_at is None:
        return reverse("services")
    return reverse("services") + "?" + urlencode({"changed_at": f"{outcome.recorded_at.astimezone(UTC):%FT%T.%fZ}"})


def _tell(request: TownRequest, outcome: StatusImport) -> None:
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


def _preview(request: TownRequest, name: str, outcome: StatusImport, *, tried: bool) -> HttpResponse:
    errors = [each for each in outcome.problems if each.severity == Severity.ERROR]
    warnings: Sequence[Any] = [each for each in outcome.problems if each.severity != Severity.ERROR]
    folded = fold(outcome.problems)
    context = {
        "name": name,
        "outcome": outcome,
        "errors": errors,
        "warnings": warnings,
        "problems": folded[:SHOWN],
        "more_problems": len(folded) - SHOWN,
        "unknown": list(outcome.unknown.values())[:SHOWN],
        "conflicts": outcome.conflicts[:SHOWN],
        "page": Paginator(outcome.changed, SHOWN).get_page(request.GET.get("seite")),
        "tried": tried,
    }
    return render(request, "tracking/preview_status.html", context, status=400 if tried else 200)


def _count(request: TownRequest) -> int:
    return grid.filtered(request, grid.chosen(request)).count()
