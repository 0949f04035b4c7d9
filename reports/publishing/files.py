"""The files of an edition as anybody gets them: drawn from the frozen figures, once, and without a person's name."""

import copy
import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from ozg_tracker.accounts.models import Municipality
from reports.exporting.export_edition import FORMATS, PAPERS, export_edition
from reports.models import Edition, PublicFile
from reports.publishing.shown import open_publications, public_editions

# papers for the council are for those who write them
PUBLIC_FORMATS = tuple(each for each in FORMATS if each not in PAPERS)


@dataclass(frozen=True)
class Facts:
    """Of a file that was drawn: bytes, and hashes in hex."""

    format: str
    size: int
    sha256: str
    sha512: str


def unnamed(edition: Edition) -> Edition:
    """The same edition without who submitted and who approved it: whose name the council reads, the public need not.

    The office answers for what is open; the figures and their hash stay what they are.
    """
    made = copy.copy(edition)
    made._state = copy.copy(edition._state)
    made._state.fields_cache = dict(edition._state.fields_cache)
    made.submitted_by = made.approved_by = None
    return made


def content_of(edition: Edition, format: str) -> tuple[Facts, bytes]:
    """The file of a published edition in one of `PUBLIC_FORMATS`; drawn and kept where nobody asked for it before."""
    kept = edition.public_files.filter(format=format).first()
    if kept is None:
        kept = _draw(edition, format)
    return Facts(format, kept.size, kept.sha256, kept.sha512), zlib.decompress(kept.content)


def _draw(edition: Edition, format: str) -> PublicFile:
    content = export_edition(unnamed(edition), format)
    with transaction.atomic():
        made, _new = PublicFile.objects.get_or_create(
            edition=edition,
            format=format,
            defaults={
                "content": zlib.compress(content, 9),
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "sha512": hashlib.sha512(content).hexdigest(),
                "drawn_at": timezone.now(),
            },
        )
    return made


def facts_of(editions: Iterable[Edition]) -> dict[int, dict[str, Facts]]:
    """By edition's id and format, of those files that were drawn; one query, without their contents."""
    found: dict[int, dict[str, Facts]] = {}
    columns = ("edition_id", "format", "size", "sha256", "sha512")
    wanted = [each.pk for each in editions]
    for edition, format, *facts in PublicFile.objects.filter(edition__in=wanted).values_list(*columns):
        found.setdefault(edition, {})[format] = Facts(format, *facts)
    return found


def draw_public_files(municipality: Municipality) -> int:
    """Draw what is open and nobody asked for yet, so that catalogues can tell sizes and hashes; says how many."""
    publication = open_publications().filter(municipality=municipality).first()
    if publication is None:
        return 0
    editions = list(public_editions(publication).defer("figures", "differences"))
    known = facts_of(editions)
    made = 0
    for each in editions:
        missing = [format for format in PUBLIC_FORMATS if format not in known.get(each.pk, {})]
        if not missing:
            continue
        whole = Edition.objects.select_related("municipality", "signature").get(pk=each.pk)
        for format in missing:
            _draw(whole, format)
            made += 1
    return made
