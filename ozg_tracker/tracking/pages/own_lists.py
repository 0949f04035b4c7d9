"""A municipality's own list: bring it, say what its columns mean, decide its rows by one key each, take it over."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from catalog.importing.folding import fold
from catalog.importing.problems import Refused
from catalog.models import Service, Situation
from catalog.reading.search import matching
from ozg_tracker.accounts.doorkeeper import members_only, membership_of, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import id_in, ids_in
from ozg_tracker.api.query import PAGED, page_of, read_query
from ozg_tracker.tracking.exchange.likeness import RATHER, VERY
from ozg_tracker.tracking.exchange.own_lists import (
    MEANINGS,
    SUGGESTED,
    Brought,
    bring_lists,
    cells_of,
    choose_heads,
    columns_of,
    decide_row,
    map_columns,
    undo_last,
)
from ozg_tracker.tracking.exchange.words import COLUMNS
from ozg_tracker.tracking.list_forms import ListForm
from ozg_tracker.tracking.models import OwnList, OwnListRow
from ozg_tracker.tracking.own_lists import take_over_list

SHOWN = 50
Outcome = OwnListRow.Outcome
_OUTCOMES = {"E": Outcome.OWN, "L": Outcome.KEPT}


class MappingForm(forms.Form):
    """Where own services go; the columns are read beside it, for each list has its own."""

    head_row = forms.IntegerField(
        label=gettext_lazy("Die Überschriften stehen in Zeile"),
        min_value=1,
        max_value=2_000_000,
        widget=forms.NumberInput({"class": "ozg-in"}),
    )
    situation = forms.ModelChoiceField(
        Situation.objects.select_related("topic").order_by("topic__name", "name"),
        label=gettext_lazy("Lage, zu der eigene Leistungen gehören"),
        required=False,
        empty_label=gettext_lazy("keine: es wird keine eigene Leistung angelegt"),
        widget=forms.Select({"class": "ozg-in"}),
    )
    bundle_name = forms.CharField(
        label=gettext_lazy("Eigenes Bündel dafür"),
        required=False,
        max_length=500,
        widget=forms.TextInput({"class": "ozg-in"}),
    )


class Candidate(NamedTuple):
    """A service that a row may mean, with the key that chooses it; `percent` 0: not by its name."""

    key: int
    service: Service
    percent: int
    word: str


@members_only(Deed.KEEP_OWN_SERVICES)
@require_http_methods(["GET", "HEAD", "POST"])
def own_lists(request: MunicipalityRequest) -> HttpResponse:
    """The lists that are there, and a place to bring one."""
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if form.is_bound and form.is_valid():
        sent = form.sent()
        try:
            brought = bring_lists(municipality_of(request), sent, sent.name or "", by=request.user)
            _tell_sheets(request, brought)
            return redirect("map_own_list", brought.lists[0].pk)
        except Refused as refused:
            form.add_error("file" if form.cleaned_data.get("file") else "text", fold([refused.problem])[0].sentence())
    below = Q(rows__number__gt=F("head_row"))
    lists = _lists(request).annotate(all=Count("rows", below), open=Count("rows", below & Q(rows__outcome="open")))
    context = {"form": form, "lists": lists.select_related("by")}
    return render(request, "tracking/exchange/own_lists.html", context, status=400 if form.errors else 200)


def _tell_sheets(request: MunicipalityRequest, brought: Brought) -> None:
    if len(brought.lists) > 1:
        sentence = _(
            "Die Mappe hat %(n)d gefüllte Blätter; jedes ist eine Liste für sich (unter „Eigene Liste zuordnen“). Was "
            "Sie davon nicht brauchen, verwerfen Sie."
        )
        messages.info(request, sentence % {"n": len(brought.lists)})
    for sentence in brought.left_out:
        messages.warning(request, sentence)


@members_only(Deed.KEEP_OWN_SERVICES)
@require_http_methods(["GET", "HEAD", "POST"])
def map_list(request: MunicipalityRequest, pk: int) -> HttpResponseBase:
    """Say what each column means, with samples beside it."""
    own_list = get_object_or_404(_lists(request), pk=pk)
    initial = {
        "head_row": own_list.head_row,
        "situation": own_list.situation_id,
        "bundle_name": own_list.bundle_name or _("Eigene Leistungen"),
    }
    form = MappingForm(request.POST) if request.method == "POST" else MappingForm(initial=initial)
    if form.is_bound and form.is_valid():
        try:
            if form.cleaned_data["head_row"] != own_list.head_row:
                choose_heads(own_list, form.cleaned_data["head_row"])
                return redirect("map_own_list", own_list.pk)
            said = {column.place: request.POST.get(f"column-{column.place}", "") for column in columns_of(own_list)}
            where = {name: form.cleaned_data[name] for name in ("situation", "bundle_name")}
            map_columns(own_list, said, **where)
            return redirect("own_list", own_list.pk)
        except ValidationError as error:
            form.add_error(None, error.messages)
    sent = {f"column-{n}": request.POST.get(f"column-{n}", "") for n in range(200)} if form.is_bound else {}
    columns = [each._replace(meaning=sent.get(f"column-{each.place}", each.meaning)) for each in columns_of(own_list)]
    context = {
        "own_list": own_list,
        "form": form,
        "columns": columns,
        "meanings": [(code, COLUMNS[code]) for code in MEANINGS],
    }
    return render(request, "tracking/exchange/map_own_list.html", context, status=400 if form.errors else 200)


@members_only(Deed.KEEP_OWN_SERVICES)
@require_http_methods(["GET", "HEAD", "POST"])
def own_list(request: MunicipalityRequest, pk: int) -> HttpResponseBase:
    """One row to decide after the other, then the way on to the merge."""
    found = get_object_or_404(_lists(request).select_related("municipality", "situation"), pk=pk)
    if not found.mapped:
        return redirect("map_own_list", found.pk)
    if request.method != "POST":
        return _show(request, found)
    try:
        return _do(request, found)
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
        return _show(request, found, status=400)


def _do(request: MunicipalityRequest, found: OwnList) -> HttpResponseBase:
    do, data = request.POST.get("do", ""), request.POST
    if do == "drop":
        found.delete()
        messages.info(request, _("Die Liste ist verworfen. Was daraus übernommen wurde, bleibt."))
        return redirect("own_lists")
    if do == "take":
        return _take(request, found)
    if do == "sure":
        _confirm(found, ids_in(data.getlist("sure")))
    elif do == "Z":
        if undo_last(found) is None:
            messages.info(request, _("Hier ist nichts zurückzunehmen."))
    else:
        row = get_object_or_404(OwnListRow.objects.of(found), pk=id_in(data.get("row")) or 0)
        chosen = ids_in(data.getlist("several")) if do == "M" else ids_in([do])
        decide_row(found, row, _OUTCOMES.get(do, Outcome.FOUND), chosen)
    return redirect("own_list", found.pk)


def _confirm(found: OwnList, rows: list[int]) -> None:
    """Each of the rows means the service whose name is the likest."""
    for row in OwnListRow.objects.of(found).filter(pk__in=rows, outcome=Outcome.OPEN, taken=False):
        if row.alike:
            decide_row(found, row, Outcome.FOUND, [row.alike[0][0]])


def _take(request: MunicipalityRequest, found: OwnList) -> HttpResponseBase:
    taken = take_over_list(found, by=request.user, ours="ours" in request.POST)
    if taken.own:
        sentence = ngettext(
            "%(n)d eigene Leistung ist aufgenommen.", "%(n)d eigene Leistungen sind aufgenommen.", taken.own
        )
        messages.success(request, sentence % {"n": taken.own})
    for number, why in taken.refused.items():
        messages.error(request, _("Zeile %(row)d bleibt in der Liste: %(why)s") % {"row": number, "why": why})
    return redirect("merge", taken.merge.pk) if taken.merge else redirect("own_list", found.pk)


def _show(request: MunicipalityRequest, found: OwnList, status: int = 200) -> HttpResponse:
    asked = read_query(request.GET, ("row", "q", *PAGED))
    rows = OwnListRow.objects.of(found)
    open_rows = rows.filter(outcome=Outcome.OPEN)
    wanted = id_in(asked.get("row"))
    now = (rows.filter(pk=wanted, taken=False).first() if wanted else None) or open_rows.first()
    page = page_of(open_rows, SHOWN, asked)
    counts = dict(rows.order_by().values_list("outcome").annotate(Count("pk")))
    total = sum(counts.values())
    names = _named({pk for row in page for pk, _percent in row.alike[:1]})
    context: dict[str, Any] = {
        "own_list": found,
        "now": now,
        "said": cells_of(now, found) if now else {},
        "cells": [(head, text) for head, text in zip(found.heads, now.cells, strict=False) if text] if now else [],
        "candidates": _candidates(now, asked.get("q", "")) if now else [],
        "q": asked.get("q", ""),
        "counts": {str(code): counts.get(code, 0) for code in Outcome.values},
        "total": total,
        "decided": total - counts.get(Outcome.OPEN, 0),
        "open": counts.get(Outcome.OPEN, 0),
        "ready": rows.filter(taken=False, outcome__in=(Outcome.FOUND, Outcome.OWN)).count(),
        "taken": rows.filter(taken=True).count(),
        "page": page,
        "rows": [_row(row, found, names) for row in page],
        "kept": rows.filter(outcome=Outcome.KEPT)[:SHOWN],
    }
    return render(request, "tracking/exchange/own_list.html", context, status=status)


def _row(row: OwnListRow, found: OwnList, names: dict[int, Service]) -> dict[str, Any]:
    best, percent = row.alike[0] if row.alike else (0, 0)
    said = cells_of(row, found)
    return {
        "row": row,
        "name": said.get("name") or said.get("key") or "–",
        "best": names.get(best),
        "percent": percent,
        "word": _word(percent),
        "sure": percent >= VERY,
    }


def _candidates(row: OwnListRow, text: str) -> list[Candidate]:
    """The services that the row may mean, or those that the words find."""
    if text:
        current = Service.objects.filter(official=True, countable=True, retired_on=None)
        found = list(matching(current, text).order_by("name", "pk")[: 2 * SUGGESTED - 1])
        return [Candidate(key, service, 0, "") for key, service in enumerate(found, 1)]
    names = _named({pk for pk, _percent in row.alike})
    known = [(names[pk], percent) for pk, percent in row.alike if pk in names]
    return [Candidate(key, service, percent, _word(percent)) for key, (service, percent) in enumerate(known, 1)]


def _named(ids: Iterable[int]) -> dict[int, Service]:
    return Service.objects.in_bulk(list(ids))


def _word(percent: int) -> str:
    if percent >= VERY:
        return _("sehr ähnlich")
    return _("ähnlich") if percent >= RATHER else _("wenig ähnlich") if percent else ""


def _lists(request: MunicipalityRequest) -> Any:
    return OwnList.objects.open_to(membership_of(request))
