"""import_status: bring a municipality's rows up to date from a workbook or CSV."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.importing.folding import fold
from ozg_tracker.accounts.file_commands import FileCommand
from ozg_tracker.accounts.municipalities import find_municipality
from ozg_tracker.tracking.exchange.import_status import import_status
from ozg_tracker.tracking.models import Source


class Command(FileCommand):
    purpose = gettext_lazy(
        "Liest Statuszeilen einer Kommune aus einer Arbeitsmappe (.xlsx) oder CSV, als Ganzes oder gar nicht."
    )
    file_help = gettext_lazy("die Datei mit den Statuszeilen")

    def arguments(self, parser: CommandParser) -> None:
        super().arguments(parser)
        parser.add_argument(
            "--skip-conflicts",
            action="store_true",
            help=_("Felder in Konflikt auslassen; dort bleibt, was gespeichert ist"),
        )

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
                lines.append(_("Mit --skip-conflicts werden nur die Felder in Konflikt ausgelassen."))
            return "\n".join(lines)
        counts = result | {"conflicts": len(self.outcome.conflicts)}
        if self.outcome.conflicts:
            words = _(
                "Gelesene Zeilen: %(rows)d, geändert: %(applied)d, ohne Änderung: %(unchanged)d, "
                "ausgelassene Konflikte: %(conflicts)d."
            )
        else:
            words = _("Gelesene Zeilen: %(rows)d, geändert: %(applied)d, ohne Änderung: %(unchanged)d.")
        start = f"{_('Probelauf, nichts wurde geändert.')} " if self.dry_run else ""
        return "\n".join([*lines, start + words % counts])
