"""Files people upload: none larger than the setting allows, and kept apart while a preview of them is looked at.

A kept file lies in a private folder with a random name. Its token names the file, what it is for, who uploaded it for
which municipality, and how it is to be read; it is signed and travels with the page, so that each tab goes on with its
file.
"""

import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Municipality, User

KEEP_SECONDS = 24 * 60 * 60


def refuse_large(file: "UploadedFile[Any]") -> "UploadedFile[Any]":
    """The file itself. ValidationError `too_large` over `UPLOAD_MAX_MB`."""
    if (file.size or 0) > settings.UPLOAD_MAX_MB * 1024 * 1024:
        sentence = _("Die Datei ist größer als %(limit)d MB. Es wurde nichts gelesen. Bitte teilen Sie sie.")
        raise ValidationError(sentence, code="too_large", params={"limit": settings.UPLOAD_MAX_MB})
    return file


FILE = "file"  # names a kept file in addresses and forms


class Kept(NamedTuple):
    """A file that was kept, with what was said of it when it was uploaded."""

    path: Path
    options: dict[str, Any]


def keep(
    file: "UploadedFile[Any]", purpose: str, user: User, municipality: Municipality | None = None, **options: Any
) -> str:
    """Keep `file` until it is removed or a day old; returns its token. `options`: plain values to be given back."""
    return token_of(store(file), purpose, user, municipality, **options)


def token_of(path: Path, purpose: str, user: User, municipality: Municipality | None = None, **options: Any) -> str:
    """The token of a file that was stored, for `user` and `municipality` alone."""
    return signing.dumps(
        [*_whose(user, municipality), path.parent.name, path.name, options], salt=_salt(purpose), compress=True
    )


def kept(token: str, purpose: str, user: User, municipality: Municipality | None = None) -> Kept | None:
    """The file that `token` names; None for another user's, municipality's or purpose's, and for one that is gone."""
    try:
        user_id, municipality_id, folder, name, options = signing.loads(
            token, salt=_salt(purpose), max_age=KEEP_SECONDS
        )
    except signing.BadSignature:
        return None
    path = stored(folder, name) if [user_id, municipality_id] == _whose(user, municipality) else None
    return Kept(path, options) if path else None


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


def _whose(user: User, municipality: Municipality | None) -> list[int | None]:
    return [user.pk, municipality.pk if municipality else None]


def _salt(purpose: str) -> str:
    return f"upload {purpose}"


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
