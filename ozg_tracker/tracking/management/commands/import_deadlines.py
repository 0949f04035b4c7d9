"""import_deadlines: several deadlines of a municipality from a list."""

from pathlib import Path

from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.file_commands import ListCommand
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.exchange.import_deadlines import DeadlineImport, import_deadlines


class Command(ListCommand):
    purpose = gettext_lazy("Liest mehrere Fristen einer Kommune aus einer Liste ein.")
    file_help = gettext_lazy("die Liste: XLSX, ODS oder CSV")
    counts = gettext_lazy("Fristen neu: %(new)d, geändert: %(changed)d, unverändert: %(unchanged)d.")

    def read(self, path: Path, municipality: Municipality, *, dry_run: bool) -> DeadlineImport:
        return import_deadlines(path, municipality, dry_run=dry_run)
