"""The file of a backup: a zip with a line of JSON for each row, the files, the secret key, and what is in it."""

import json
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import TextIOWrapper
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError
from django.utils.translation import gettext as _

from catalog.told import Told, silent
from ozg_tracker.backup.tables import Digest, JsonLine, Table

FORMAT = 1
CONTENTS, KEY = "inhalt.json", "secret_key"
_DAMAGE = (
    BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
    TypeError,
)


class Archive:
    """A backup that is open for reading. Whatever is read of it that is not whole is refused (`damaged`)."""

    def __init__(self, file: ZipFile) -> None:
        self.file = file
        self.contents: dict[str, Any] = json.loads(file.read(CONTENTS))
        if self.contents["format"] > FORMAT:
            raise newer()
        self.tables = [
            Table(each["name"], tuple((name, kind) for name, kind in each["columns"]))
            for each in self.contents["tables"]
        ]
        self.migrations = {(app, name) for app, name in self.contents["migrations"]}
        self.digests = {each["name"]: (each["rows"], each["digest"]) for each in self.contents["tables"]}
        self.key = file.read(KEY).decode()
        self.rows = sum(rows for rows, _digest in self.digests.values())

    def lines(self, table: Table) -> Iterator[JsonLine]:
        with self.file.open(member(table.name)) as stream:
            for line in TextIOWrapper(stream, "utf-8", newline="\n"):
                yield line.removesuffix("\n")

    def files(self) -> Iterator[tuple[PurePosixPath, str]]:
        """The path of each file below the folder of files, and its place in the archive."""
        for each in self.contents["files"]:
            path = PurePosixPath(each["name"])
            if path.is_absolute() or ".." in path.parts:
                raise damaged()
            yield path, f"files/{path}"

    def check(self, told: Told = silent) -> None:
        """Read all of it once and compare with what it says of itself."""
        done = 0
        for table in self.tables:
            told(done, self.rows, _("prüfen: %s") % table.name)
            digest = Digest()
            for line in self.lines(table):
                digest.add(line)
            if (digest.rows, str(digest)) != self.digests[table.name]:
                raise damaged()
            done += digest.rows
        for (_path, place), each in zip(self.files(), self.contents["files"], strict=True):
            with self.file.open(place) as stream:
                if _copied(stream) != each["sha256"]:
                    raise damaged()


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """ValidationError `damaged`, `newer`, or `unreadable_file` for what is no backup at all."""
    if not path.is_file():
        raise ValidationError(
            _("Die Datei „%(name)s“ gibt es nicht, oder sie lässt sich nicht öffnen."),
            code="unreadable_file",
            params={"name": path.name},
        )
    try:
        file = ZipFile(path)
    except _DAMAGE as error:
        raise damaged() from error
    with file:
        try:
            archive = Archive(file)
        except _DAMAGE as error:
            raise damaged() from error
        yield archive


@contextmanager
def whole() -> Iterator[None]:
    """What goes wrong while the archive is read is damage, and so is what the database refuses of it."""
    try:
        yield
    except (*_DAMAGE, DataError, IntegrityError) as error:
        raise damaged() from error


def member(table: str) -> str:
    return f"tables/{table}.jsonl"


def damaged() -> ValidationError:
    return ValidationError(
        _(
            "Die Sicherung ist beschädigt oder unvollständig, oder die Datei ist keine Sicherung des OZG-Trackers. Es "
            "wurde nichts geändert. Bitte eine andere Sicherung nehmen."
        ),
        code="damaged",
    )


def newer() -> ValidationError:
    return ValidationError(
        _(
            "Die Sicherung stammt von einer neueren Fassung des OZG-Trackers. Es wurde nichts geändert. Bitte zuerst "
            "das Programm aktualisieren und die Sicherung dann einspielen."
        ),
        code="newer",
    )


def _copied(source: BinaryIO | Any, target: Any = None) -> str:
    """SHA-256 of what `source` gives, which goes to `target` too where there is one."""
    digest = sha256()
    while part := source.read(1 << 20):
        digest.update(part)
        if target is not None:
            target.write(part)
    return digest.hexdigest()


def files_of_people(folder: Path) -> Iterator[tuple[Path, str]]:
    """Each file that people gave us, with its path below `folder`; not the uploads that somebody is looking at, which
    go after a day anyway.
    """
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and name.parts[0] != "uploads":
            yield path, name.as_posix()


def add_file(archive: ZipFile, path: Path, name: str) -> dict[str, Any]:
    """Put a file into the archive: `{"name", "sha256"}`. FileNotFoundError where it has gone meanwhile."""
    with path.open("rb") as source, archive.open(f"files/{name}", "w", force_zip64=True) as target:
        return {"name": name, "sha256": _copied(source, target)}


def extract(archive: Archive, place: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with archive.file.open(place) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)
