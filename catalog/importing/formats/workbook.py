"""XLSX and ODS: sheets with title rows above the header, columns in any order, keys as numbers or text."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO

from django.utils.translation import gettext as _

from catalog.importing.formats.columns import LOOK_AHEAD, header, no_header, table
from catalog.importing.formats.sheets import sheets
from catalog.importing.problems import Problem, Refused
from catalog.importing.records import Cleaner, Source, Table, cleaned


def read(file: BinaryIO) -> Source:
    """The visible sheets with a header, in their order; what is passed over is named among the problems."""
    problems: list[Problem] = []
    return Source(_tables(file, problems), problems=problems)


def _tables(file: BinaryIO, problems: list[Problem]) -> Iterator[Table]:
    cleaner, found, hidden = Cleaner(), False, list[str]()
    for sheet in sheets(file):
        name = cleaned(sheet.name)[:100]
        first = [*islice(sheet.rows, LOOK_AHEAD)]
        if not sheet.visible:
            hidden += [name] if header(first) else []
        elif (one := table(name, chain(first, sheet.rows), cleaner, problems)) is not None:
            found = True
            yield one
        elif any(any(cells) for cells in first):
            problems.append(_skipped(name, _("Das Blatt „%(sheet)s“ hat keine Kopfzeile und wird nicht gelesen.")))
    if hidden and not found:
        raise Refused("hidden_sheet", _hidden() % {"sheet": hidden[0]}, sheet=hidden[0])
    if not found:
        raise no_header()
    problems += [_skipped(name, _hidden()) for name in hidden]


def _skipped(name: str, sentence: str) -> Problem:
    return Problem("skipped_sheet", sentence % {"sheet": name}, "warning", sheet=name)


def _hidden() -> str:
    return _(
        "Das Blatt „%(sheet)s“ ist ausgeblendet und wird nicht gelesen. Sollen seine Leistungen geladen werden, bitte "
        "in der Tabellenkalkulation einblenden und neu speichern."
    )
