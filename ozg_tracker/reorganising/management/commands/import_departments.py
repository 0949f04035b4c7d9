"""import_departments: the tree of departments of a municipality from a list."""

from pathlib import Path

from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.file_commands import ListCommand
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.reorganising.lists import ListImport, import_departments


class Command(ListCommand):
    purpose = gettext_lazy("Liest die Fachbereiche einer Kommune aus einer Liste ein.")
    file_help = gettext_lazy("die Liste: XLSX, ODS, CSV oder eingerückter Text")
    counts = gettext_lazy("Fachbereiche neu: %(new)d, verschoben: %(moved)d, unverändert: %(unchanged)d.")

    def read(self, path: Path, municipality: Municipality, *, dry_run: bool) -> ListImport:
        return import_departments(path, municipality, dry_run=dry_run)
