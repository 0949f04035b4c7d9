"""CSV as spreadsheets and registers write it: any of three encodings and three delimiters, quoted line breaks."""

import csv
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from itertools import chain, islice
from typing import BinaryIO

from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.columns import LOOK_AHEAD, Cells, header, no_header, table
from catalog.importing.problems import Refused
from catalog.importing.records import Cleaner, Source

DELIMITERS = ";\t,"  # never "|", which parts the synonyms inside a cell
_END = "\ue000Ende\ue000"  # a line of our own behind the last, to see an unclosed quote swallow it


def read(file: BinaryIO) -> Source:
    """The one table of the file. Refused: `unreadable_file`, `too_large`, `missing_column`."""
    content = file.read(limits.TEXT_FILE + 1)
    if len(content) > limits.TEXT_FILE:
        most = limits.TEXT_FILE // limits.MEGABYTE
        raise Refused(
            "too_large",
            _("Die Textdatei ist größer als %(most)s MB. Bitte prüfen, ob es der Katalog ist.") % {"most": most},
        )
    encoding = encoding_of(content)
    found = table(None, _rows(content, encoding, _delimiter(content, encoding)), Cleaner())
    if found is None:
        raise no_header()
    return Source(iter([found]))


def decoded(content: bytes) -> str:
    """`content` as text. Refused: `unreadable_file`."""
    return content.decode(encoding_of(content))


def encoding_of(content: bytes) -> str:
    """How `content` is written: by its byte order mark, else UTF-8, else Windows-1252, which takes in ISO-8859-1."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return _decodable(content, "utf-16")
    if b"\0" in content:
        raise Refused(
            "unreadable_file",
            _(
                "Die Datei enthält Nullzeichen und ist kein Text, auch keine Tabelle (XLSX, CSV) und "
                "kein XZuFi (XML). Bitte den Katalog als XLSX, CSV, XML oder JSON aus der Quelle laden."
            ),
        )
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not content[: error.start].isascii():
            line = content.count(b"\n", 0, error.start) + 1
            raise Refused(
                "unreadable_file",
                _(
                    "Die Datei ist in UTF-8 geschrieben, bis auf ein Zeichen in der Textzeile %(line)s. "
                    "Damit keine Umlaute verdorben werden, wird sie nicht geladen. Bitte die Zeile "
                    "berichtigen."
                )
                % {"line": line},
            ) from error
        return _decodable(content, "cp1252")
    return "utf-8-sig"


def _decodable(content: bytes, encoding: str) -> str:
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused(
            "unreadable_file",
            _(
                "Der Zeichensatz der Datei ist weder UTF-8 noch ISO-8859-1 oder Windows-1252. Bitte "
                "in der Tabellenkalkulation als „CSV UTF-8“ speichern."
            ),
        ) from error
    return encoding


def _delimiter(content: bytes, encoding: str) -> str:
    """The delimiter by which the header knows most columns; ";" where none does."""

    def known(delimiter: str) -> int:
        return len(header(islice(_rows(content, encoding, delimiter), LOOK_AHEAD))[1])

    return max(DELIMITERS, key=known)


def _rows(content: bytes, encoding: str, delimiter: str) -> Iterator[Cells]:
    text = _Lines(content, encoding)
    lines = csv.reader(chain(text, ["\n", _END]), delimiter=delimiter)
    number, last = 0, None
    try:
        for number, cells in enumerate(lines, start=1):  # noqa: B007 (read after the loop)
            text.left = limits.LINE
            if last is not None:
                yield last
            last = cells[: limits.COLUMNS]
    except csv.Error as error:
        raise Refused(
            "too_large",
            _(
                "Nach Zeile %(number)s ist eine Zelle länger als 128.000 Zeichen oder die Zeile länger als eine "
                "Million, oder ein Anführungszeichen ist nicht geschlossen. Bitte dort nachsehen."
            )
            % {"number": number},
            row=number,
        ) from error
    if last != [_END]:
        raise Refused(
            "unreadable_file",
            _(
                "In Zeile %(number)s ist ein Anführungszeichen nicht geschlossen: Die Zelle reicht "
                "bis zum Ende der Datei. Bitte dort nachsehen."
            )
            % {"number": number},
            row=number,
        )


class _Lines:
    """The lines of a text, decoded piece by piece; those of one row are no longer than `left` together."""

    def __init__(self, content: bytes, encoding: str) -> None:
        self.text = TextIOWrapper(BytesIO(content), encoding, newline="")
        self.left = limits.LINE

    def __iter__(self) -> Iterator[str]:
        while line := self.text.readline(self.left + 1):
            self.left -= len(line)
            if self.left < 0:
                raise csv.Error
            yield line
