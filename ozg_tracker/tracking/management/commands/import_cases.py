"""import_cases: cases of services by year and channel from a list."""

from pathlib import Path

from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.file_commands import ListCommand
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.exchange.import_cases import CaseImport, import_cases


class Command(ListCommand):
    purpose = gettext_lazy("Liest Fälle nach Jahr und Kanal einer Kommune aus einer Liste ein.")
    file_help = gettext_lazy("die Liste: XLSX, ODS oder CSV")
    counts = gettext_lazy("Fallzahlen eingetragen: %(entered)d, unveränderte Zeilen: %(unchanged)d.")

    def read(self, path: Path, municipality: Municipality, *, dry_run: bool) -> CaseImport:
        return import_cases(path, municipality, dry_run=dry_run)
