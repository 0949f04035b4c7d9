"""Opens a file, finds by its content what it is, and gives it to the reader of that format."""

import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.formats import csv_text, fim, shipped, workbook, xzufi, zip_folder
from catalog.importing.problems import Refused
from catalog.importing.records import Source

Reader = Callable[[BinaryIO], Source]


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file, open for reading, or the files of a folder as one. Refused: `unreadable_file`, `too_large`."""
    try:
        found = path.stat()
        is_folder = stat.S_ISDIR(found.st_mode)
        if not is_folder and not stat.S_ISREG(found.st_mode):
            raise Refused(
                "unreadable_file",
                _("„%(name)s“ ist keine Datei. Bitte den Pfad der Katalogdatei nennen.") % {"name": path.name},
            )
        if not is_folder and found.st_size > limits.XML_FILE:
            raise _too_large(limits.XML_FILE)
        file = zip_folder.pack(path) if is_folder else path.open("rb")
    except (OSError, ValueError) as error:
        raise Refused(
            "unreadable_file",
            _("Die Datei „%(name)s“ gibt es nicht, oder sie lässt sich nicht öffnen.") % {"name": path.name},
        ) from error
    with file:
        yield file


def checksum(file: BinaryIO) -> str:
    """SHA-256 of the bytes; stops at the largest size we take, should the file grow while it is read."""
    digest, left = sha256(), limits.XML_FILE
    while part := file.read(1 << 20):
        digest.update(part)
        left -= len(part)
        if left < 0:
            raise _too_large(limits.XML_FILE)
    return digest.hexdigest()


def read(file: BinaryIO) -> Source:
    """The tables of the file, read as they are asked for. Refused: see the readers."""
    file.seek(0)
    start = file.read(512)
    size = file.seek(0, 2)
    file.seek(0)
    if start.startswith(b"PK"):
        if zip_folder.holds_files(file):
            return zip_folder.read(file, _part)
        if size > limits.WORKBOOK_FILE:
            raise _too_large(limits.WORKBOOK_FILE)
        return workbook.read(file)
    return _reader(start)(file)


def _part(file: BinaryIO) -> Source:
    """A file of an archive, which holds no workbooks."""
    start = file.read(512)
    file.seek(0)
    if _looks_like_json(start):
        return fim.read(file)
    return xzufi.read(file, part=True) if _looks_like_xml(start) else csv_text.read(file)


def _looks_like_json(start: bytes) -> bool:
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}


def _looks_like_xml(start: bytes) -> bool:
    return start.replace(b"\0", b"").lstrip(b"\xff\xfe\xef\xbb\xbf \t\r\n").startswith(b"<")


def _reader(start: bytes) -> Reader:
    text = start.removeprefix(b"\xef\xbb\xbf")
    if not text.strip():
        raise Refused("unreadable_file", _("Die Datei ist leer. Bitte den Katalog noch einmal aus der Quelle laden."))
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(
            "unreadable_file",
            _(
                "Das ist eine Arbeitsmappe im alten Excel-Format (.xls), oder sie ist durch ein "
                "Kennwort geschützt. Bitte ohne Kennwort als .xlsx oder .ods speichern."
            ),
        )
    if start.startswith(b"%PDF"):
        raise Refused(
            "unreadable_file", _("Das ist ein PDF. Bitte den Katalog als XLSX, ODS, CSV, XML oder JSON laden.")
        )
    if text.startswith(shipped.SIGN.encode()):
        return shipped.read
    if _looks_like_xml(start):
        return xzufi.read
    return fim.read if _looks_like_json(start) else csv_text.read


def _too_large(most: int) -> Refused:
    return Refused(
        "too_large",
        _(
            "Die Datei ist größer als %(megabyte)s MB. Ein Katalog ist viel kleiner. Bitte "
            "prüfen, ob es die richtige Datei ist."
        )
        % {"megabyte": most // limits.MEGABYTE},
    )
