"""backup: database, files and secret key as one file, while the program runs."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.backup.saving import back_up
from ozg_tracker.console import Command as Base
from reports.editions.verifying.verify import in_words


class Command(Base):
    purpose = gettext_lazy(
        "Sichert Datenbank, Dateien und geheimen Schlüssel in eine Datei, auch während gearbeitet wird. Die Datei "
        "enthält alles, auch Vertrauliches: sicher aufbewahren."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=_("wohin; die Datei darf es noch nicht geben"))

    def deed(self, **options: Any) -> dict[str, Any]:
        return back_up(options["file"], self.told)

    def text(self, result: dict[str, Any]) -> str:
        said = _("Gesichert nach %(file)s: %(rows)d Zeilen aus %(tables)d Tabellen und %(files)d Dateien.") % result
        return "\n".join([said, in_words(result["history"])])
