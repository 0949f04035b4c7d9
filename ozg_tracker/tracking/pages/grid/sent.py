"""What the grid's form and its scripts send: which rows, which versions of them, in which columns; and the answer."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.core.exceptions import SuspiciousOperation, ValidationError
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ozg_tracker.accounts.doorkeeper import municipality_of
from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.days import InstantField
from ozg_tracker.api.ids import id_in, ids_in
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.pages import narrowing
from ozg_tracker.tracking.pages.grid.columns import Column
from ozg_tracker.tracking.pages.grid.drawing import Drawing
from ozg_tracker.tracking.pages.lines import Line
from ozg_tracker.tracking.pages.row_forms import Choices
from ozg_tracker.tracking.rows.confirming import last_said
from ozg_tracker.tracking.rows.rights import Rights
from ozg_tracker.tracking.rows.taking_back import Made, made_at, said_at


class TooManyRows(SuspiciousOperation):
    """More rows in one form than a page holds. Nothing is saved, so that none is left out in silence."""


class Drawn(NamedTuple):
    """A line with its cells, and what is stored still where one of them was refused."""

    line: Line
    cells: SafeString
    stays: list[tuple[str, str]]


def posted(request: MunicipalityRequest, rights: Rights) -> list[Line]:
    """The rows that the form speaks of, in its order; what the person may not see is not there."""
    ids = list(dict.fromkeys(ids_in(request.POST.getlist("row"))))
    if len(ids) > narrowing.PAGE:
        raise TooManyRows(
            _("Mehr als %(most)d Zeilen lassen sich nicht auf einmal speichern. Gespeichert ist nichts.")
            % {"most": narrowing.PAGE}
        )
    rows = narrowing.municipality_rows(request).filter(pk__in=ids)
    found = narrowing.with_names(rows).in_bulk()
    return [line_of(found[pk], rights) for pk in ids if pk in found]


def line_of(row: MunicipalService, rights: Rights) -> Line:
    return Line(row, rights.fields(row))


def seen_versions(data: QueryDict, lines: Iterable[Line]) -> dict[int, int]:
    """By row: the version that the page showed, or the one that this very request has just made."""
    lines = list(lines)
    sent = {line.row.pk: id_in(data.get(f"{line.prefix}-version")) for line in lines if line.outcome != "saved"}
    return {line.row.pk: line.row.version for line in lines} | {
        pk: version for pk, version in sent.items() if version is not None
    }


def drawn(
    lines: Iterable[Line], columns: list[Column], choices: Choices, municipality: Municipality, rights: Rights
) -> list[Drawn]:
    """The lines as they are shown; what was saved is read anew, with everything the cells name. Constant queries."""
    lines = list(lines)
    saved = {line.row.pk for line in lines if line.outcome == "saved"}
    if saved:
        fresh = narrowing.with_names(MunicipalService.objects.filter(municipality=municipality, pk__in=saved)).in_bulk()
        for line in lines:
            line.row = fresh.get(line.row.pk, line.row)
    if any(column.name == "confirmed" for column in columns):
        _read_confirmed(municipality, lines)
    drawing = Drawing(columns, choices, _tops(municipality) if any(each.name == "top" for each in columns) else {})
    for line in lines:
        line.may = rights.fields(line.row)
    return [Drawn(line, drawing.cells(line), drawing.stays(line) if line.wrong else []) for line in lines]


def made_text(made: Made, said: Made = ()) -> str:
    """The events of a deed as a form carries them, and its confirmations (ids): "7:3 8:1 9:k12"."""
    return " ".join([*(f"{row}:{version}" for row, version in made), *(f"{row}:k{pk}" for row, pk in said)])


def made_in(text: str) -> list[tuple[int, int]]:
    pairs = (each.partition(":") for each in text.split())
    return [(row, version) for a, _colon, b in pairs if (row := id_in(a)) and (version := id_in(b))]


def said_in(text: str) -> list[int]:
    """The ids of the confirmations among what `made_text` wrote."""
    return ids_in(said for each in text.split() if (said := each.partition(":k")[2]))


def deed_sent(request: MunicipalityRequest) -> tuple[Made, list[int]]:
    """The deed that a form names, its events and its confirmations (ids): one by one (`made`), or by the instant at
    which all of it was recorded (`at`).
    """
    try:
        instant = InstantField(required=False).clean(request.POST.get("at", ""))
    except ValidationError:
        instant = None
    if instant is not None:
        municipality = municipality_of(request)
        return made_at(municipality, instant), [pk for _row, pk in said_at(municipality, [instant])]
    sent = request.POST.get("made", "")
    return made_in(sent), said_in(sent)


def _tops(municipality: Municipality) -> dict[int, str]:
    """By department: the name of the one at the top of the tree above it."""
    known = {pk: (parent, name) for pk, parent, name in _departments(municipality)}
    return {pk: known[_top(pk, known)][1] for pk in known}


def _departments(municipality: Municipality) -> Iterable[tuple[int, int | None, str]]:
    return Department.objects.filter(municipality=municipality).values_list("pk", "parent_id", "name")


def _top(pk: int, known: Mapping[int, tuple[int | None, str]]) -> int:
    while (above := known[pk][0]) is not None:
        pk = above
    return pk


def _read_confirmed(municipality: Municipality, lines: Iterable[Line]) -> None:
    """When a person last said something about each row; two queries."""
    known = last_said(municipality, [line.row.pk for line in lines])
    for line in lines:
        line.confirmed_at = known.get(line.row.pk)
