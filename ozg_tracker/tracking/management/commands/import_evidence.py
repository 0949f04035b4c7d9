"""import_evidence: hold the town's own account against the public directory (Open-PVOG CSV)."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.municipalities import find_municipality
from ozg_tracker.console import Command as Base
from ozg_tracker.tracking.exchange.evidence import import_evidence


class Command(Base):
    purpose = gettext_lazy("Liest die CSV-Datei „Open-PVOG“ und vergleicht sie mit dem Stand der Kommune.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=_("die CSV-Datei aus dem Dashboard Digitale Verwaltung"))
        parser.add_argument("--municipality", required=True, metavar="ARS", help=_("Regionalschlüssel der Kommune"))
        parser.add_argument("--dry-run", action="store_true", help=_("nur vergleichen, nichts speichern"))

    def deed(self, **options: Any) -> dict[str, Any]:
        self.dry_run = options["dry_run"]
        town = find_municipality(options["municipality"])
        return import_evidence(options["file"], town, dry_run=options["dry_run"]).as_json()

    def text(self, result: dict[str, Any]) -> str:
        lines = [
            _("%(rows)d Zeilen, davon %(matched)d zu Leistungen der Kommune."),
            _("  Schlüssel unbekannt: %(unknown_key)d, anderes Gebiet: %(other_area)d"),
            _("  Angabe und Verzeichnis stimmen überein: %(agree)d"),
            _("  als online gemeldet, öffentlich nicht zu finden: %(claimed_not_public)d"),
            _("  öffentlich online, nicht gemeldet: %(public_not_claimed)d"),
        ]
        start = f"{_('Probelauf, nichts wurde gespeichert.')} " if self.dry_run else ""
        return start + "\n".join(line % result for line in lines)
