"""import_evidence(): the public directory (Open-PVOG) against the town's own account.

The CSV of the Dashboard Digitale Verwaltung, columns as of 2026: leika_key, ars, url, online_status, aktiv,
datenstand_pvog_import …, also in camelCase. A hit with an address that works is proof that a service is online; a mere
description is none.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing.columns import plain_word
from catalog.importing.csv_text import decoded
from catalog.importing.keys import BadKey, key_of
from catalog.importing.limits import TEXT_FILE
from catalog.importing.problems import Refused
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.exchange.words import BadWord, cell_text, day
from ozg_tracker.tracking.models import Evidence, MunicipalService, Responsibility

_COLUMNS = {
    "leikakey": "key",
    "ars": "ars",
    "url": "url",
    "onlinestatus": "status",
    "aktiv": "active",
    "datenstandpvogimport": "found_on",
    "exportdatum": "exported_on",
}
_NEEDED = {"key": "leika_key", "ars": "ars", "url": "url", "status": "online_status"}


@dataclass
class EvidenceImport:
    """What the file says of the town.

    `rows`: data lines; `other_area`: lines of another ARS than the town's own (Kreis, Land, Bund included);
    `unknown_key`: own lines whose key is damaged, not in the catalogue or not tracked by the town; `matched`: the
    others. The three counts that follow are of tracked rows that are ours (responsibility `municipality`), not retired,
    each in one at most. Claimed: level at or above the model's conform level. Public: a line of the file has an address
    whose online_status is "ok" and that is not inactive.
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
    """Keep what the file says of the town's rows as evidence, and compare; the same file again adds nothing.

    ValidationError: a file that is no such CSV (`unreadable_file`, `missing_column`, `too_large`).
    """
    lines = list(_lines(path))
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
        text = decoded(content)
    except Refused as refused:
        raise ValidationError(refused.problem.message, code=refused.problem.code) from refused
    except (OSError, ValueError) as error:
        raise ValidationError(
            _("Die Datei „%(name)s“ lässt sich nicht öffnen.") % {"name": path.name}, code="unreadable_file"
        ) from error
    first = text.partition("\n")[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter=max(";,\t", key=first.count))
    try:
        columns = [_COLUMNS.get(plain_word(title)) for title in next(reader, [])]
        if missing := [title for column, title in _NEEDED.items() if column not in columns]:
            raise ValidationError(
                _("In der Kopfzeile fehlt: %(titles)s.") % {"titles": ", ".join(missing)}, code="missing_column"
            )
        for cells in reader:
            if any(cells):
                yield {name: cell_text(cell) for name, cell in zip(columns, cells, strict=False) if name}
    except csv.Error as error:
        raise ValidationError(_("Die CSV-Datei ist beschädigt."), code="unreadable_file") from error


def _rows(municipality: Municipality) -> dict[str, int]:
    rows = MunicipalService.objects.filter(municipality=municipality, service__key__isnull=False)
    return {str(key): pk for key, pk in rows.values_list("service__key", "pk")}


def _matched(
    lines: Iterable[Mapping[str, str]], municipality: Municipality, rows: Mapping[str, int], outcome: EvidenceImport
) -> Iterator[_Found]:
    for line in lines:
        if line.get("ars", "").replace(" ", "").zfill(12) != municipality.ars:
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
    ours = MunicipalService.objects.filter(
        municipality=municipality, responsibility=Responsibility.MUNICIPALITY, service__retired_on=None
    )
    conform = municipality.maturity_model.conform_level
    for pk, level in ours.values_list("pk", "level__number"):
        claimed, public = level is not None and level >= conform, listed.get(pk, False)
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
