"""import_catalogue: load a release of the official catalogue, for all towns of this installation."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from catalog.folding import Folded, fold
from catalog.importing.outcome import ImportOutcome
from ozg_tracker.console import Command as Base
from ozg_tracker.console import day
from ozg_tracker.tracking.catalogue import TownImport, import_for_towns
from ozg_tracker.tracking.fetching import fetch_for_towns

OPTIONS = ("release", "dry_run", "partial", "skip_errors", "allow_shrink")


class Command(Base):
    help = (
        "Lädt einen Stand des Kataloges: XLSX, CSV, XZuFi (XML), Seiten des FIM-Portals (JSON), ein Ordner oder Zip "
        "davon oder die mitgelieferte Form, erkannt am Inhalt."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", nargs="?", help="die Katalogdatei; mit --fetch ein Ordner, in dem die Seiten bleiben"
        )
        parser.add_argument("--fetch", action="store_true", help="die Steckbriefe vom FIM-Portal holen (FIM_API_URL)")
        parser.add_argument("--updated-since", type=day, metavar="DAY", help="mit --fetch: nur seit dem Tag Geändertes")
        parser.add_argument("--dry-run", action="store_true", help="nur zeigen, was sich ändern würde")
        parser.add_argument("--release", help="Name des Katalogstandes; sonst der aus der Datei oder ihr Name")
        parser.add_argument("--partial", action="store_true", help="Teilkatalog: Was fehlt, entfällt nicht")
        parser.add_argument("--skip-errors", action="store_true", help="fehlerhafte Zeilen auslassen, den Rest laden")
        parser.add_argument("--allow-shrink", action="store_true", help="erlauben, dass mehr als 20 %% entfallen")

    def deed(self, **options: Any) -> dict[str, Any]:
        self.dry_run = options["dry_run"]
        file, chosen = options["file"], {name: options[name] for name in OPTIONS}
        if options["fetch"]:
            keep_in = Path(file) if file else None
            self.town_import = fetch_for_towns(
                keep_in=keep_in, updated_since=options["updated_since"], told=self.tell, **chosen
            )
        elif file is None or options["updated_since"]:
            raise CommandError("Bitte eine Katalogdatei nennen, oder mit --fetch das FIM-Portal fragen.", returncode=2)
        else:
            self.town_import = import_for_towns(file, **chosen)
        return self.town_import.as_json()

    def tell(self, fetched: int, total: int) -> None:
        """How far the fetching is, to a terminal alone."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{fetched} von {total} Steckbriefen geholt", ending="\n" if fetched >= total else "")

    def refused(self, result: dict[str, Any]) -> bool:
        """Nothing applied though asked for; a dry run is refused where the import itself would be."""
        outcome = self.town_import.outcome
        return not outcome.applied and not (self.dry_run and outcome.would_apply)

    def text(self, result: dict[str, Any]) -> str:
        return "\n".join(
            [*map(_line, fold(self.town_import.outcome.problems)), _summary(self.town_import, self.dry_run)]
        )


def _line(problem: Folded) -> str:
    kind = "Fehler" if problem.is_error else "Hinweis"
    place = [f"Blatt „{problem.sheet}“"] if problem.sheet else []
    if problem.rows:
        more = f" und {len(problem.rows) - 1} weitere" if len(problem.rows) > 1 else ""
        place.append(f"Zeile {problem.rows[0]}{more}")
    if problem.column:
        place.append(f"Spalte „{problem.column}“")
    return f"{kind}{' (' + ', '.join(place) + ')' if place else ''}: {problem.message} [{problem.code}]"


def _summary(result: TownImport, dry_run: bool) -> str:
    outcome = result.outcome
    if not outcome.applied and not (dry_run and outcome.would_apply):
        return "Nichts wurde geändert. Der Katalog ist, wie er war."
    start = "Probelauf, nichts wurde geändert. " if dry_run else ""
    lines = [
        f"{start}Katalogstand „{outcome.release}“, {outcome.rows} Zeilen",
        f"  Leistungen: {_counts(outcome, 'services')}",
        f"  OZG-Leistungen (Bündel): {_counts(outcome, 'bundles')}",
        f"  betroffene Leistungen der Kommunen: {result.touched}",
    ]
    if result.added:
        lines.append(f"  neu bei den Kommunen, Zuständigkeit ungeklärt: {result.added}")
    return "\n".join(lines)


def _counts(outcome: ImportOutcome, what: str) -> str:
    counts = getattr(outcome, what)
    return f"{counts.new} neu, {counts.changed} geändert, {counts.unchanged} unverändert, {counts.retired} entfallen"
