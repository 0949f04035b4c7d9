"""import_status: bring a town's rows up to date from a workbook or CSV."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.folding import fold
from ozg_tracker.accounts.municipalities import find_municipality
from ozg_tracker.console import Command as Base
from ozg_tracker.tracking.exchange.importing import import_status
from ozg_tracker.tracking.models import Source


class Command(Base):
    purpose = gettext_lazy(
        "Liest Statuszeilen einer Kommune aus einer Arbeitsmappe (.xlsx) oder CSV, als Ganzes oder gar nicht."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=_("die Datei mit den Statuszeilen"))
        parser.add_argument("--municipality", required=True, metavar="ARS", help=_("Regionalschlüssel der Kommune"))
        parser.add_argument("--dry-run", action="store_true", help=_("nur zeigen, was sich ändern würde"))
        parser.add_argument("--skip-conflicts", action="store_true", help=_("Zeilen mit Konflikten auslassen"))

    def deed(self, **options: Any) -> dict[str, Any]:
        self.dry_run = options["dry_run"]
        self.outcome = import_status(
            options["file"],
            find_municipality(options["municipality"]),
            dry_run=options["dry_run"],
            skip_conflicts=options["skip_conflicts"],
            source=Source.FILE,
            told=self.told,
        )
        return self.outcome.as_json()

    def refused(self, result: dict[str, Any]) -> bool:
        return self.outcome.refused

    def text(self, result: dict[str, Any]) -> str:
        lines = [each.sentence() for each in fold(self.outcome.problems)]
        lines += [_("Konflikt (Zeile %(row)s): %(message)s") % each for each in self.outcome.conflicts]
        if self.outcome.refused:
            lines.append(_("Nichts wurde geändert. Bitte die Datei berichtigen und noch einmal einlesen."))
            if self.outcome.conflicts:
                lines.append(_("Mit --skip-conflicts werden nur die Zeilen mit Konflikten ausgelassen."))
            return "\n".join(lines)
        counts = result | {"conflicts": len(self.outcome.conflicts)}
        if self.outcome.conflicts:
            words = _(
                "%(rows)d Zeilen: %(applied)d Änderungen, %(unchanged)d ohne Änderung, "
                "%(conflicts)d Konflikte ausgelassen."
            )
        else:
            words = _("%(rows)d Zeilen: %(applied)d Änderungen, %(unchanged)d ohne Änderung.")
        start = f"{_('Probelauf, nichts wurde geändert.')} " if self.dry_run else ""
        return "\n".join([*lines, start + words % counts])
