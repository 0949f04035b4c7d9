"""Cells pasted into the grid: read with the words of a file and laid over the lines; what is not taken is told."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import chain, repeat
from typing import NamedTuple

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.exchange.finding import SERVICE
from ozg_tracker.tracking.exchange.merges import keep_merge
from ozg_tracker.tracking.exchange.status_file import FileLine, StatusFile
from ozg_tracker.tracking.exchange.values import Vocabulary, load_vocabulary, value_of
from ozg_tracker.tracking.exchange.words import COLUMNS, BadWord, cell_text
from ozg_tracker.tracking.models import Merge
from ozg_tracker.tracking.pages.lines import Line, refuse, row_form
from ozg_tracker.tracking.pages.row_forms import Choices, text_of
from ozg_tracker.tracking.rows.merging import values_of
from ozg_tracker.tracking.rows.rules import FIELDS


class Left(NamedTuple):
    """What was not taken: the place (a service and its column, or a pasted line), and why in a sentence."""

    place: str
    why: str


class _NotHere(BadWord):
    """Whatever a cell says, here it cannot be taken."""


def block_of(text: str) -> list[list[str]]:
    """The pasted lines as cells; a cell of several lines or with quotes stands in quotes, as spreadsheets copy it."""
    text = text.removesuffix("\n").removesuffix("\r")
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter="\t", strict=True))
    except csv.Error:  # a quote that is none
        return [line.split("\t") for line in text.splitlines()]


def lay_over(
    block: Sequence[Sequence[str]],
    fields: Sequence[str],
    lines: Sequence[Line],
    data: QueryDict,
    municipality: Municipality,
    choices: Choices,
) -> tuple[QueryDict, list[Left], list[FileLine]]:
    """`data` with the cells of the block in the `fields` of `lines`, what was not taken, and of that as lines what can
    be mended: words that mean nothing, and lines without a service.

    An empty cell leaves its field, "–" clears it. A line with a cell that cannot be taken is refused, so that it is not
    saved: the cell keeps what it had, the others wait in their fields.
    """
    vocabulary = load_vocabulary(municipality, may_add_departments=False)
    data, left, mendable = data.copy(), list[Left](), list[FileLine]()
    for number, (line, cells) in enumerate(zip(lines, chain(block, repeat(())), strict=False), start=1):
        wrong: dict[str, list[str]] = {}
        unread: dict[str, str] = {}
        for field, text in _placed(cells, fields):
            try:
                data[f"{line.prefix}-{field}"] = text_of(_taken(line, field, text, vocabulary))
            except BadWord as error:
                wrong.setdefault(field, []).append(str(error))
                left.append(Left(_place(line, field), str(error)))
                if not isinstance(error, _NotHere):
                    unread[field] = text
        if wrong:
            line.form, line.left = row_form(line, data, choices), True
            refuse(line, wrong)
        if unread:
            about = {"name": line.row.service.name, "version": str(line.row.version)}
            mendable.append(FileLine(None, number, {SERVICE: str(line.row.service_id)} | about | unread, len(mendable)))
    for number, cells in enumerate(block[len(lines) :], start=len(lines) + 1):
        if said := {field: text for field, text in _placed(cells, fields) if field in FIELDS}:
            mendable.append(FileLine(None, number, said, len(mendable)))
    return data, [*left, *_beyond(block, len(lines))], mendable


def put_by(municipality: Municipality, lines: list[FileLine], by: User) -> Merge | None:
    """The lines as a merge that waits, where their cells are mended in place; None without any."""
    if not lines:
        return None
    name = f"Eingefügt, {timezone.localtime():%d.%m.%Y, %H:%M}"  # kept, so German
    return keep_merge(municipality, StatusFile(name, lines), by=by, origin=Merge.Origin.PASTE)


def left_by_saving(lines: Sequence[Line]) -> list[Left]:
    """What was pasted and waits although its cells could be read: refused by a rule, or changed by somebody else."""
    refused = [Left(str(line.row.service), text) for line in lines if not line.left for text in line.errors]
    clash = _("Inzwischen von anderen geändert. Bitte in der Zeile entscheiden, was gilt.")
    return refused + [Left(str(line.row.service), clash) for line in lines if line.outcome == "conflict"]


def _placed(cells: Sequence[str], fields: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The filled cells of a pasted line with their fields; those to the right of the last field are named by number."""
    for at, cell in enumerate(cells):
        if text := cell_text(cell):
            yield fields[at] if at < len(fields) else str(at), text


def _taken(line: Line, field: str, text: str, vocabulary: Vocabulary) -> object:
    """The value that a cell sets. BadWord: nothing is there to set, it cannot be read, or the person may not set it."""
    if not field:
        raise _NotHere(_("Diese Spalte lässt sich nur lesen („%(text)s“).") % {"text": text[:40]})
    if field not in FIELDS:
        raise _NotHere(_("Rechts davon steht keine Spalte mehr („%(text)s“).") % {"text": text[:40]})
    value = value_of(field, text, vocabulary)
    if field not in line.may and value != values_of(line.row)[field]:
        raise _NotHere(_("Dieses Feld dürfen Sie bei dieser Leistung nicht ändern."))
    return value


def _beyond(block: Sequence[Sequence[str]], lines: int) -> Iterator[Left]:
    """The pasted lines below the last line of the page."""
    for number, cells in enumerate(block[lines:], start=lines + 1):
        if words := " · ".join(cell.strip() for cell in cells if cell.strip())[:80]:
            place = _("Eingefügte Zeile %(number)d („%(words)s“)") % {"number": number, "words": words}
            yield Left(place, _("Darunter steht auf dieser Seite keine Leistung mehr."))


def _place(line: Line, field: str) -> str:
    return f"{line.row.service}, {COLUMNS[field]}" if field in COLUMNS else str(line.row.service)
