"""What the grid's scripts send while one works in it: cells entered, a block pasted, a deed taken back."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.tracking.models import StatusChange
from ozg_tracker.tracking.pages import narrowing, orders
from ozg_tracker.tracking.pages.grid.columns import chosen_columns
from ozg_tracker.tracking.pages.grid.many import remember
from ozg_tracker.tracking.pages.grid.pasting import block_of, lay_over, left_by_saving, put_by
from ozg_tracker.tracking.pages.grid.sent import deed_sent, drawn, made_text, posted
from ozg_tracker.tracking.pages.lines import Line, save_lines
from ozg_tracker.tracking.pages.row_forms import FIRST_FIELDS, Choices
from ozg_tracker.tracking.rows.merging import values_of
from ozg_tracker.tracking.rows.rights import Rights, rights_in
from ozg_tracker.tracking.rows.storyline import FIELDS, label_of, steps_between
from ozg_tracker.tracking.rows.taking_back import Made, take_back

MOST_TOLD = 100  # cells not taken from one paste


@members_only(Deed.READ_ROWS)
@require_POST
def save_cells(request: MunicipalityRequest) -> JsonResponse:
    """Save what was entered in the cells of some lines, each line for itself; answers with the lines as they stand.

    A line sends its version and the fields that were entered; what is not sent stays as it is. `reason`: for all lines
    that have none of their own.
    """
    rights, choices = rights_in(municipality_of(request), request.user), Choices(municipality_of(request))
    lines, data = posted(request, rights), request.POST.copy()
    for line in lines:
        data.setdefault(f"{line.prefix}-reason", data.get("reason", ""))
    save_lines(lines, data, choices, by=request.user, rights=rights, effective_on=timezone.localdate())
    return _answer(request, lines, choices, rights)


@members_only(Deed.READ_ROWS)
@require_POST
def paste_cells(request: MunicipalityRequest) -> JsonResponse:
    """Take cells pasted at `field` of the first line sent, as they stand on the clipboard; save the lines they fill.

    `columns`: the fields as they stand side by side, "" for a column that is only shown. Answers with the lines as
    they stand now and with the list of what was not taken, both as HTML; what can be mended waits as a merge.
    """
    rights = rights_in(municipality_of(request), request.user)
    choices, lines, field = Choices(municipality_of(request)), posted(request, rights), request.POST.get("field", "")
    fields = request.POST.getlist("columns") or list(FIRST_FIELDS)
    if not lines or field not in fields:
        return JsonResponse({}, status=400)
    block = block_of(request.POST.get("text", ""))
    beside = fields[fields.index(field) :]
    data, left, mendable = lay_over(block, beside, lines, request.POST, municipality_of(request), choices)
    ready = [line for line in lines if not line.left]
    save_lines(ready, data, choices, by=request.user, rights=rights, effective_on=timezone.localdate())
    left += left_by_saving(ready)
    told: dict[str, Any] = {"left": left[:MOST_TOLD], "more": len(left) - MOST_TOLD}
    told["merge"] = put_by(municipality_of(request), mendable, request.user)
    told["saved"] = sum(line.outcome == "saved" for line in ready)
    return _answer(request, lines, choices, rights, told=render_to_string("tracking/grid/pasted.html", told, request))


@members_only(Deed.READ_ROWS)
@require_POST
def undo_cells(request: MunicipalityRequest) -> HttpResponseBase:
    """Take back the deed that the form names, by counter-events; what was taken back can be made again the same way.

    A script gets the lines it sent as they stand now; a form is led back to where it stands.
    """
    rights, choices = rights_in(municipality_of(request), request.user), Choices(municipality_of(request))
    script = request.headers.get("Accept") == "application/json"
    try:
        deed, said = deed_sent(request)
        events = take_back(municipality_of(request), deed, by=request.user, rights=rights, said=said)
    except (ValidationError, PermissionDenied) as error:
        why = error.messages[0] if isinstance(error, ValidationError) else str(error)
        if script:
            return JsonResponse({"why": why}, status=409)
        messages.error(request, why)
        return _back(request)
    made = [(event.row_id, event.version) for event in events]
    remember(request, made)
    words = [_undone(request, deed, events)] if made else []
    if said:
        sentence = ngettext("%(n)d Bestätigung zurückgenommen.", "%(n)d Bestätigungen zurückgenommen.", len(said))
        words.append(sentence % {"n": len(said)})
    told = " ".join(words)
    if not script:
        messages.success(request, told)
        return _back(request)
    lines = posted(request, rights)
    by_row = {event.row_id: event for event in events}
    for line in lines:
        if line.row.pk in by_row:
            line.outcome = "saved"
    return _answer(request, lines, choices, rights, told=told, made=made)


@members_only(Deed.READ_ROWS)
@require_GET
def find_rows(request: MunicipalityRequest) -> JsonResponse:
    """The ids of the rows that the address finds, in its order, for the search while one types."""
    asked = narrowing.chosen(request, narrowing.COLUMNS)
    ordered = narrowing.filtered(request, asked).order_by(*orders.order_named(asked.get("ordering")).by)
    return JsonResponse({"rows": list(ordered.values_list("pk", flat=True))})


def _answer(
    request: MunicipalityRequest, lines: list[Line], choices: Choices, rights: Rights, **more: Any
) -> JsonResponse:
    saved = [(line.row.pk, line.row.version) for line in lines if line.outcome == "saved"]
    columns = chosen_columns(request.POST.getlist("names"))
    context = {"choices": choices, "now": timezone.localtime(), "columns": columns}
    rows = drawn(lines, columns, choices, municipality_of(request), rights)
    html = "".join(render_to_string("tracking/grid/line.html", context | each._asdict(), request) for each in rows)
    made = more.pop("made", saved)
    return JsonResponse({"lines": html, "made": made_text(made), **more})


def _undone(request: MunicipalityRequest, made: Made, events: Sequence[StatusChange]) -> str:
    """That `made` was taken back, or made `again`: of one service what stands now, of several in which fields."""
    if request.POST.get("again"):
        sentence = ngettext("%(number)d Änderung wiederholt.", "%(number)d Änderungen wiederholt.", len(events))
    else:
        sentence = ngettext("%(number)d Änderung zurückgenommen.", "%(number)d Änderungen zurückgenommen.", len(events))
    words = [sentence % {"number": len(events)}]
    deed, rows = set(made), {event.row_id for event in events}
    stood = StatusChange.objects.filter(municipality=municipality_of(request), row__in=rows)
    known = {(each.row_id, each.effective_on): each for each in stood if (each.row_id, each.version) in deed}
    both = [(known[event.row_id, event.effective_on], event) for event in events]
    if len(both) == 1:
        steps = ", ".join(f"{step.label} „{step.after}“" for step in steps_between(*both[0]))
        words.append(f"{events[0].row}: {steps}.")
    else:
        pairs = [(values_of(before), values_of(after)) for before, after in both]
        words.append(
            ", ".join(label_of(name) for name in FIELDS if any(old[name] != new[name] for old, new in pairs)) + "."
        )
    return " ".join(words)


def _back(request: MunicipalityRequest) -> HttpResponse:
    """To the list or journal that the form stood in, as it was filtered; to the list where the form does not say."""
    at, services = request.POST.get("back", ""), reverse("services")
    return HttpResponseRedirect(at if at.partition("?")[0] in (services, reverse("row_journal")) else services)
