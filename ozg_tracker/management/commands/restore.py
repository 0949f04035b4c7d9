"""restore: put a backup into an empty installation, SQLite or PostgreSQL."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.backup.restoring import restore
from ozg_tracker.console import Command as Base
from reports.editions.verifying.verify import in_words


class Command(Base):
    purpose = gettext_lazy(
        "Spielt eine Sicherung in eine leere Installation ein, gleich in welche Datenbank: SQLite oder PostgreSQL."
    )
    requires_system_checks: list[str] = []  # the database may have no tables yet

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=_("die Sicherung, wie „backup“ sie schreibt"))

    def deed(self, **options: Any) -> dict[str, Any]:
        return restore(options["file"], self.told)

    def text(self, result: dict[str, Any]) -> str:
        lines = [_("Eingespielt: %(rows)d Zeilen und %(files)d Dateien, gesichert aus %(from)s.") % result]
        if result["key"]:
            lines.append(
                _(
                    "Der geheime Schlüssel aus der Sicherung liegt in %(key)s. Wo SECRET_KEY gesetzt ist, bitte "
                    "stattdessen SECRET_KEY_FILE auf diese Datei setzen, damit Anmeldungen und Links gültig bleiben."
                )
                % result
            )
        return "\n".join([*lines, in_words(result["history"])])
