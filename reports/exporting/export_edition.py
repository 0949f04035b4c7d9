"""export_edition: an edition in one of nine formats, from its frozen figures alone."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from reports.exporting.council_paper.open_document import odt
from reports.exporting.council_paper.word import docx
from reports.exporting.document import pdf
from reports.exporting.standalone import html
from reports.exporting.table import described, table
from reports.exporting.workbook import open_document, workbook
from reports.models import Edition


def frozen(edition: Edition) -> bytes:
    """The JSON byte for byte as it was hashed."""
    return edition.figures.encode()


EXPORTERS: dict[str, Callable[[Edition], bytes]] = {
    "html": html,
    "pdf": pdf,
    "xlsx": workbook,
    "ods": open_document,
    "csv": table,
    "csvw": described,
    "json": frozen,
    "docx": docx,
    "odt": odt,
}
FORMATS = tuple(EXPORTERS)
PAPERS = ("docx", "odt")  # templates of a paper for the council: for those who write it
MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv; charset=utf-8",
    "csvw": "application/csvm+json",
    "json": "application/json",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
}


def export_edition(edition: Edition, format: str) -> bytes:
    """`edition` as the bytes of a file. The report is German, whoever asks.

    A ValidationError (`unknown_format`) where `format` is none of `FORMATS`.
    """
    if format not in EXPORTERS:
        words = {"format": format, "formats": ", ".join(FORMATS)}
        raise ValidationError(
            _("Das Format „%(format)s“ gibt es nicht. Möglich sind: %(formats)s.") % words, code="unknown_format"
        )
    with translation.override("de"):
        return EXPORTERS[format](edition)
