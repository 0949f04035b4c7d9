"""The merge as a page: what is good, what is to be decided, what to be mended, and what waits."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from catalog.importing.folding import fold
from catalog.importing.problems import Severity
from catalog.models import LONGEST_TEXT
from ozg_tracker.accounts.doorkeeper import members_only, membership_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import PAGED, page_of, read_query
from ozg_tracker.tracking.exchange.export_status import words_offered
from ozg_tracker.tracking.exchange.finding import SERVICE
from ozg_tracker.tracking.exchange.likeness import services_like
from ozg_tracker.tracking.exchange.merge_lines import NAMING, StatusImport, Wrong
from ozg_tracker.tracking.exchange.merges import (
    PICKS,
    Cell,
    Decisions,
    decide,
    drop,
    every_open_cell,
    look_at,
    take_over,
)
from ozg_tracker.tracking.exchange.words import COLUMNS
from ozg_tracker.tracking.findings.telling import after_an_import
from ozg_tracker.tracking.models import Merge
from ozg_tracker.tracking.pages.grid.many import remember
from ozg_tracker.tracking.rows.rights import rights_in

SHOWN = 100
_FIELD = re.compile(r"(pick|mend|drop|same)-([0-9]{1,9})-([a-z_]{1,20})")
_TOGETHER = {"done_needs_level": ("state", "level")}  # what one refusal can be mended by
_NOT_MENDED = ("not_allowed", "mixed_row")


class Mend(NamedTuple):
    """A field that mends a cell: its name in the form, its column, and what to choose from (none: free text)."""

    name: str
    column: str
    title: str
    options: Sequence[object]


class ToMend(NamedTuple):
    """Cells that cannot be taken: `wrong` is the first of them, `rows` are the lines of all of them."""

    wrong: Wrong
    rows: list[int]
    fields: list[Mend]
    everywhere: str
    name: str


@members_only(Deed.READ_ROWS)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: MunicipalityRequest, pk: int) -> HttpResponseBase:
    """Show what the lines would do; write decisions down, take over what is good, or throw it away."""
    waiting = Merge.objects.open_to(membership_of(request))
    if request.method == "POST" and not Merge.objects.filter(pk=pk).exists():  # another tab, or somebody else
        messages.info(request, _("Diesen Abgleich gibt es nicht mehr: Er ist zu Ende gebracht oder verworfen."))
        return redirect("exchange")
    found = get_object_or_404(waiting.select_related("municipality", "by"), pk=pk)
    do = request.POST.get("do", "")
    if request.method != "POST":
        return _show(request, found)
    if do == "drop":
        drop(found)
        messages.info(request, _("Verworfen. Gespeichert wurde davon nichts."))
        return redirect("exchange")
    try:
        decide(found, _decisions(request, found, do))
        return _take(request, found) if do == "take" and found.rows else _kept(request, found)
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
        return _show(request, found, status=400)


def _kept(request: MunicipalityRequest, found: Merge) -> HttpResponse:
    if not found.rows:
        messages.info(request, _("Keine Zeile ist übrig; der Abgleich ist zu Ende."))
        return redirect("exchange")
    messages.success(request, _("Gemerkt. Übernommen ist noch nichts."))
    return redirect("merge", found.pk)


def _take(request: MunicipalityRequest, found: Merge) -> HttpResponse:
    reason = request.POST.get("reason", "").strip()[: LONGEST_TEXT + 1]
    taken = take_over(found, by=request.user, rights=rights_in(found.municipality, request.user), reason=reason)
    if taken.made or taken.said:
        remember(request, taken.made, taken.said)
    sentence = ngettext("%(number)d Zeile übernommen.", "%(number)d Zeilen übernommen.", taken.applied)
    words = [sentence % {"number": taken.applied}]
    if taken.confirmed:
        said = ngettext("%(number)d Leistung bestätigt.", "%(number)d Leistungen bestätigt.", taken.confirmed)
        words.append(said % {"number": taken.confirmed})
    if taken.waiting:
        left = ngettext("%(number)d Zeile wartet hier.", "%(number)d Zeilen warten hier.", len(taken.waiting))
        words.append(left % {"number": len(taken.waiting)})
    messages.success(request, " ".join(words))
    if left := after_an_import(found.municipality):
        messages.info(request, left)
    return redirect(reverse("merge", args=[found.pk]) if taken.waiting else _address_of(taken))


def _address_of(taken: StatusImport) -> str:
    """The list of exactly the rows that were changed; the whole list where none was."""
    if not taken.applied or taken.recorded_at is None:
        return reverse("services")
    return reverse("services") + "?" + urlencode({"changed_at": f"{taken.recorded_at.astimezone(UTC):%FT%T.%fZ}"})


def _decisions(request: MunicipalityRequest, found: Merge, do: str) -> Decisions:
    """What the form says; "all_mine" and "all_stored" speak for every cell that is open."""
    data = request.POST
    picks: dict[Cell, tuple[str, str]] = {}
    mended: dict[Cell, str] = {}
    dropped: set[int] = set()
    everywhere: dict[int, str] = {}
    for name in data:
        if not (field := _FIELD.fullmatch(name)):
            continue
        what, at, column = field[1], int(field[2]), field[3]
        if what == "pick":
            picks[at, column] = data[name], data.get(f"against-{at}-{column}", "")
        elif what == "mend":
            mended[at, column] = data[name].strip()
        elif what == "same":
            everywhere[at] = column
        else:
            dropped.add(at)
    if (pick := do.removeprefix("all_")) in PICKS:
        seen = look_at(found, by=request.user, rights=rights_in(found.municipality, request.user))
        picks |= every_open_cell(seen, pick)
    return Decisions(picks, mended, everywhere, dropped)


def _show(request: MunicipalityRequest, found: Merge, status: int = 200) -> HttpResponse:
    asked = read_query(request.GET, PAGED)
    seen = look_at(found, by=request.user, rights=rights_in(found.municipality, request.user))
    warnings = fold([each for each in seen.problems if each.severity != Severity.ERROR])
    to_mend = _to_mend(found, seen)
    context: dict[str, Any] = {
        "merge": found,
        "seen": seen,
        "sides": [(side, seen.last.get(side.row_id), COLUMNS[side.column]) for side in seen.sides[:SHOWN]],
        "more_sides": len(seen.sides) - SHOWN,
        "decided": sum(bool(side.pick) for side in seen.sides),
        "deciding": len({side.line.at for side in seen.sides if not side.pick}),
        "to_mend": to_mend[:SHOWN],
        "more_to_mend": len(to_mend) - SHOWN,
        "mending": len({wrong.line.at for wrong in seen.wrong}),
        "warnings": warnings[:SHOWN],
        "more_warnings": len(warnings) - SHOWN,
        "page": page_of(seen.changed, SHOWN, asked),
        "others": Merge.objects.open_to(membership_of(request)).in_short().exclude(pk=found.pk),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "tracking/exchange/merge.html", context, status=status)


def _to_mend(found: Merge, seen: StatusImport) -> list[ToMend]:
    """The cells to be mended; words that mean nothing, and services that nobody knows, once each."""
    offered = words_offered(found.municipality) if seen.wrong else {}
    groups: dict[tuple[object, ...], list[Wrong]] = {}
    for wrong in seen.wrong:
        text = wrong.line.cells.get(wrong.column, "")
        same = wrong.problem.code in (f"invalid_{wrong.column}", "unknown_service")  # wherever it stands
        groups.setdefault((wrong.column, text) if same and text else (wrong.line.at, wrong.column), []).append(wrong)
    alike = _alike(found, [each[0] for each in groups.values() if each[0].column in NAMING][:SHOWN])
    return [_one_to_mend(each, offered, alike) for each in groups.values()]


def _one_to_mend(
    group: list[Wrong], offered: Mapping[str, Sequence[object]], alike: Mapping[int, list[tuple[str, str]]]
) -> ToMend:
    wrong, at = group[0], group[0].line.at
    fields: list[Mend] = []
    if wrong.column in NAMING:
        if options := alike.get(at):
            fields.append(Mend(f"mend-{at}-{SERVICE}", SERVICE, _("Leistung"), options))
        fields.append(Mend(f"mend-{at}-key", "key", COLUMNS["key"], ()))
    elif wrong.problem.code not in _NOT_MENDED and wrong.column in COLUMNS:
        for column in _TOGETHER.get(wrong.problem.code, (wrong.column,)):
            words = [(word, word) for word in offered.get(column, ())]
            fields.append(Mend(f"mend-{at}-{column}", column, COLUMNS[column], words))
    name = wrong.line.cells.get("name") or wrong.line.cells.get("key") or "–"
    everywhere = f"same-{at}-{wrong.column}" if len(group) > 1 else ""
    return ToMend(wrong, [each.line.row for each in group], fields, everywhere, name)


def _alike(found: Merge, unknown: Sequence[Wrong]) -> dict[int, list[tuple[str, str]]]:
    """By line, the services with a similar name, to choose from."""
    called = {each.line.at: name for each in unknown if (name := each.line.cells.get("name", ""))}
    return {
        at: [(str(each.pk), f"{each.name} ({each.key or '–'}), {percent} %") for each, percent in several]
        for at, several in services_like(found.municipality, called).items()
    }
