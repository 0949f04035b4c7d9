"""Which edition a file or a hash is, unchanged or not, replaced or not: for anybody, from published editions alone."""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from io import BytesIO
from itertools import pairwise

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from catalog.importing.formats.sheets import sheets
from catalog.importing.problems import Refused
from reports import canonical, signing
from reports.exporting.embedded import archive_parts, embedded
from reports.exporting.export_edition import PAPERS, export_edition
from reports.models import Edition

HASH = re.compile(r"[0-9a-f]{64}")
_FORMATS = {b"%PDF": "pdf", b"{": "json", b"\xef\xbb\xbf": "csv", b"<!doctype html": "html"}
# what the first bytes of an archive say it is, in the order in which our writers put its parts
_PACKED = {b"opendocument.spreadsheet": "ods", b"opendocument.text": "odt", b"word/": "docx"}
_MARKED = 4000
_MOST_HASHES = 50  # that a text may name
_KEPT = 60 * 60  # seconds


class Outcome(StrEnum):
    """What was found of the bytes; whether the edition is replaced is said beside it."""

    UNCHANGED = "unchanged"  # byte for byte what was frozen, or what is written from it
    FIGURES_UNCHANGED = "figures_unchanged"  # a PDF or spreadsheet with the figures that were frozen in other bytes
    CHANGED = "changed"  # it names an edition and is not what is written from it
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Checked:
    """`edition`: which one it is; `replaced_by`: the published one in force where it is another; `whole_chain`: whether
    every edition of the municipality from this one on names the one before it; `head`: the hash of the last;
    `signed`: whether its signature is that of its key, None where it has none.
    """

    finding: Outcome
    kind: str  # pdf, xlsx, ods, json, csv, html, docx, odt, or hash
    checked_at: datetime
    edition: Edition | None = None
    replaced_by: Edition | None = None
    whole_chain: bool = False
    head: str = ""
    signed: bool | None = None

    @property
    def known(self) -> bool:
        return self.edition is not None


def check_hash(text: str) -> Checked:
    """What edition has the SHA-256 `text`, in any case and with blanks around it."""
    found = _with_hash(text.strip().lower())
    return _answer(Outcome.UNCHANGED if found else Outcome.UNKNOWN, "hash", found)


def check_file(content: bytes) -> Checked:
    """What edition the bytes of a PDF, XLSX, ODS, CSV, JSON or HTML file are, or a template that was not edited yet;
    anything else is unknown.
    """
    kind = next(
        (name for start, name in _FORMATS.items() if content.lstrip()[:20].lower().startswith(start.lower())), ""
    )
    if kind == "json":
        return _of_json(content)
    if kind == "pdf":
        return _of_pdf(content)
    if content.startswith(b"PK"):
        return _of_spreadsheet(content)
    return _of_text(content, kind) if kind else _answer(Outcome.UNKNOWN, "", None)


def _of_json(content: bytes) -> Checked:
    text = content.decode("utf-8", "replace")
    if found := _with_hash(canonical.digest(text)):
        return _answer(Outcome.UNCHANGED, "json", found)
    named = _named_in_json(text)
    return _answer(Outcome.CHANGED if named else Outcome.UNKNOWN, "json", named)


def _named_in_json(text: str) -> Edition | None:
    """The last published edition of the month and municipality that changed figures name."""
    try:
        figures = canonical.loads(text)
        ars, month = str(figures["municipality"]["ars"]), f"{figures['month']}-01"
        day = datetime.strptime(month, "%Y-%m-%d").date()  # noqa: DTZ007 (a day)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return _published().filter(municipality__ars=ars, month=day).order_by("number").last()


def _of_pdf(content: bytes) -> Checked:
    for text in embedded(content):
        inside = _of_json(text)
        if inside.edition is None:
            continue
        if inside.finding is Outcome.CHANGED:
            return _answer(Outcome.CHANGED, "pdf", inside.edition)
        same = _is_written_as(inside.edition, "pdf", content)
        return _answer(Outcome.UNCHANGED if same else Outcome.FIGURES_UNCHANGED, "pdf", inside.edition)
    return _answer(Outcome.UNKNOWN, "pdf", None)


def _of_spreadsheet(content: bytes) -> Checked:
    """As for a text; one that a program saved again has other bytes and the same cells."""
    kind = next((name for mark, name in _PACKED.items() if mark in content[:_MARKED]), "xlsx")
    parts = archive_parts(content)
    if parts is None:
        return _answer(Outcome.UNKNOWN, kind, None)
    named = _named_in(parts)
    if named is None:
        return _answer(Outcome.UNKNOWN, kind, None)
    if _is_written_as(named, kind, content):
        return _answer(Outcome.UNCHANGED, kind, named)
    if kind in PAPERS:  # made to be edited: what it says now is not vouched for
        return _answer(Outcome.CHANGED, kind, named)
    cells = _cells(content)
    same = cells == _kept(named, f"cells-{kind}", lambda: _cells(export_edition(named, kind)))
    if not same and (public := named.public_files.filter(format=kind).first()):
        same = cells == _kept(named, f"public-cells-{kind}", lambda: _cells(zlib.decompress(public.content)))
    return _answer(Outcome.FIGURES_UNCHANGED if same else Outcome.CHANGED, kind, named)


def _cells(content: bytes) -> str:
    """The digest of what the cells of each sheet say; "" for what cannot be read. Read within the bounds of all other
    doors for workbooks: who asks here is not signed in.
    """
    said = sha256()
    try:
        for sheet in sheets(BytesIO(content)):
            said.update(repr(sheet.name).encode())
            for cells in sheet.rows:
                said.update(repr(cells).encode())
    except Refused:
        return ""
    return said.hexdigest()


def _of_text(content: bytes, kind: str) -> Checked:
    """The edition whose hash the text names first; the same only where every byte is what is written today."""
    named = _named_in(content)
    if named is None:
        return _answer(Outcome.UNKNOWN, kind, None)
    same = _is_written_as(named, kind, content)
    return _answer(Outcome.UNCHANGED if same else Outcome.CHANGED, kind, named)


def _named_in(content: bytes) -> Edition | None:
    """The edition whose hash stands first."""
    hashes = list(dict.fromkeys(HASH.findall(content.decode("utf-8", "replace"))))[:_MOST_HASHES]
    editions = {each.sha256: each for each in _published().filter(sha256__in=hashes)}
    return next((editions[each] for each in hashes if each in editions), None)


def _is_written_as(edition: Edition, kind: str, content: bytes) -> bool:
    """Anybody may ask, and a PDF takes half a second to draw: what it comes to is kept for an hour."""

    asked = sha256(content).hexdigest()
    written = _kept(edition, kind, lambda: sha256(export_edition(edition, kind)).hexdigest())
    return written == asked or edition.public_files.filter(format=kind, sha256=asked).exists()


def _kept(edition: Edition, what: str, made: Callable[[], str]) -> str:
    signature = getattr(edition, "signature", None)
    key = f"written:{edition.pk}:{edition.sha256}:{signature.pk if signature else 0}:{what}:{get_language()}"
    return str(cache.get_or_set(key, made, _KEPT))


def _with_hash(text: str) -> Edition | None:
    return _published().filter(sha256=text).order_by("pk").last() if HASH.fullmatch(text) else None


def _published() -> QuerySet[Edition]:
    people = ("municipality", "approved_by", "submitted_by", "signature")
    return Edition.objects.filter(Edition.published()).select_related(*people)


def _answer(finding: Outcome, kind: str, edition: Edition | None) -> Checked:
    now = timezone.now()
    if edition is None:
        return Checked(Outcome.UNKNOWN, kind, now)
    later = _published().filter(municipality=edition.municipality, month=edition.month, number__gt=edition.number)
    whole, head = _chain(edition)
    signature = getattr(edition, "signature", None)
    signed = signature and signing.holds(signature.public_key, signature.signature, edition.figures)
    return Checked(finding, kind, now, edition, later.order_by("number").last(), whole, head, signed)


def _chain(edition: Edition) -> tuple[bool, str]:
    """Whether the chain runs from the edition to the last one of its municipality, and the hash of that one."""
    chain = Edition.objects.filter(municipality=edition.municipality, pk__gte=edition.pk).order_by("pk")
    links = list(chain.values_list("sha256", "previous_sha256"))
    joined = all(after[1] == before[0] for before, after in pairwise(links))
    return joined and canonical.digest(edition.figures) == edition.sha256, links[-1][0]
