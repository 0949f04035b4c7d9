"""Writing an export to disk: whole or not at all."""

import os
import tempfile
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from reports.models import Edition

_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def file_name(edition: Edition, municipality: str, format: str) -> str:
    """What the file of `edition` is called: sachstandsbericht-stadt-musterstadt-2022-11-ausgabe-2.csv; the template of
    the paper on it begins with mitteilungsvorlage.
    """
    named = slugify(municipality.lower().translate(_SPELLED))
    later = f"-ausgabe-{edition.number}" if edition.number > 1 else ""
    ending = {"csvw": "csv-metadata.json"}.get(format, format)
    kind = "mitteilungsvorlage" if format in ("docx", "odt") else "sachstandsbericht"
    return f"{kind}-{named}-{edition.month:%Y-%m}{later}.{ending}"


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` at `path`, through a temporary file beside it, so that no reader ever sees a half.

    A ValidationError (`no_folder`, `is_folder`, `not_written`) where that cannot be; what stood there stays.
    """
    if not path.parent.is_dir():
        raise ValidationError(_("Den Ordner „%(folder)s“ gibt es nicht.") % {"folder": path.parent}, code="no_folder")
    if path.is_dir():
        raise ValidationError(
            _("„%(path)s“ ist ein Ordner. Bitte nennen Sie eine Datei.") % {"path": path}, code="is_folder"
        )
    try:
        _replace(path, content)
    except OSError as error:
        words = {"path": path, "why": error.strerror or str(error)}
        raise ValidationError(
            _("„%(path)s“ ließ sich nicht schreiben: %(why)s.") % words, code="not_written"
        ) from error


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_rights())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _rights() -> int:
    """What a file made the usual way would get; a temporary one is for its owner alone."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
