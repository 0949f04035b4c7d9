"""What could not be saved in the grid is put aside as a merge that waits, so that leaving the page loses nothing."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import id_in
from ozg_tracker.tracking.exchange.conflicts import in_words
from ozg_tracker.tracking.exchange.finding import SERVICE
from ozg_tracker.tracking.exchange.merges import keep_merge
from ozg_tracker.tracking.exchange.status_file import FileLine, StatusFile
from ozg_tracker.tracking.exchange.values import Vocabulary, load_vocabulary
from ozg_tracker.tracking.exchange.words import VALUES
from ozg_tracker.tracking.models import Merge
from ozg_tracker.tracking.pages.grid.sent import posted
from ozg_tracker.tracking.pages.lines import Line, row_form
from ozg_tracker.tracking.pages.row_forms import Choices
from ozg_tracker.tracking.rows.merging import Values, seen_values
from ozg_tracker.tracking.rows.rights import rights_in


@members_only(Deed.READ_ROWS)
@require_POST
def put_aside(request: MunicipalityRequest) -> HttpResponseBase:
    """Keep what was entered in the lines sent and differs from what the page had shown; nothing of it is saved."""
    municipality = municipality_of(request)
    lines, data = posted(request, rights_in(municipality, request.user)), _own_sides(request.POST)
    choices, vocabulary = Choices(municipality), load_vocabulary(municipality, may_add_departments=False)
    versions = {line.row.pk: _version_seen(line, data) for line in lines}
    seen = seen_values([line.row for line in lines], versions)
    kept: list[FileLine] = []
    for line in lines:
        if cells := dict(_entered(line, data, choices, vocabulary, seen[line.row.pk])):
            naming = {SERVICE: str(line.row.service_id), "name": line.row.service.name}
            about = {"version": str(versions[line.row.pk]), "reason": data.get(f"{line.prefix}-reason", "").strip()}
            kept.append(FileLine(None, len(kept) + 1, naming | cells | about, len(kept)))
    address = reverse("services")
    if kept:
        name = f"Aus der Tabelle, {timezone.localtime():%d.%m.%Y, %H:%M}"  # kept, so German
        made = keep_merge(municipality, StatusFile(name, kept), by=request.user, origin=Merge.Origin.GRID)
        address = reverse("merge", args=[made.pk])
    else:
        messages.info(request, _("Es war nichts beiseitezulegen: Keine Zeile ist anders als gespeichert."))
    script = request.headers.get("Accept") == "application/json"
    return JsonResponse({"address": address}) if script else redirect(address)


def _own_sides(sent: QueryDict) -> QueryDict:
    """`sent` with the own value of each conflict in its field again: the merge asks which of both is to hold."""
    data = sent.copy()
    for name in sent:
        start, mine, field = name.rpartition("-mine-")
        if mine:
            data[f"{start}-{field}"] = sent.get(name, "")
    return data


def _version_seen(line: Line, data: QueryDict) -> int:
    """The version that the entries build on; of a line in conflict the one before others changed it."""
    sent = id_in(data.get(f"{line.prefix}-seen") or data.get(f"{line.prefix}-version"))
    return line.row.version if sent is None else sent


def _entered(
    line: Line, data: QueryDict, choices: Choices, vocabulary: Vocabulary, seen: Values
) -> Iterator[tuple[str, str]]:
    """The cells with what was entered, in the words of a file; what cannot be read as it was typed."""
    form = row_form(line, data, choices)
    form.is_valid()
    for column in VALUES:
        text = data.get(form.add_prefix(column))
        if text is None or (column in form.cleaned_data and form.cleaned_data[column] == seen[column]):
            continue
        readable = column in form.cleaned_data
        yield column, in_words(column, form.cleaned_data[column], vocabulary) if readable else text.strip() or "–"
