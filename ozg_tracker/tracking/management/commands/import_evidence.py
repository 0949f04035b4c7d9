"""import_evidence: hold the municipality's own account against the public directory (Open-PVOG CSV)."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.file_commands import FileCommand
from ozg_tracker.accounts.municipalities import find_municipality
from ozg_tracker.tracking.exchange.import_evidence import import_evidence


class Command(FileCommand):
    purpose = gettext_lazy("Liest die CSV-Datei „Open-PVOG“ und vergleicht sie mit dem Stand der Kommune.")
    file_help = gettext_lazy("die CSV-Datei aus dem Dashboard Digitale Verwaltung")
    dry_run_help = gettext_lazy("nur vergleichen, nichts speichern")

    def deed(self, **options: Any) -> dict[str, Any]:
        self.dry_run = options["dry_run"]
        municipality = find_municipality(options["municipality"])
        return import_evidence(options["file"], municipality, dry_run=options["dry_run"]).as_json()

    def text(self, result: dict[str, Any]) -> str:
        lines = [
            _("Gelesene Zeilen: %(rows)d, davon zu Leistungen der Kommune: %(matched)d."),
            _("  Schlüssel unbekannt: %(unknown_key)d, anderes Gebiet: %(other_area)d"),
            _("  Angabe und Verzeichnis stimmen überein: %(agree)d"),
            _("  als online gemeldet, öffentlich nicht zu finden: %(claimed_not_public)d"),
            _("  öffentlich online, nicht gemeldet: %(public_not_claimed)d"),
        ]
        start = f"{_('Probelauf, nichts wurde gespeichert.')} " if self.dry_run else ""
        return start + "\n".join(line % result for line in lines)
