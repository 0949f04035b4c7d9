"""What files hold inside: those attached to a PDF, the parts of a spreadsheet. Bounded, since anybody may send one."""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from zipfile import BadZipFile, ZipFile

MOST_MB = 20  # of a file, and of what is packed in it
_EMBEDDED = re.compile(rb"/EmbeddedFile/Filter/FlateDecode[^\n]*>>\r?\nstream\r?\n")
_MOST_EMBEDDED = 4  # files in a PDF that are looked into; ours holds two
_MOST_PARTS = 100


def embedded(content: bytes) -> Iterator[bytes]:
    """The first files attached to a PDF, unpacked; what cannot be unpacked is passed over."""
    for start in islice(_EMBEDDED.finditer(content), _MOST_EMBEDDED):
        try:
            yield zlib.decompressobj().decompress(content[start.end() :], MOST_MB * 1024 * 1024)
        except zlib.error:
            continue


def archive_parts(content: bytes) -> bytes | None:
    """All XML of an XLSX, ODS, DOCX or ODT, in the order of its parts.

    None for what is none, broken, or unpacks to too much.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = [each for each in archive.infolist() if each.filename.endswith(".xml")]
            if len(parts) > _MOST_PARTS or sum(each.file_size for each in parts) > 2 * MOST_MB * 1024 * 1024:
                return None
            return b"\n".join(archive.read(each) for each in parts)
    except (BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, zlib.error, EOFError):
        return None
