"""import_status: bring a town's rows up to date from a workbook or CSV."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from catalog.folding import Folded, fold
from ozg_tracker.accounts.municipalities import find_municipality
from ozg_tracker.console import Command as Base
from ozg_tracker.tracking.exchange.importing import import_status
from ozg_tracker.tracking.models import Source


class Command(Base):
    help = "Liest Statuszeilen einer Kommune aus einer Arbeitsmappe (.xlsx) oder CSV, als Ganzes oder gar nicht."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="die Datei mit den Statuszeilen")
        parser.add_argument("--municipality", required=True, metavar="ARS", help="Regionalschlüssel der Kommune")
        parser.add_argument("--dry-run", action="store_true", help="nur zeigen, was sich ändern würde")
        parser.add_argument("--skip-conflicts", action="store_true", help="Zeilen mit Konflikten auslassen")

    def deed(self, **options: Any) -> dict[str, Any]:
        self.dry_run = options["dry_run"]
        self.outcome = import_status(
            options["file"],
            find_municipality(options["municipality"]),
            dry_run=options["dry_run"],
            skip_conflicts=options["skip_conflicts"],
            source=Source.FILE,
        )
        return self.outcome.as_json()

    def refused(self, result: dict[str, Any]) -> bool:
        return self.outcome.refused

    def text(self, result: dict[str, Any]) -> str:
        lines = [*map(_line, fold(self.outcome.problems))]
        lines += [f"Konflikt (Zeile {each['row']}): {each['message']}" for each in self.outcome.conflicts]
        if self.outcome.refused:
            lines.append("Nichts wurde geändert. Bitte die Datei berichtigen und noch einmal einlesen.")
            if self.outcome.conflicts:
                lines.append("Mit --skip-conflicts werden nur die Zeilen mit Konflikten ausgelassen.")
            return "\n".join(lines)
        start = "Probelauf, nichts wurde geändert. " if self.dry_run else ""
        lines.append(
            f"{start}{result['rows']} Zeilen: {result['applied']} Änderungen, {result['unchanged']} ohne Änderung"
            + (f", {len(self.outcome.conflicts)} Konflikte ausgelassen." if self.outcome.conflicts else ".")
        )
        return "\n".join(lines)


def _line(problem: Folded) -> str:
    kind = "Fehler" if problem.is_error else "Hinweis"
    place = [f"Blatt „{problem.sheet}“"] if problem.sheet else []
    if problem.rows:
        more = f" und {len(problem.rows) - 1} weitere" if len(problem.rows) > 1 else ""
        place.append(f"Zeile {problem.rows[0]}{more}")
    if problem.column:
        place.append(f"Spalte „{problem.column}“")
    return f"{kind}{' (' + ', '.join(place) + ')' if place else ''}: {problem.message}"
