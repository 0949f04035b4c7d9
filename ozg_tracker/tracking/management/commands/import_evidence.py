"""import_evidence: hold the town's own account against the public directory (Open-PVOG CSV)."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from ozg_tracker.accounts.municipalities import find_municipality
from ozg_tracker.console import Command as Base
from ozg_tracker.tracking.exchange.evidence import import_evidence


class Command(Base):
    help = "Liest die CSV-Datei „Open-PVOG“ und vergleicht sie mit dem Stand der Kommune."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="die CSV-Datei aus dem Dashboard Digitale Verwaltung")
        parser.add_argument("--municipality", required=True, metavar="ARS", help="Regionalschlüssel der Kommune")
        parser.add_argument("--dry-run", action="store_true", help="nur vergleichen, nichts speichern")

    def deed(self, **options: Any) -> dict[str, Any]:
        self.dry_run = options["dry_run"]
        town = find_municipality(options["municipality"])
        return import_evidence(options["file"], town, dry_run=options["dry_run"]).as_json()

    def text(self, result: dict[str, Any]) -> str:
        start = "Probelauf, nichts wurde gespeichert. " if self.dry_run else ""
        return "\n".join(
            [
                f"{start}{result['rows']} Zeilen, davon {result['matched']} zu Leistungen der Kommune.",
                f"  Schlüssel unbekannt: {result['unknown_key']}, anderes Gebiet: {result['other_area']}",
                f"  Angabe und Verzeichnis stimmen überein: {result['agree']}",
                f"  als online gemeldet, öffentlich nicht zu finden: {result['claimed_not_public']}",
                f"  öffentlich online, nicht gemeldet: {result['public_not_claimed']}",
            ]
        )
