"""Finding the header of a sheet, whatever stands above it and in whatever order the columns come."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any

from django.utils.translation import gettext as _

from catalog.importing.problems import Refused
from catalog.importing.records import CELLS, Cleaner, Record, Table, cleaned

Cells = Sequence[object]

LOOK_AHEAD = 50  # rows in which the header must stand
BATCH = 25  # rows that are cleaned together, few enough for the longest cells

# Words of known publishers, most telling first: OZG-Umsetzungskatalog, LeiKa-Export, Open-PVOG, FIM.
ALIASES: dict[str, tuple[str, ...]] = {
    "key": ("leikaschluessel", "leistungsschluessel", "schluessel", "leikakey", "leikaid", "fimschluessel"),
    "name": ("leikabezeichnung", "leistungsbezeichnung", "bezeichnung", "leikaname", "leistungsname", "leistung"),
    "name2": ("leistungsbezeichnungii", "leistungsbezeichnung2", "bezeichnung2", "bezeichnungii", "leikabezeichnung2"),
    "types": ("leikatyp", "typisierung", "leikatypisierung", "typ"),
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
# What people read where a column is missing.
PLAIN = {"key": "LeiKa-Schlüssel", "name": "LeiKa-Bezeichnung", "ozg_id": "OZG-ID"}
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


# Record._make without its check of the length, a third of its time
_record: Callable[[tuple[Any, ...]], Record] = partial(tuple.__new__, Record)


def plain_word(text: str) -> str:
    """A header word without case, umlauts, hyphens and spaces: "LeiKa-Schlüssel" is "leikaschluessel"."""
    return re.sub(r"[\W_]", "", cleaned(text).casefold().translate(_GERMAN))


def table(sheet: str | None, rows: Iterable[Cells], cleaner: Cleaner) -> Table | None:
    """`rows` of a sheet as a table; None where no header is to be seen. Refused: a header that lacks a column."""
    lines = enumerate(rows, start=1)
    first = list(islice(lines, LOOK_AHEAD))
    place, columns = header(cells for _, cells in first)
    if place is None:
        return None
    number, words = first[place]
    _require(columns, sheet, number)
    written = {field: cleaned(str(words[index])) for field, index in columns.items()}
    return Table(sheet, written, _records(chain(first[place + 1 :], lines), columns, cleaner))


def header(rows: Iterable[Cells]) -> tuple[int | None, dict[str, int]]:
    """Which of `rows` is the header, and the column of each field in it; a header knows two fields, one a key or id."""
    best: tuple[int | None, dict[str, int]] = (None, {})
    for place, cells in enumerate(rows):
        found = _columns(cells)
        if len(found) > max(1, len(best[1])) and found.keys() & {"key", "ozg_id"}:
            best = (place, found)
            if found.keys() >= {"key", "name"}:
                break
    return best


def _columns(cells: Cells) -> dict[str, int]:
    words: dict[str, int] = {}
    for index, cell in enumerate(cells):
        if isinstance(cell, str) and cell and len(cell) < 100:
            for word in (plain_word(cell), plain_word(re.sub(r"\(.*?\)", "", cell))):
                words.setdefault(word, index)
    found = {field: [words[alias] for alias in aliases if alias in words] for field, aliases in ALIASES.items()}
    return {field: indexes[0] for field, indexes in found.items() if indexes}


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
        yield from [record for record in map(_record, lines_of_cells) if record[1] or record[2] or record[9]]
