"""import_evidence(): the public directory (Open-PVOG) against the municipality's own account.

The CSV of the Dashboard Digitale Verwaltung, or a page of it as JSON; columns as of 2026: leika_key, ars, url,
online_status, aktiv, datenstand_pvog_import …, also in camelCase. A hit with an address that works is proof that a
service is online; a mere description is none.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.importing.formats.csv_rows import best_delimiter, rows_of
from catalog.importing.formats.csv_text import encoding_of
from catalog.importing.keys import BadKey, key_of
from catalog.importing.limits import TEXT_FILE
from catalog.importing.problems import Refused
from catalog.importing.spelling import plain_word
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.exchange.words import BadWord, cell_text, day
from ozg_tracker.tracking.models import Evidence, MunicipalService
from ozg_tracker.tracking.rows.counting import COUNTS, READY

_COLUMNS = {
    "leikakey": "key",
    "ars": "ars",
    "arsname": "area",
    "url": "url",
    "onlinestatus": "status",
    "aktiv": "active",
    "datenstandpvogimport": "found_on",
    "exportdatum": "exported_on",
}
_BLANK = b"\xef\xbb\xbf \t\r\n"  # what may stand before the first brace
_NAMED = 3  # places named of a directory that is another's
_NEEDED = {"key": "leika_key", "ars": "ars", "url": "url", "status": "online_status"}


@dataclass
class EvidenceImport:
    """What the file says of the municipality.

    `rows`: data lines; `other_area`: lines of another ARS than the municipality's own (Kreis, Land, Bund included);
    `unknown_key`: own lines whose key is damaged, not in the catalogue or not tracked by the municipality; `matched`:
    the others. The three counts that follow are of tracked rows that count (`tracking.counting`), each in one at most.
    Claimed: ready. Public: a line of the file has an address whose online_status is "ok" and that is not inactive.
    `claimed_not_public`: claimed and not public, whether the file has a line or not; `public_not_claimed`: public, and
    below the conform level or not rated; `agree`: claimed and public, or in the file and neither.
    """

    rows: int = 0
    matched: int = 0
    unknown_key: int = 0
    other_area: int = 0
    agree: int = 0
    claimed_not_public: int = 0
    public_not_claimed: int = 0

    def as_json(self) -> dict[str, int]:
        return asdict(self)


class _Found(NamedTuple):
    row_id: int
    url: str
    online: bool
    found_on: date


def import_evidence(path: Path, municipality: Municipality, *, dry_run: bool = False) -> EvidenceImport:
    """Keep what the file says of the municipality's rows as evidence, and compare; the same file again adds nothing.

    The file is the CSV, or a page of the directory as JSON. ValidationError: it is neither (`unreadable_file`,
    `missing_column`, `too_large`), is one page of several (`one_of_several_pages`), is empty (`no_rows`), or has no
    line for this municipality (`other_municipality`): then nothing is compared.
    """
    lines = list(_lines(path))
    _refuse_strange(lines, municipality)
    outcome = EvidenceImport(rows=len(lines))
    rows = _rows(municipality)
    found = list(_matched(lines, municipality, rows, outcome))
    _compare(found, municipality, outcome)
    if not dry_run:
        _keep(found, path.name)
    return outcome


def _lines(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open("rb") as file:
            content = file.read(TEXT_FILE + 1)
        if len(content) > TEXT_FILE or content.startswith(b"PK"):
            raise ValidationError(_("Erwartet wird eine CSV-Datei bis 24 MB aus „Open-PVOG“."), code="too_large")
        rows = _json_rows(content) if content.lstrip(_BLANK).startswith((b"{", b"[")) else _csv_rows(content)
        yield from _cells_by_column(rows)
    except Refused as refused:
        raise ValidationError(refused.problem.message, code=refused.problem.code) from refused
    except (OSError, ValueError, RecursionError) as error:
        raise ValidationError(
            _("Die Datei „%(name)s“ lässt sich nicht öffnen.") % {"name": path.name}, code="unreadable_file"
        ) from error


def _json_rows(content: bytes) -> Iterator[list[str]]:
    """A page of the directory as JSON, a list of objects or one under `content`, as rows below a header."""
    said = json.loads(content)
    found = said.get("content") if isinstance(said, dict) else said
    _refuse_part(said, found)
    entries = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    titles = list(dict.fromkeys(title for each in entries for title in each))
    yield titles
    for each in entries:
        yield ["" if isinstance(cell := each.get(title), dict | list | None) else str(cell) for title in titles]


def _refuse_part(said: object, found: object) -> None:
    """ValidationError `one_of_several_pages`: what stands on the others would be taken for not online."""
    place = said.get("page", said) if isinstance(said, dict) else {}
    place = place if isinstance(place, dict) else {}
    pages, entries = place.get("totalPages"), place.get("totalElements")
    more = isinstance(entries, int) and isinstance(found, list) and entries > len(found)
    if more or (isinstance(pages, int) and pages > 1) or place.get("last") is False:
        raise ValidationError(
            _(
                "Die Datei ist nur eine Seite des Verzeichnisses (%(here)s von %(all)s Einträgen). Verglichen und "
                "gespeichert wurde nichts. Bitte laden Sie das ganze Verzeichnis Ihrer Kommune, am besten als CSV."
            ),
            code="one_of_several_pages",
            params={
                "here": len(found) if isinstance(found, list) else 0,
                "all": entries if isinstance(entries, int) else _("mehr"),
            },
        )


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    def known(rows: Iterable[list[str]]) -> int:
        return max((sum(plain_word(title) in _COLUMNS for title in row) for row in rows), default=0)

    encoding = encoding_of(content)
    return rows_of(content, encoding, best_delimiter(content, encoding, known, look_ahead=1))


def _cells_by_column(rows: Iterator[list[str]]) -> Iterator[dict[str, str]]:
    columns = [_COLUMNS.get(plain_word(title)) for title in next(rows, [])]
    if missing := [title for column, title in _NEEDED.items() if column not in columns]:
        raise ValidationError(
            _("In der Kopfzeile fehlt: %(titles)s.") % {"titles": ", ".join(missing)}, code="missing_column"
        )
    for cells in rows:
        if any(cells):
            yield {name: cell_text(cell) for name, cell in zip(columns, cells, strict=False) if name}


def _refuse_strange(lines: list[dict[str, str]], municipality: Municipality) -> None:
    """ValidationError where no line is for the municipality: a comparison would say that nothing of it is online."""
    if not lines:
        raise ValidationError(_("In der Datei steht unter der Kopfzeile keine Zeile."), code="no_rows")
    if any(_ars(line) == municipality.ars for line in lines):
        return
    named = sorted({f"{line.get('area', '')} {_ars(line)}".strip() for line in lines})
    raise ValidationError(
        ngettext(
            "Die einzige Zeile gilt nicht für %(municipality)s (%(ars)s); die Datei nennt %(named)s. "
            "Verglichen und gespeichert wurde nichts. Bitte laden Sie das Verzeichnis für Ihre Kommune.",
            "Keine der %(rows)d Zeilen gilt für %(municipality)s (%(ars)s); die Datei nennt %(named)s. "
            "Verglichen und gespeichert wurde nichts. Bitte laden Sie das Verzeichnis für Ihre Kommune.",
            len(lines),
        ),
        code="other_municipality",
        params={
            "rows": len(lines),
            "municipality": municipality.name,
            "ars": municipality.ars,
            "named": ", ".join(named[:_NAMED]) + (" …" if len(named) > _NAMED else ""),
        },
    )


def _ars(line: Mapping[str, str]) -> str:
    return line.get("ars", "").replace(" ", "").zfill(12)


def _rows(municipality: Municipality) -> dict[str, int]:
    rows = MunicipalService.objects.filter(municipality=municipality, service__key__isnull=False)
    return {str(key): pk for key, pk in rows.values_list("service__key", "pk")}


def _matched(
    lines: Iterable[Mapping[str, str]], municipality: Municipality, rows: Mapping[str, int], outcome: EvidenceImport
) -> Iterator[_Found]:
    for line in lines:
        if _ars(line) != municipality.ars:
            outcome.other_area += 1
            continue
        try:
            row_id = rows.get(key_of(line.get("key", "")) or "")
        except BadKey:
            row_id = None
        if row_id is None:
            outcome.unknown_key += 1
            continue
        outcome.matched += 1
        works = line.get("status", "").casefold() == "ok" and line.get("active", "").casefold() != "nein"
        yield _Found(row_id, line.get("url", "")[:1000], bool(line.get("url")) and works, _day(line))


def _day(line: Mapping[str, str]) -> date:
    """The day the directory was read, else that of the export, else today."""
    for column in ("found_on", "exported_on"):
        try:
            return day(line.get(column, "")[:10])
        except BadWord:
            continue
    return timezone.localdate()


def _compare(found: Iterable[_Found], municipality: Municipality, outcome: EvidenceImport) -> None:
    listed: dict[int, bool] = {}
    for each in found:
        listed[each.row_id] = listed.get(each.row_id, False) or each.online
    relevant = MunicipalService.objects.filter(COUNTS, municipality=municipality)
    ready = set(relevant.filter(READY).values_list("pk", flat=True))
    for pk in relevant.values_list("pk", flat=True):
        claimed, public = pk in ready, listed.get(pk, False)
        outcome.claimed_not_public += claimed and not public
        outcome.public_not_claimed += public and not claimed
        outcome.agree += claimed == public and pk in listed


@transaction.atomic
def _keep(found: Iterable[_Found], origin: str) -> None:
    now = timezone.now()
    Evidence.objects.bulk_create(
        (
            Evidence(
                row_id=each.row_id,
                kind=Evidence.Kind.DIRECTORY,
                found_on=each.found_on,
                url=each.url,
                online=each.online,
                origin=origin[:255],
                recorded_at=now,
            )
            for each in found
        ),
        ignore_conflicts=True,
        batch_size=2000,
    )
