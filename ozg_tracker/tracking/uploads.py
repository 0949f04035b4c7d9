"""Files people upload: none larger than the setting allows, and kept apart while a preview of them is looked at.

A kept file lies in a private folder with a random name; the session that uploaded it knows the name, and nobody else.
"""

import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

KEEP_SECONDS = 24 * 60 * 60


def refuse_large(file: "UploadedFile[Any]") -> "UploadedFile[Any]":
    """The file itself. ValidationError `too_large` over `UPLOAD_MAX_MB`."""
    if (file.size or 0) > settings.UPLOAD_MAX_MB * 1024 * 1024:
        sentence = _("Die Datei ist größer als %(limit)d MB. Es wurde nichts gelesen. Bitte teilen Sie sie.")
        raise ValidationError(sentence, code="too_large", params={"limit": settings.UPLOAD_MAX_MB})
    return file


def keep(file: "UploadedFile[Any]", session: SessionBase, purpose: str) -> Path:
    """Keep `file` for this session until it is dropped, replaced or a day old; returns where it lies.

    A session keeps one file for each `purpose`.
    """
    drop(session, purpose)
    path = store(file)
    session[_key(purpose)] = [path.parent.name, path.name]
    return path


def kept(session: SessionBase, purpose: str) -> Path | None:
    """The kept file of this session; None where there is none (any more)."""
    found = session.get(_key(purpose))
    return stored(*found) if found else None


def drop(session: SessionBase, purpose: str) -> None:
    """Remove the kept file of this session, if there is one."""
    found = session.pop(_key(purpose), None)
    if found:
        remove(_folder().joinpath(*found))


def store(file: "UploadedFile[Any]") -> Path:
    """Keep `file` in a folder of its own until it is removed or a day old; whoever may come back knows that folder."""
    folder = _folder() / secrets.token_hex(16)
    _forget_old(folder.parent)
    folder.mkdir(mode=0o700)
    path = folder / (Path(file.name or "").name or "datei")
    with path.open("xb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
    return path


def stored(folder: str, name: str) -> Path | None:
    """The file that `store` gave these names; None where it is gone."""
    path = _folder() / folder / name
    return path if path.is_file() else None


def remove(path: Path) -> None:
    shutil.rmtree(path.parent, ignore_errors=True)


def _key(purpose: str) -> str:
    return f"kept_{purpose}"


def _folder() -> Path:
    folder = Path(settings.MEDIA_ROOT) / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _forget_old(folder: Path) -> None:
    """Remove what previews that nobody finished have left."""
    for each in folder.iterdir():
        with suppress(FileNotFoundError):  # another request was quicker
            if each.stat().st_mtime < time.time() - KEEP_SECONDS:
                shutil.rmtree(each, ignore_errors=True)
