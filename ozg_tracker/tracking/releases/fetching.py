"""Loading the catalogue from the FIM-Portal, for everybody: the pages are saved first, then imported like any file."""

from contextlib import ExitStack
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing.formats.fetch import fetch_pages
from catalog.importing.outcome import ImportOutcome
from catalog.importing.problems import Refused
from catalog.told import Told, silent
from ozg_tracker.tracking.releases.loading import MunicipalityImport, import_for_municipalities


def fetch_for_municipalities(
    *,
    keep_in: Path | None = None,
    updated_since: date | None = None,
    told: Told = silent,
    dry_run: bool = False,
    release: str | None = None,
    partial: bool = False,
    **options: Any,
) -> MunicipalityImport:
    """Fetch and import; with `updated_since` what changed since that day, as a part of the catalogue.

    The pages stay in `keep_in` if given, which must be a new or empty folder (ValidationError `not_empty`). Where
    nothing changed since the day, that is the answer, and nothing is recorded.
    """
    name = f"FIM-Portal {timezone.localdate():%Y-%m-%d}"
    partial = partial or updated_since is not None
    with ExitStack() as stack:
        folder = _empty(keep_in) if keep_in else Path(stack.enter_context(TemporaryDirectory()))
        try:
            fetched = fetch_pages(folder, updated_since=updated_since, told=told)
        except Refused as refused:
            return MunicipalityImport(ImportOutcome(release or name, "", problems=[refused.problem]), 0, 0)
        if updated_since and not fetched:
            return MunicipalityImport(ImportOutcome(release or name, "", applied=not dry_run, would_apply=True), 0, 0)
        return import_for_municipalities(
            folder, name=name, dry_run=dry_run, release=release, partial=partial, told=told, **options
        )


def _empty(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not any(folder.iterdir()):
            return folder
    except OSError as error:
        sentence = _("Der Ordner „%(name)s“ lässt sich nicht anlegen.")
        raise ValidationError(sentence, "not_a_folder", {"name": folder.name}) from error
    sentence = _("Im Ordner „%(name)s“ liegt schon etwas. Bitte einen neuen oder leeren Ordner nennen.")
    raise ValidationError(sentence, "not_empty", {"name": folder.name})
