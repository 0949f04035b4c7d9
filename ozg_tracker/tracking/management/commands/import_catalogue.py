"""import_catalogue: load a release of the official catalogue, for all municipalities of this installation."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.importing.folding import fold
from catalog.importing.outcome import Counts, ImportOutcome
from catalog.importing.problem_list import problem_list
from ozg_tracker.console import Command as Base
from ozg_tracker.console import day
from ozg_tracker.tracking.releases.fetching import fetch_for_municipalities
from ozg_tracker.tracking.releases.loading import MunicipalityImport, import_for_municipalities

OPTIONS = ("release", "dry_run", "partial", "skip_errors", "allow_shrink")


class Command(Base):
    purpose = gettext_lazy(
        "Lädt einen Stand des Kataloges: XLSX, ODS, CSV, XZuFi (XML), Seiten des FIM-Portals (JSON), ein Ordner oder "
        "Zip davon oder die mitgelieferte Form, erkannt am Inhalt."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", nargs="?", help=_("die Katalogdatei; mit --fetch ein Ordner, in dem die Seiten bleiben")
        )
        fetch = _("die Steckbriefe vom FIM-Portal holen (FIM_API_URL)")
        parser.add_argument("--fetch", action="store_true", help=fetch)
        since = _("mit --fetch: nur seit dem Tag Geändertes")
        parser.add_argument("--updated-since", type=day, metavar="DAY", help=since)
        parser.add_argument("--dry-run", action="store_true", help=_("nur zeigen, was sich ändern würde"))
        parser.add_argument("--release", help=_("Name des Katalogstandes; sonst der aus der Datei oder ihr Name"))
        parser.add_argument("--partial", action="store_true", help=_("Teilkatalog: Was fehlt, entfällt nicht"))
        skip = _("fehlerhafte Zeilen auslassen, den Rest laden")
        parser.add_argument("--skip-errors", action="store_true", help=skip)
        listed = _("die Probleme der Datei als .xlsx oder .ods dorthin schreiben")
        parser.add_argument("--problems", type=Path, metavar="FILE", help=listed)
        parser.add_argument("--allow-shrink", action="store_true", help=_("erlauben, dass mehr als 20 %% entfallen"))

    def deed(self, **options: Any) -> dict[str, Any]:
        self.dry_run = options["dry_run"]
        file, chosen = options["file"], {name: options[name] for name in OPTIONS}
        if options["fetch"]:
            keep_in = Path(file) if file else None
            self.municipality_import = fetch_for_municipalities(
                keep_in=keep_in, updated_since=options["updated_since"], told=self.told, **chosen
            )
        elif file is None or options["updated_since"]:
            sentence = _("Bitte eine Katalogdatei nennen, oder mit --fetch das FIM-Portal fragen.")
            raise CommandError(sentence, returncode=2)
        else:
            self.municipality_import = import_for_municipalities(file, told=self.told, **chosen)
        if options["problems"]:
            form = "ods" if options["problems"].suffix.lower() == ".ods" else "xlsx"
            _write(options["problems"], problem_list(self.municipality_import.outcome.problems, form))
        return self.municipality_import.as_json()

    def refused(self, result: dict[str, Any]) -> bool:
        """Nothing applied though asked for; a dry run is refused where the import itself would be."""
        outcome = self.municipality_import.outcome
        return not outcome.applied and not (self.dry_run and outcome.would_apply)

    def text(self, result: dict[str, Any]) -> str:
        problems = [each.sentence() for each in fold(self.municipality_import.outcome.problems)]
        return "\n".join([*problems, _summary(self.municipality_import, self.dry_run)])


def _write(path: Path, content: bytes) -> None:
    """After the import, which stands whatever becomes of the list."""
    try:
        path.write_bytes(content)
    except OSError as error:
        sentence = _(
            "Die Liste der Probleme ließ sich nicht nach „%s“ schreiben. Der Import selbst ist nicht betroffen."
        )
        raise CommandError(sentence % path.name) from error


def _summary(result: MunicipalityImport, dry_run: bool) -> str:
    outcome = result.outcome
    if not outcome.applied and not (dry_run and outcome.would_apply):
        return _("Nichts wurde geändert. Der Katalog ist, wie er war.")
    words = {"release": outcome.release, "rows": outcome.rows, "touched": result.touched, "added": result.added}
    lines = [
        _("Katalogstand „%(release)s“, gelesene Zeilen: %(rows)d") % words,
        _("  Leistungen: %s") % _counts(outcome, "services"),
        _("  OZG-Leistungen (Bündel): %s") % _counts(outcome, "bundles"),
        _("  betroffene Leistungen der Kommunen: %(touched)d") % words,
    ]
    counting = outcome.counting
    if counting.now or counting.no_longer:
        sentence = _("  Leistungen, die nur anders zählen: %(now)d zählen jetzt, %(no_longer)d nicht mehr")
        lines.insert(2, sentence % asdict(counting))
    if dry_run:
        lines[0] = f"{_('Probelauf, nichts wurde geändert.')} {lines[0]}"
    if result.added:
        lines.append(_("  neu bei den Kommunen, Zuständigkeit ungeklärt: %(added)d") % words)
    return "\n".join(lines)


def _counts(outcome: ImportOutcome, what: str) -> str:
    counts: Counts = getattr(outcome, what)
    return _(
        "%(new)d neu, %(changed)d geändert, %(unchanged)d unverändert, %(returned)d wieder da, %(retired)d entfallen"
    ) % asdict(counts)
