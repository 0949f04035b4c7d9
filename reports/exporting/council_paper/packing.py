"""A written document as the same bytes for the same content: its parts bear one instant, in the order they came."""

from collections.abc import Collection
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo


def packed(content: bytes, instant: datetime, without: Collection[str] = ()) -> bytes:
    """The archive `content` written anew, `without` these parts."""
    made, when = BytesIO(), instant.astimezone(UTC).timetuple()[:6]
    with ZipFile(BytesIO(content)) as old, ZipFile(made, "w") as new:
        for name in old.namelist():
            if name not in without:
                # OpenDocument wants the part that says what the file is readable without unpacking
                new.writestr(ZipInfo(name, when), old.read(name), ZIP_STORED if name == "mimetype" else ZIP_DEFLATED)
    return made.getvalue()
