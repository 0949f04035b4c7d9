"""Finding the header of a sheet, whatever stands above it and in whatever order the columns come."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain, islice, zip_longest
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from catalog.importing.formats.directory import refuse_directory
from catalog.importing.formats.merged import Cells
from catalog.importing.problems import Problem, Refused
from catalog.importing.records import CELLS, Cleaner, Record, Table, cleaned
from catalog.importing.spelling import plain_word

LOOK_AHEAD = 50  # rows in which the header must stand
BATCH = 25  # rows that are cleaned together, few enough for the longest cells

# Words of known publishers, most telling first: OZG-Umsetzungskatalog, LeiKa-Export, Open-PVOG, FIM.
ALIASES: dict[str, tuple[str, ...]] = {
    "key": ("leikaschluessel", "leistungsschluessel", "schluessel", "leikakey", "leikaid", "fimschluessel"),
    "name": ("leikabezeichnung", "leistungsbezeichnung", "bezeichnung", "leikaname", "leistungsname", "leistung"),
    "name2": ("leistungsbezeichnungii", "leistungsbezeichnung2", "bezeichnung2", "bezeichnungii", "leikabezeichnung2"),
    "types": ("leikatyp", "typisierung", "leikatypisierung", "typisierungleika", "typ"),
    "legal_basis": ("rechtsgrundlagen", "rechtsgrundlage", "handlungsgrundlagen", "handlungsgrundlage"),
    "law": ("gesetzeskuerzel", "gesetze", "gesetz"),
    "synonyms": ("synonyme", "synonym"),
    "sdg": ("sdg1relevanz", "sdgrelevanz", "sdgrelevant", "sdg", "sdg1", "sdg2relevanz", "sdg2"),
    "sdg2": ("sdg2relevanz", "sdg2"),
    "ozg_id": ("ozgid", "ozgnummer", "ozgnr", "ozgleistungsid"),
    "bundle": ("ozgleistungen", "ozgleistung", "ozgleistungsbuendel", "ozgbezeichnung", "leistungsbuendel"),
    "topic": ("themenfeld", "ozgthemenfeld"),
    "successors": ("nachfolger", "nachfolgerin", "nachfolgeleistung", "nachfolgeschluessel", "ersetztdurch"),
    "replaces": ("ersetzt", "ersetztleistung", "vorgaenger", "vorgaengerin", "vorgaengerleistung"),
    "situation": ("lage", "lebenslage", "geschaeftslage", "lebensodergeschaeftslage", "lebenslagegeschaeftslage"),
}
_WORDS = frozenset(chain.from_iterable(ALIASES.values()))
MANY_WORDS = 30
# What people read where a column is missing.
PLAIN = {"key": "LeiKa-Schlüssel", "name": "LeiKa-Bezeichnung", "ozg_id": "OZG-ID"}

# Record._make without its check of the length, a third of its time
_record: Callable[[tuple[Any, ...]], Record] = partial(tuple.__new__, Record)


class Head(NamedTuple):
    """The rows of the header, `last` being the next one or the same; the column of each field, and every word."""

    first: int
    last: int
    columns: dict[str, int]
    words: list[str]


def table(sheet: str | None, rows: Iterable[Cells], cleaner: Cleaner, problems: list[Problem]) -> Table | None:
    """`rows` of a sheet as a table; None where no header is to be seen. Columns that are not read go to `problems`.

    Refused: a header that lacks a column, or that of a list of the public directory.
    """
    lines = enumerate(rows, start=1)
    first = list(islice(lines, LOOK_AHEAD))
    head = header(cells for _, cells in first)
    if head is None:
        return None
    number = first[head.first][0]
    refuse_directory(head.words, sheet, number)
    _require(head.columns, sheet, number)
    problems += _unread(head, sheet, number)
    written = {field: head.words[index] for field, index in head.columns.items()}
    return Table(sheet, written, _records(chain(first[head.last + 1 :], lines), head.columns, cleaner))


def header(rows: Iterable[Cells]) -> Head | None:
    """The header among `rows`, on one row or on two; it knows two fields, one a key or id."""
    known = [*rows]
    best: Head | None = None
    for place, cells in enumerate(known):
        best = _better(best, _head(place, place, cells))
        if best is not None and best.columns.keys() >= {"key", "name"}:
            break
    near = range(best.first - 1, best.first + 1) if best else range(len(known))
    for place in near:
        if 0 <= place < len(known) - 1:
            is_header = best is not None and best.first == place + 1  # then the row above can be no data
            words = (_grouped if is_header else _joined)(known[place], known[place + 1])
            best = _better(best, _head(place, place + 1, words))
    if best is not None and best.last + 1 < len(known) and _columns(known[best.last + 1]) == best.columns:
        return best._replace(last=best.last + 1)  # merged downwards over two rows, or said twice
    return best


def _head(first: int, last: int, cells: Cells) -> Head:
    return Head(first, last, _columns(cells), [cleaned(cell) if isinstance(cell, str) else "" for cell in cells])


def _better(best: Head | None, other: Head) -> Head | None:
    """`other` where it is a header and knows more fields."""
    most = max(1, len(best.columns) if best else 0)
    return other if len(other.columns) > most and other.columns.keys() & {"key", "ozg_id"} else best


def _joined(above: Cells, below: Cells) -> list[str]:
    """The words of two rows, each above its own continuation: "LeiKa-" and "Schlüssel"."""
    found = []
    for pair in zip_longest(above, below, fillvalue=""):
        one, other = (cell if isinstance(cell, str) else "" for cell in pair)
        found.append(one or other if not (one and other) or one == other else f"{one}{other}")
    return found


def _grouped(above: Cells, below: Cells) -> list[str]:
    """The words of a header under a row of words that each may stand for several columns, merged sideways or not:
    "OZG" above "Leistungen" and "ID".
    """
    found, group = [], ""
    for pair in zip_longest(above, below, fillvalue=""):
        one, other = (cell if isinstance(cell, str) else "" for cell in pair)
        group = one or group
        meant = (f"{group}{other}" if other else one, other)
        found.append(next((word for word in meant if plain_word(word) in _WORDS), other or one))
    return found


def _columns(cells: Cells) -> dict[str, int]:
    words: dict[str, int] = {}
    for index, cell in enumerate(cells):
        if isinstance(cell, str) and cell and len(cell) < 100:
            for word in (plain_word(cell), plain_word(re.sub(r"\(.*?\)", "", cell))):
                words.setdefault(word, index)
    found = {field: [words[alias] for alias in aliases if alias in words] for field, aliases in ALIASES.items()}
    return {field: indexes[0] for field, indexes in found.items() if indexes}


def _unread(head: Head, sheet: str | None, number: int) -> list[Problem]:
    """One warning that names the columns with a word that no field goes by."""
    read = {*head.columns.values()}
    words = [f"„{word[:60]}“" for index, word in enumerate(head.words) if word and index not in read]
    if not words:
        return []
    shown = ", ".join(words[:MANY_WORDS]) + (" …" if len(words) > MANY_WORDS else "")
    message = _(
        "Nicht gelesen werden die Spalten %(words)s. Gehört eine davon zum Katalog, bitte sie in der Datei so nennen "
        "wie der OZG-Umsetzungskatalog."
    )
    return [Problem("unknown_column", message % {"words": shown}, "warning", sheet, number)]


def _require(columns: Mapping[str, int], sheet: str | None, number: int) -> None:
    needed = ["key", "name"] + (["ozg_id"] if "bundle" in columns else [])
    if missing := [PLAIN[field] for field in needed if field not in columns]:
        names = " und ".join(f"„{name}“" for name in missing)
        raise Refused(
            "missing_column",
            _(
                "In der Kopfzeile (Zeile %(number)s) fehlt die Spalte %(names)s. Ohne sie lassen sich"
                " die Leistungen nicht zuordnen. Bitte die Spalte ergänzen oder so benennen und die "
                "Datei noch einmal laden."
            )
            % {"number": number, "names": names},
            sheet=sheet,
            row=number,
        )


def no_header() -> Refused:
    return Refused(
        "missing_column",
        _(
            "Die Datei hat keine erkennbare Kopfzeile. Gesucht wurde in den ersten %(look_ahead)s"
            " Zeilen eine Zeile mit den Spalten „LeiKa-Schlüssel“ und „LeiKa-Bezeichnung“. Bitte "
            "prüfen, ob das der Katalog ist."
        )
        % {"look_ahead": LOOK_AHEAD},
    )


def _records(lines: Iterator[tuple[int, Cells]], columns: dict[str, int], cleaner: Cleaner) -> Iterator[Record]:
    """The data rows; one without key, name and OZG-ID is none (a blank line, a footnote).

    Column by column, some rows at a time: most columns need no cleaning, which is seen at once.
    """
    width = max(columns.values()) + 1
    while batch := list(islice(lines, BATCH)):
        numbers, rows = zip(*batch, strict=True)
        if any(len(row) < width for row in rows):
            rows = tuple([*row, *[""] * (width - len(row))] for row in rows)
        cells = [*zip(*rows, strict=False)]
        said = {field: cleaner.column(cells[index]) for field, index in columns.items()}
        if "sdg2" in said:
            said["sdg"] = ["; ".join(filter(None, pair)) for pair in zip(said["sdg"], said["sdg2"], strict=True)]
        nothing = (None,) * len(rows)
        lines_of_cells = zip(numbers, *(said.get(field, nothing) for field in CELLS), strict=True)
        yield from [record for record in map(_record, lines_of_cells) if record.key or record.name or record.ozg_id]
