"""Unpacks a workbook within bounds that hold, whatever its headers claim, and hands on a plain copy.

The copy is a zip without compression of the XML parts alone, in memory. The reader behind sees exactly what was counted
here: macros, pictures, linked files and a second table of contents do not reach it.
"""

import re
from io import BytesIO
from typing import BinaryIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.formats import opendocument, zip_folder
from catalog.importing.formats.csv_rows import too_wide
from catalog.importing.formats.merged import Range
from catalog.importing.formats.workbook_measure import Malformed, Strings, measure
from catalog.importing.problems import Refused

CHUNK = 1 << 20
# Anything but cells within A–Z and row 99,999 that say their place in the first attribute, as all writers we know do.
_UNUSUAL = (re.compile(rb'<c(?=[\s/>])(?! r="[A-Z][1-9]\d{0,4}")'), re.compile(rb":c[\s/>]"))


_XLSX = (".xml", ".rels")
_OPEN_DOCUMENT = ("mimetype", "META-INF/manifest.xml", "content.xml")


def plain_copy(file: BinaryIO) -> tuple[BytesIO, dict[str, list[Range]] | None]:
    """The workbook's XML parts as an uncompressed zip; and the merged cells by sheet where the reader behind does not
    tell them, of OpenDocument. Refused: `unreadable_file`, `too_large`, `unsafe_file`.
    """
    merged = None
    copy = BytesIO()
    try:
        with zip_folder.opened(file) as packed, ZipFile(copy, "w", ZIP_STORED) as plain:
            parts = _wanted(packed)
            if any(part.filename == "content.xml" for part in parts):
                merged = _fill_open_document(plain, packed, parts)
            else:
                _fill(plain, packed, parts)
    except (Malformed, *zip_folder.DAMAGE) as error:
        raise damaged() from error
    copy.seek(0)
    return copy, merged


def damaged() -> Refused:
    return Refused(
        "unreadable_file",
        _(
            "Die Arbeitsmappe ist beschädigt oder unvollständig. Bitte in der Tabellenkalkulation"
            " öffnen, neu als .xlsx oder .ods speichern und noch einmal laden."
        ),
    )


def _wanted(packed: ZipFile) -> list[ZipInfo]:
    members = packed.infolist()
    names = {member.filename for member in members}
    if len(members) > limits.WORKBOOK_ENTRIES or len(names) < len(members):
        raise zip_folder.oddly_packed()
    if len(names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}) != 1 or "xl/workbook.bin" in names:
        raise Refused(
            "unreadable_file",
            _("Das ist ein Archiv, aber keine Arbeitsmappe. Bitte die Tabelle als .xlsx, .ods oder CSV speichern."),
        )
    is_open = "content.xml" in names
    wanted = [
        each for each in members if each.filename in _OPEN_DOCUMENT or (not is_open and each.filename.endswith(_XLSX))
    ]
    if sum(member.file_size for member in wanted) > limits.WORKBOOK_UNPACKED:
        raise _too_large()
    return wanted


def _fill(plain: ZipFile, packed: ZipFile, parts: list[ZipInfo]) -> None:
    """Copy the parts; then see that neither far cells nor repeated strings grow beyond memory in the reader."""
    left, cells = limits.WORKBOOK_UNPACKED, 0
    unusual, strings = [], Strings()
    for part in parts:
        content = _content(packed, part, left)
        left -= len(content)
        plain.writestr(part.filename, content)
        if b"\0" in content or any(pattern.search(content) for pattern in _UNUSUAL):
            unusual.append(part.filename)
        strings.see(part.filename, content)
    if strings.names:
        cells = sum(plain.read(part).count(b"<c ") for part in plain.namelist())
    if strings.longest * cells > limits.WORKBOOK_STRINGS:
        unusual = plain.namelist()
    if unusual:
        _measure(plain, unusual, strings)


def _fill_open_document(plain: ZipFile, packed: ZipFile, parts: list[ZipInfo]) -> dict[str, list[Range]]:
    """Copy the parts; then see that repeated cells and rows do not grow beyond memory in the reader."""
    found = opendocument.Content()
    left = limits.WORKBOOK_UNPACKED
    for part in sorted(parts, key=lambda each: _OPEN_DOCUMENT.index(each.filename)):
        content = _content(packed, part, left)
        left -= len(content)
        plain.writestr(part.filename, content)
        if b"encryption-data" in content and part.filename != "content.xml":
            raise Refused(
                "unreadable_file",
                _("Die Arbeitsmappe ist durch ein Kennwort geschützt. Bitte ohne Kennwort speichern."),
            )
        if part.filename == "content.xml":
            found = opendocument.measure(content)
    if found.columns > limits.COLUMNS:
        raise too_wide(found.widest)
    if found.area > limits.WORKBOOK_AREA:
        raise _too_far(found.rows, found.columns)
    if found.text > limits.WORKBOOK_STRINGS:
        raise _too_large()
    return found.merged


def _content(packed: ZipFile, part: ZipInfo, left: int) -> bytes:
    """Unpack one part, counting what really comes out, not what the header says."""
    with packed.open(part) as stream:
        pieces, size = [], 0
        while piece := stream.read(CHUNK):
            size += len(piece)
            if size > left:
                raise _too_large()
            pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _measure(plain: ZipFile, names: list[str], strings: Strings) -> None:
    lengths = strings.lengths(plain)
    text = 0
    for name in names:
        found = measure(plain.read(name), lengths)
        text += found.text
        if found.filled > limits.COLUMNS:
            raise too_wide(found.widest)
        if found.area > limits.WORKBOOK_AREA:
            raise _too_far(found.rows, found.columns)
        if text > limits.WORKBOOK_STRINGS:
            raise _too_large()


def _too_far(rows: int, columns: int) -> Refused:
    return Refused(
        "too_large",
        _(
            "Die letzte gefüllte Zelle steht in Zeile %(rows)s, Spalte %(columns)s: zu weit "
            "draußen, um das Blatt zu lesen. Bitte leere Zeilen und Spalten am Rand löschen und "
            "neu speichern."
        )
        % {"rows": rows, "columns": columns},
    )


def _too_large() -> Refused:
    most = limits.WORKBOOK_UNPACKED // limits.MEGABYTE
    return Refused(
        "too_large",
        _(
            "Die Arbeitsmappe enthält ausgepackt mehr als %(most)s MB Tabellen, viel mehr "
            "als ein Katalog. Sie wird nicht geöffnet. Bitte prüfen, ob es die richtige Datei "
            "ist."
        )
        % {"most": most},
    )
