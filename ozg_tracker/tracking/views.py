"""The grid: many rows at once, saved row by row, or one value for many rows."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from catalog.models import Topic
from ozg_tracker.accounts.doorkeeper import members_only, town
from ozg_tracker.accounts.middleware import TownRequest
from ozg_tracker.accounts.models import Department
from ozg_tracker.tracking import grid
from ozg_tracker.tracking.bulk import apply_bulk
from ozg_tracker.tracking.filters import MunicipalServiceFilter
from ozg_tracker.tracking.forms import BulkForm, Choices
from ozg_tracker.tracking.lines import Line, cells, save_lines
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.querysets import READERS
from ozg_tracker.tracking.rights import Rights, rights_in

HIDDEN = ("level", "plan_passed", "overdue", "owner", "bundle", "deadline", "retired", "changed_at", "ordnung")
MOST_ROWS = 200  # a page holds 60; more in one form is not ours


@members_only(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def services(request: TownRequest) -> HttpResponseBase:
    """Show a page of the filtered rows; save what was entered in them, then the value for the rows selected."""
    if request.method != "POST":
        return _show(request)
    choices, rights = Choices(town(request)), rights_in(town(request), request.user)
    lines = _posted(request, rights)
    save_lines(lines, request.POST, choices, by=request.user, rights=rights, effective_on=timezone.localdate())
    unsaved = [line for line in lines if line.outcome in ("error", "conflict")]
    bulk = BulkForm(choices, request.POST if request.POST.get("do") == "bulk" else None)
    _tell(request, lines, unsaved)
    if bulk.is_bound and not unsaved and not _bulk(request, bulk, lines, rights):
        return _show(request, lines, bulk)
    return _show(request, lines, bulk) if unsaved else redirect(request.get_full_path())


@members_only(*READERS)
@require_POST
def save_row(request: TownRequest, pk: int) -> HttpResponse:
    """Save one line as the grid sends it when it is left; answers with the line as it stands now."""
    rows = grid.town_rows(request).select_related("service", "level")
    rights = rights_in(town(request), request.user)
    line = _line(get_object_or_404(rows, pk=pk), rights)
    choices = Choices(town(request))
    save_lines([line], request.POST, choices, by=request.user, rights=rights, effective_on=timezone.localdate())
    line.may = rights.fields(line.row)
    shown = {"line": line, "cells": cells(line, choices), "choices": choices, "now": timezone.localtime()}
    return render(request, "tracking/line.html", shown)


def _posted(request: TownRequest, rights: Rights) -> list[Line]:
    """The rows that the form speaks of, in its order; what the person may not see is not there."""
    ids = [int(each) for each in request.POST.getlist("zeile")[:MOST_ROWS] if each.isascii() and each.isdigit()]
    found = grid.town_rows(request).select_related("service", "level").in_bulk(ids)
    return [_line(found[pk], rights) for pk in dict.fromkeys(ids) if pk in found]


def _line(row: MunicipalService, rights: Rights) -> Line:
    return Line(row, rights.fields(row))


def _bulk(request: TownRequest, form: BulkForm, lines: list[Line], rights: Rights) -> bool:
    """Apply the bulk bar to the rows selected, all or none; on a refusal the form says why."""
    selected = set(request.POST.getlist("auswahl"))
    rows = [line.row for line in lines if str(line.row.pk) in selected]
    if not form.is_valid():
        return False
    try:
        number = apply_bulk(
            town(request),
            rows,
            form.changes(),
            by=request.user,
            rights=rights,
            reason=form.cleaned_data["bulk_reason"],
            effective_on=form.cleaned_data["bulk_effective_on"] or timezone.localdate(),
            seen=_seen(request.POST, lines),
        )
    except ValidationError as error:
        form.add_error(None, ValidationError(error.messages))
        return False
    except PermissionDenied as error:
        form.add_error(None, str(error))
        return False
    sentence = ngettext("%(number)d Leistung geändert.", "%(number)d Leistungen geändert.", number)
    messages.success(request, sentence % {"number": number})
    return True


def _seen(data: QueryDict, lines: list[Line]) -> dict[int, int]:
    """By row: the version that the page showed, or the one that this very request has just made."""
    posted = {line.row.pk: data.get(f"{line.prefix}-version", "") for line in lines if line.outcome != "saved"}
    return {line.row.pk: line.row.version for line in lines} | {
        pk: int(text) for pk, text in posted.items() if text.isascii() and text.isdigit() and len(text) < 10
    }


def _tell(request: TownRequest, lines: list[Line], unsaved: list[Line]) -> None:
    saved = sum(line.outcome == "saved" for line in lines)
    if saved:
        sentence = ngettext("%(number)d Zeile gespeichert.", "%(number)d Zeilen gespeichert.", saved)
        messages.success(request, sentence % {"number": saved})
    if unsaved:
        sentence = ngettext(
            "%(number)d Zeile ist noch nicht gespeichert; sie steht markiert in der Tabelle.",
            "%(number)d Zeilen sind noch nicht gespeichert; sie stehen markiert in der Tabelle.",
            len(unsaved),
        )
        messages.error(request, sentence % {"number": len(unsaved)})
    elif not saved and request.POST.get("do") != "bulk":
        messages.info(request, _("Es war nichts zu speichern: keine Zeile ist geändert."))


def _show(request: TownRequest, lines: list[Line] | None = None, bulk: BulkForm | None = None) -> HttpResponse:
    municipality = town(request)
    choices, rights = Choices(municipality), rights_in(municipality, request.user)
    data = grid.chosen(request)
    order = data.get("ordnung", "schluessel")
    page = grid.page_of(grid.filtered(request, data), order, data.get("seite"))
    shown = lines if lines is not None else [_line(row, rights) for row in page.object_list]
    for line in shown:
        line.may = rights.fields(line.row)
    filters = MunicipalServiceFilter(data, queryset=MunicipalService.objects.none(), request=request)
    context: dict[str, Any] = {
        "page": page,
        "lines": [(line, cells(line, choices)) for line in shown],
        "editable": any(line.may for line in shown),
        "bulk": bulk if bulk and bulk.is_bound else BulkForm(choices),
        "selected": request.POST.getlist("auswahl"),
        "order": order if order in grid.ORDERS else "schluessel",
        "order_words": grid.ORDERS.get(order, grid.ORDERS["schluessel"])[0],
        "filters": filters.form,
        "asked": grid.asked(filters.form, data),
        "topics": Topic.objects.values_list("pk", "name"),
        "columns": grid.COLUMNS,
        "kept": [(name, value) for name in HIDDEN for value in data.getlist(name) if value],
        "more_chips": grid.more_chips(filters.form, data),
        "data": data,
        "choices": choices,
        "now": timezone.localtime(),
        **_around(request, data, page),
    }
    return render(request, "tracking/services.html", context, status=400 if lines is not None else 200)


def _around(request: TownRequest, data: QueryDict, page: "Page[MunicipalService]") -> dict[str, Any]:
    """Chips and counts beside the rows, or the way out where there are none."""
    department = data.get("department", "")
    found = {
        "chips": grid.chips(request, data, town(request)),
        "passed": grid.passed_chip(request, data),
        "total": grid.town_rows(request).filter(service__retired_on=None).count(),
        "scope": _department(request, department),
    }
    if not page.paginator.count:
        found["ways_out"] = grid.ways_out(request, data)
    return found


def _department(request: TownRequest, pk: str) -> Department | None:
    if not (pk.isascii() and pk.isdigit()):
        return None
    return Department.objects.filter(municipality=request.municipality, pk=pk).first()
