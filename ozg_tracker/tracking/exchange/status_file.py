"""Reads a status file, workbook or CSV, found by its content: lines with their place and the cells of known columns."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.formats.csv_rows import best_delimiter, rows_of
from catalog.importing.formats.csv_text import encoding_of
from catalog.importing.formats.directory import refuse_directory
from catalog.importing.formats.sheets import sheets
from catalog.importing.problems import Problem, Refused
from ozg_tracker.tracking.exchange.words import COLUMNS, cell_text, column_of

BASE_SHEET = "Ausgangswerte"
_LOOK_AHEAD = 20


@dataclass(slots=True)
class FileLine:
    """One data line: its sheet (None in a CSV), its number as a spreadsheet shows it, and its cells by column.

    `at` tells the lines of a file apart, also where some of them are gone. `chosen`: by column, what a person decided
    where others had changed the same ("mine" or "stored"), and what was stored then; stored otherwise since, it is
    asked anew.
    """

    sheet: str | None
    row: int
    cells: dict[str, str]
    at: int = 0
    chosen: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class StatusFile:
    """`base`: what an exported workbook held, as lines, to tell edits from what was there; None in any other file."""

    name: str
    lines: list[FileLine] = field(default_factory=list)
    base: list[FileLine] | None = None
    problems: list[Problem] = field(default_factory=list)


def read(path: Path) -> StatusFile:
    """The file's lines. Raises Refused (`unreadable_file`, `too_large`, `unsafe_file`, `missing_column`)."""
    return read_content(_content(path), path.name)


def read_content(content: bytes, name: str) -> StatusFile:
    """The lines of a file that is held in memory. Raises as `read`."""
    found = StatusFile(name)
    if content.startswith(b"PK"):
        _read_workbook(content, found)
    elif content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"<", b"{", b"[{")):
        raise Refused(
            "unreadable_file",
            _(
                "„%(name)s“ ist keine Arbeitsmappe (.xlsx, .ods) und keine CSV-Datei. "
                "Bitte in einer dieser Formen speichern."
            )
            % {"name": name},
        )
    else:
        _read_table(None, _csv_rows(content), found)
    if not found.lines:
        raise Refused("unreadable_file", _("In „%(name)s“ steht unter der Kopfzeile keine Zeile.") % {"name": name})
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
    tables = [(sheet.name, sheet.visible, [*sheet.rows]) for sheet in sheets(BytesIO(content))]
    seen = sum(visible for _name, visible, _rows in tables)
    for name, visible, rows in tables:
        if name == BASE_SHEET and not visible:
            base = StatusFile(found.name)
            _read_table(name, rows, base)
            found.base = base.lines
        elif visible and (seen == 1 or not _is_foreign(rows)):
            _read_table(name, rows, found)
        elif any(cell_text(cell) for cells in rows for cell in cells) and (visible or not _is_foreign(rows)):
            found.problems.append(_left_out(name, visible))


def _left_out(name: str, visible: bool) -> Problem:
    if visible:
        message = _(
            "Das Blatt „%(sheet)s“ hat keine Kopfzeile mit „Schlüssel“ (oder „OZG-ID“ und „Leistung“) und ist "
            "nicht gelesen."
        )
    else:
        message = _("Das Blatt „%(sheet)s“ ist ausgeblendet und nicht gelesen. Blenden Sie es ein, wenn es dazugehört.")
    return Problem("sheet_left_out", message % {"sheet": name}, "warning", name)


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
        if any(cell_text(cell) for cell in cells if cell not in ("", None)):
            known = {column: cell_text(cells[at]) for column, at in columns.items() if at < len(cells)}
            found.lines.append(FileLine(sheet, number, known, len(found.lines)))
            if len(found.lines) > limits.ROWS:
                raise Refused(
                    "too_large", _("Die Datei hat mehr als %(limit)d Zeilen.") % {"limit": limits.ROWS}, sheet, number
                )


def _header(
    sheet: str | None, numbered: Iterator[tuple[int, Sequence[object]]], problems: list[Problem] | None = None
) -> dict[str, int]:
    for number, cells in islice(numbered, _LOOK_AHEAD):
        titles = [str(cell).strip() for cell in cells]
        refuse_directory(titles, sheet, number)
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


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    """The rows by the delimiter under which the first lines name most of our columns."""

    def known(rows: Iterable[list[str]]) -> int:
        return max((sum(column_of(cell) is not None for cell in row) for row in rows), default=0)

    encoding = encoding_of(content)
    return rows_of(content, encoding, best_delimiter(content, encoding, known, _LOOK_AHEAD))
