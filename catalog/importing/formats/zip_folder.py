"""Many files as one: a folder, or a zip of one, with XZuFi files, pages of the FIM-Portal or tables as CSV.

A dump lists its files in `index.txt`, one name a line; without it every .xml, .json and .csv counts, "page-2" before
"page-10". A folder is packed into a zip first, so that both go one way. Nothing is unpacked to the disk: a name in an
archive is no more than a word that tells people where a problem stands.
"""

import io
import posixpath
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.problems import Problem, Refused
from catalog.importing.records import Source, Table, cleaned

INDEX = "index.txt"
_READ = (".xml", ".json", ".csv")
_WORKBOOK = {"[Content_Types].xml", "content.xml", "xl/workbook.xml"}
# What zipfile and zlib raise for damaged or forged archives; an encrypted one is a RuntimeError.
DAMAGE = (
    BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
    OverflowError,
)


def opened(file: BinaryIO) -> ZipFile:
    """The archive, once its table of contents is known to be small. Refused: `unsafe_file`, else what DAMAGE names."""
    end = zipfile._EndRecData(file)  # type: ignore[attr-defined]  # what ZipFile itself will go by
    if end is not None and end[5] > limits.ARCHIVE_CONTENTS:
        raise oddly_packed()
    archive = ZipFile(file)
    if any(member.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for member in archive.infolist()):
        raise oddly_packed()  # bzip2 and LZMA give out as much as they like at once
    return archive


def oddly_packed() -> Refused:
    return Refused(
        "unsafe_file",
        _("Die Datei ist ungewöhnlich gepackt und wird nicht geöffnet. Bitte aus der Quelle neu beziehen."),
    )


def holds_files(file: BinaryIO) -> bool:
    """Whether the zip holds XML, JSON or CSV files and is no workbook. Refused: `unsafe_file`."""
    try:
        with opened(file) as archive:
            names = {*archive.namelist()}
    except DAMAGE:
        return False
    return not names & _WORKBOOK and any(name.endswith(_READ) for name in names)


def pack(folder: Path) -> BinaryIO:
    """The files of `folder` as a zip, the same bytes for the same content. Refused: `unreadable_file`, `too_large`."""
    files = sorted(path for path in folder.iterdir() if _counts(path.name) and path.is_file())
    if not any(path.name.endswith(_READ) for path in files):
        raise Refused(
            "unreadable_file",
            _("Im Ordner „%(name)s“ liegen keine XML-, JSON- oder CSV-Dateien. Bitte den Ordner mit dem Export nennen.")
            % {"name": folder.name},
        )
    if len(files) > limits.ARCHIVE_FILES or sum(path.stat().st_size for path in files) > limits.XML_FILE:
        raise too_large()
    packed = TemporaryFile()  # noqa: SIM115 (the caller closes it)
    with ZipFile(packed, "w", ZIP_STORED) as archive:
        for path in files:
            with path.open("rb") as source, archive.open(ZipInfo(path.name), "w") as target:
                shutil.copyfileobj(source, target)
    packed.seek(0)
    return packed


def too_large() -> Refused:
    most = limits.XML_FILE // limits.MEGABYTE
    return Refused(
        "too_large",
        _("Die Dateien sind zusammen größer als %(most)s MB. Bitte prüfen, ob es der Katalog ist.") % {"most": most},
    )


def read(file: BinaryIO, read_part: Callable[[BinaryIO], Source]) -> Source:
    """The services of all files in their order; a table's sheet is the name of its file. Refused: as the readers do."""
    problems: list[Problem] = []
    return Source(_tables(file, read_part, problems), problems=problems)


def _tables(file: BinaryIO, read_part: Callable[[BinaryIO], Source], problems: list[Problem]) -> Iterator[Table]:
    left = limits.XML_FILE
    with opened(file) as archive:
        for name in _names(archive):
            part, shown = _Part(archive, name, left), cleaned(posixpath.basename(name))[-100:]
            source = read_part(cast("BinaryIO", part))
            for table in source.tables:
                yield replace(table, sheet=shown)
            problems += [replace(each, sheet=shown) for each in source.problems]
            left = part.left


def _names(archive: ZipFile) -> list[str]:
    names = [name for name in archive.namelist() if _counts(posixpath.basename(name)) and "__MACOSX/" not in name]
    if len(names) > limits.ARCHIVE_FILES or len({*names}) < len(names):
        raise oddly_packed()
    index = next((name for name in names if posixpath.basename(name) == INDEX), None)
    if index is None:
        return sorted((name for name in names if name.endswith(_READ)), key=_in_order)
    lines = _Part(archive, index, limits.MEGABYTE).read().decode("utf-8-sig", "replace").splitlines()
    known, folder = {*names}, posixpath.dirname(index)
    listed = [posixpath.join(folder, line.strip()) for line in dict.fromkeys(lines) if line.strip()]
    if missing := [name for name in listed if name not in known]:
        raise Refused(
            "unreadable_file",
            _("„%(index)s“ nennt die Datei „%(name)s“, die fehlt. Bitte den Export noch einmal ganz herunterladen.")
            % {"index": INDEX, "name": cleaned(posixpath.basename(missing[0]))[:100]},
        )
    return [name for name in listed if name.endswith(_READ)]


def _counts(name: str) -> bool:
    return not name.startswith(".") and (name == INDEX or name.endswith(_READ))


def _in_order(name: str) -> str:
    return re.sub(r"\d+", lambda digits: digits[0].zfill(12), name)


class _Part(io.RawIOBase):
    """A file of the archive that gives out no more than `left` bytes; damage is said in our words."""

    def __init__(self, archive: ZipFile, name: str, left: int) -> None:
        self.left = left
        self._shown = cleaned(posixpath.basename(name))[:100]
        with _whole(self._shown):
            self._stream = archive.open(name)

    def read(self, size: int = -1) -> bytes:
        with _whole(self._shown):
            content = self._stream.read(self.left + 1 if size < 0 else size)
        self.left -= len(content)
        if self.left < 0:
            raise too_large()
        return content

    def seek(self, offset: int, whence: int = 0) -> int:
        with _whole(self._shown):
            return self._stream.seek(offset, whence)


@contextmanager
def _whole(name: str) -> Iterator[None]:
    try:
        yield
    except DAMAGE as error:
        raise Refused(
            "unreadable_file",
            _("Die Datei „%(name)s“ im Archiv ist beschädigt. Bitte neu aus der Quelle laden.") % {"name": name},
        ) from error
