"""CSV as spreadsheets and registers write it: any of three encodings and three delimiters, quoted line breaks."""

from collections.abc import Iterable
from typing import BinaryIO

from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.formats.columns import LOOK_AHEAD, header, no_header, table
from catalog.importing.formats.csv_rows import best_delimiter, rows_of
from catalog.importing.problems import Problem, Refused
from catalog.importing.records import Cleaner, Source


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
    delimiter = best_delimiter(content, encoding, _known, LOOK_AHEAD)
    problems: list[Problem] = []
    found = table(None, rows_of(content, encoding, delimiter), Cleaner(), problems)
    if found is None:
        raise no_header()
    return Source(iter([found]), problems=problems)


def _known(rows: Iterable[list[str]]) -> int:
    """How many columns the header among `rows` knows."""
    found = header(rows)
    return len(found.columns) if found else 0


def encoding_of(content: bytes) -> str:
    """How `content` is written: by its byte order mark, else UTF-8, else Windows-1252, which takes in ISO-8859-1."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return _decodable(content, "utf-16")
    if b"\0" in content:
        raise Refused(
            "unreadable_file",
            _(
                "Die Datei enthält Nullzeichen und ist kein Text, auch keine Tabelle (XLSX, ODS, CSV) und "
                "kein XZuFi (XML). Bitte den Katalog als XLSX, ODS, CSV, XML oder JSON aus der Quelle laden."
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
