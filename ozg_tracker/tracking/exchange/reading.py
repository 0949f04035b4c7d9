"""Reads a status file, workbook or CSV, found by its content: lines with their place and the cells of known columns."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from catalog.importing import limits
from catalog.importing.csv_text import decoded
from catalog.importing.problems import Problem, Refused
from catalog.importing.workbook_guard import damaged, plain_copy
from ozg_tracker.tracking.exchange.words import COLUMNS, cell_text, column_of

BASE_SHEET = "Ausgangswerte"
_LOOK_AHEAD = 20
_DELIMITERS = ";\t,"


@dataclass(slots=True)
class Line:
    """One data line: its sheet (None in a CSV), its number as a spreadsheet shows it, and its cells by column."""

    sheet: str | None
    row: int
    cells: dict[str, str]


@dataclass(slots=True)
class StatusFile:
    """`base`: what an exported workbook held, as lines, to tell edits from what was there; None in any other file."""

    name: str
    lines: list[Line] = field(default_factory=list)
    base: list[Line] | None = None
    problems: list[Problem] = field(default_factory=list)


def read(path: Path) -> StatusFile:
    """The file's lines. Raises Refused (`unreadable_file`, `too_large`, `unsafe_file`, `missing_column`)."""
    content = _content(path)
    found = StatusFile(path.name)
    if content.startswith(b"PK"):
        _read_workbook(content, found)
    elif content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"<")):
        raise Refused(
            "unreadable_file",
            _(
                "„%(name)s“ ist keine Arbeitsmappe (.xlsx) und keine CSV-Datei. "
                "Bitte in einer der beiden Formen speichern."
            )
            % {"name": path.name},
        )
    else:
        _read_table(None, _csv_rows(decoded(content)), found)
    if not found.lines:
        raise Refused(
            "unreadable_file", _("In „%(name)s“ steht unter der Kopfzeile keine Zeile.") % {"name": path.name}
        )
    return found


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(limits.TEXT_FILE + 1)
    except (OSError, ValueError) as error:
        raise Refused(
            "unreadable_file",
            _("Die Datei „%(name)s“ gibt es nicht, oder sie lässt sich nicht öffnen.") % {"name": path.name},
        ) from error
    if len(content) > limits.TEXT_FILE:
        raise Refused(
            "too_large", _("Die Datei ist größer als %(limit)d MB.") % {"limit": limits.TEXT_FILE // limits.MEGABYTE}
        )
    return content


def _read_workbook(content: bytes, found: StatusFile) -> None:
    copy = plain_copy(BytesIO(content))
    try:
        workbook = CalamineWorkbook.from_filelike(copy)
        sheets = [
            (sheet.name, sheet.visible, workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False))
            for sheet in workbook.sheets_metadata
            if sheet.visible is SheetVisibleEnum.Visible or sheet.name == BASE_SHEET
        ]
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise damaged() from error
        raise
    for name, visible, rows in sheets:
        if visible is not SheetVisibleEnum.Visible:
            base = StatusFile(found.name)
            _read_table(name, rows, base)
            found.base = base.lines
        elif len(sheets) == 1 or not _is_foreign(rows):
            _read_table(name, rows, found)


def _is_foreign(rows: Sequence[Sequence[object]]) -> bool:
    """Whether a sheet among several has no header of ours: notes, a legend."""
    with suppress(Refused):
        _header(None, enumerate(rows, start=1))
        return False
    return True


def _read_table(sheet: str | None, rows: Iterable[Sequence[object]], found: StatusFile) -> None:
    numbered = enumerate(rows, start=1)
    columns = _header(sheet, numbered, found.problems)
    for number, cells in numbered:
        texts = [cell_text(cell) for cell in cells]
        if any(texts):
            known = {column: texts[at] for column, at in columns.items() if at < len(texts)}
            found.lines.append(Line(sheet, number, known))
            if len(found.lines) > limits.ROWS:
                raise Refused(
                    "too_large", _("Die Datei hat mehr als %(limit)d Zeilen.") % {"limit": limits.ROWS}, sheet, number
                )


def _header(
    sheet: str | None, numbered: Iterator[tuple[int, Sequence[object]]], problems: list[Problem] | None = None
) -> dict[str, int]:
    for number, cells in islice(numbered, _LOOK_AHEAD):
        titles = [str(cell).strip() for cell in cells]
        columns: dict[str, int] = {}
        for at, title in enumerate(titles):
            if column := column_of(title):
                columns.setdefault(column, at)
        if len(columns) > 1 and ("key" in columns or {"ozg_id", "name"} <= columns.keys()):
            for title in titles if problems is not None else ():
                if title and not column_of(title) and problems is not None:
                    message = _("Die Spalte „%(title)s“ ist unbekannt und wird nicht gelesen.") % {"title": title[:60]}
                    problems.append(Problem("unknown_column", message, "warning", sheet, number, title[:60]))
            return columns
    raise Refused(
        "missing_column",
        _("Es fehlt die Kopfzeile mit „Schlüssel“ (oder „OZG-ID“ und „Leistung“). Die Spalten heißen: %(titles)s.")
        % {"titles": "; ".join(COLUMNS.values())},
        sheet,
    )


def _csv_rows(text: str) -> Iterator[list[str]]:
    """The rows by the delimiter under which the first lines name most of our columns."""

    def known(delimiter: str) -> int:
        rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        with suppress(csv.Error):
            return max(
                (sum(column_of(cell) is not None for cell in row) for row in islice(rows, _LOOK_AHEAD)), default=0
            )
        return 0

    number = 0
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=known)):
            number += 1
            yield row
    except csv.Error as error:
        raise Refused(
            "unreadable_file",
            _("Nach Zeile %(row)d ist eine Zelle zu lang oder ein Anführungszeichen nicht geschlossen.")
            % {"row": number},
        ) from error
