"""The grid as a page: many rows at once, saved row by row, or new values for many rows; the same without scripts."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from catalog.models import Topic
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, Department
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import id_in, named_in
from ozg_tracker.api.query import PRINT
from ozg_tracker.tracking import saved_views
from ozg_tracker.tracking.filters import MunicipalServiceFilter
from ozg_tracker.tracking.models import MunicipalService, Responsibility
from ozg_tracker.tracking.pages import narrowing, orders
from ozg_tracker.tracking.pages.grid import many
from ozg_tracker.tracking.pages.grid.columns import Column, chosen_columns, heads, name_head, to_choose
from ozg_tracker.tracking.pages.grid.many import BulkForm, begun
from ozg_tracker.tracking.pages.grid.sent import drawn, line_of, posted
from ozg_tracker.tracking.pages.lines import Line, save_lines
from ozg_tracker.tracking.pages.row_forms import Choices
from ozg_tracker.tracking.rows.counting import STANDS
from ozg_tracker.tracking.rows.rights import rights_in

KEEP = "keep"  # says in an address that the columns it names are chosen for good


@members_only(Deed.READ_ROWS)
@require_http_methods(["GET", "HEAD", "POST"])
def services(request: MunicipalityRequest) -> HttpResponseBase:
    """Show the filtered rows; save what was entered in them, then the values for the rows selected."""
    asked = narrowing.chosen(request, PRINT, narrowing.COLUMNS, KEEP)  # what is asked wrongly is refused first
    if asked.pop(KEEP, None) and request.method != "POST":
        saved_views.keep_columns(request.user, [each.name for each in chosen_columns(asked.getlist(narrowing.COLUMNS))])
        return redirect(f"{reverse('services')}?{asked.urlencode()}")
    if request.method != "POST":
        return _print(request, asked) if asked.pop(PRINT, None) else _show(request)
    choices, rights = Choices(municipality_of(request)), rights_in(municipality_of(request), request.user)
    lines = posted(request, rights)
    save_lines(lines, request.POST, choices, by=request.user, rights=rights, effective_on=timezone.localdate())
    unsaved = [line for line in lines if line.outcome in ("error", "conflict")]
    bulk = many.form_of(request.POST, choices)
    _tell(request, lines, unsaved)
    if bulk.is_bound and not unsaved:
        answer = many.look_or_apply(request, bulk, lines, rights, choices)
        return answer or _show(request, lines or None, bulk, status=400)
    waiting = not bulk.is_bound and begun(request.POST)
    if waiting and not unsaved:
        messages.info(request, _("Die Sammeländerung ist noch nicht angewendet; sie steht unverändert da."))
    if unsaved or waiting:
        return _show(request, lines, bulk, status=400 if unsaved else 200)
    return redirect(request.get_full_path())


def _tell(request: MunicipalityRequest, lines: list[Line], unsaved: list[Line]) -> None:
    saved = [line for line in lines if line.outcome == "saved"]
    if saved:
        sentence = ngettext("%(number)d Zeile gespeichert.", "%(number)d Zeilen gespeichert.", len(saved))
        messages.success(request, sentence % {"number": len(saved)})
        many.remember(request, [(line.row.pk, line.row.version) for line in saved])
    if unsaved:
        sentence = ngettext(
            "%(number)d Zeile ist noch nicht gespeichert; sie steht markiert in der Tabelle.",
            "%(number)d Zeilen sind noch nicht gespeichert; sie stehen markiert in der Tabelle.",
            len(unsaved),
        )
        messages.error(request, sentence % {"number": len(unsaved)})
    elif not saved and request.POST.get("do") not in many.DEEDS and not begun(request.POST):
        messages.info(request, _("Es war nichts zu speichern: keine Zeile ist geändert."))


def _show(
    request: MunicipalityRequest, lines: list[Line] | None = None, bulk: BulkForm | None = None, status: int = 0
) -> HttpResponse:
    municipality = municipality_of(request)
    choices, rights = Choices(municipality), rights_in(municipality, request.user)
    data = narrowing.chosen(request, PRINT, narrowing.COLUMNS)
    columns = _columns(request, data)
    order = orders.order_named(data.get("ordering"))
    page = narrowing.page_in_order(narrowing.filtered(request, data), order, data.get("page"))
    shown = lines if lines is not None else [line_of(row, rights) for row in page.object_list]
    rows = drawn(shown, columns, choices, municipality, rights)
    filters = MunicipalServiceFilter(data, queryset=MunicipalService.objects.none(), request=request)
    context: dict[str, Any] = {
        "page": page,
        "lines": rows,
        "editable": any(line.may for line in shown),
        "bulk": bulk or BulkForm(choices),
        "all_found": request.POST.get("all_found", ""),
        "selected": request.POST.getlist("chosen"),
        "order": order,
        "filters": filters.form,
        "asked": narrowing.asked(filters.form, data),
        "topics": Topic.objects.values_list("pk", "name"),
        "columns": columns,
        "names": " ".join(column.name for column in columns),
        "name_head": name_head(order),
        "heads": heads(columns, order),
        "to_choose": to_choose(columns),
        "options": _options(columns, choices),
        **_views(request, data, columns),
        "kept": narrowing.kept(data),
        "in_force": narrowing.in_force(filters.form, data),
        "data": _without_columns(data),
        "query": data,
        "choices": choices,
        "now": timezone.localtime(),
        "made": many.shown_deed(request, data),
        **_around(request, data, page),
    }
    return render(request, "tracking/grid/services.html", context, status=status or (400 if lines is not None else 200))


def _columns(request: MunicipalityRequest, data: QueryDict) -> list[Column]:
    """Those that the address names; else those the person chose last."""
    return chosen_columns(data.getlist(narrowing.COLUMNS) or saved_views.columns_of(request.user))


def _views(request: MunicipalityRequest, data: QueryDict, columns: list[Column]) -> dict[str, Any]:
    """The views kept by name, those that everybody needs, and the address of the one that is shown."""
    mine = {"owner": request.user.get_username()}
    ready = [
        (_("Meine Leistungen"), urlencode(mine)),
        (_("Meine überfälligen"), urlencode(mine | {"plan_passed": "true"})),
        (_("Ohne zuständige Person"), urlencode({"responsibility": Responsibility.MUNICIPALITY, "owner": "none"})),
    ]
    whole = data.copy()
    whole.pop("page", None)
    whole.setlist(narrowing.COLUMNS, [column.name for column in columns])
    return {
        "views": saved_views.views_of(request.user, municipality_of(request)),
        "ready_views": ready,
        "here": whole.urlencode(),
        "here_address": request.build_absolute_uri(f"{reverse('services')}?{whole.urlencode()}"),
    }


@members_only(Deed.READ_ROWS)
@require_POST
def save_view(request: MunicipalityRequest) -> HttpResponseBase:
    """Keep what the address asks for under the name sent, or forget the view that `drop` names."""
    query = narrowing.chosen(request, narrowing.COLUMNS).urlencode()
    if drop := request.POST.get("drop"):
        view = get_object_or_404(saved_views.views_of(request.user, municipality_of(request)), pk=id_in(drop))
        view.delete()
        messages.success(request, _("Ansicht „%(name)s“ gelöscht.") % {"name": view.name})
    else:
        try:
            view = saved_views.keep_view(request.user, municipality_of(request), request.POST.get("name", ""), query)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, _("Ansicht „%(name)s“ gespeichert.") % {"name": view.name})
    return redirect(f"{reverse('services')}?{query}")


def _without_columns(data: QueryDict) -> QueryDict:
    """What the address asks for, without what only the grid understands: for files, which have columns of their own."""
    copy = data.copy()
    copy.pop(narrowing.COLUMNS, None)
    return copy


def _options(columns: list[Column], choices: Choices) -> dict[str, list[tuple[str, str]]]:
    """What to choose from in each column, for the scripts."""
    return {
        column.field: [(value, str(words)) for value, words in choices.of(column.field)]
        for column in columns
        if column.kind == "choice"
    }


def _print(request: MunicipalityRequest, asked: QueryDict) -> HttpResponse:
    """All rows of the filter as a plain table, for paper."""
    asked = _without_columns(asked)
    order = orders.order_named(asked.get("ordering"))
    filters = MunicipalServiceFilter(asked, queryset=MunicipalService.objects.none(), request=request)
    rows = narrowing.for_a_file(request, asked).select_related("service", "level").order_by(*order.by)
    context = {
        "rows": rows,
        "order": order,
        "heads": orders.heads(order),
        "query": asked,
        "asked": narrowing.asked(filters.form, asked),
    }
    return render(request, "tracking/grid/services_print.html", context)


def _around(request: MunicipalityRequest, data: QueryDict, page: "Page[MunicipalService]") -> dict[str, Any]:
    """Chips and counts beside the rows, or the way out where there are none."""
    department = data.get("department", "")
    found = {
        "chips": narrowing.chips(request, data, municipality_of(request)),
        "passed": narrowing.passed_chip(request, data),
        "awaiting": narrowing.awaiting_chip(request, data, municipality_of(request)),
        "total": narrowing.municipality_rows(request).filter(STANDS).count(),
        "scope": _department(request, department),
    }
    if not page.paginator.count:
        found["ways_out"] = narrowing.ways_out(request, data)
    return found


def _department(request: MunicipalityRequest, pk: str) -> Department | None:
    return named_in(Department.objects.filter(municipality=request.municipality), pk)
