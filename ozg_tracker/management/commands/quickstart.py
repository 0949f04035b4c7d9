"""The main job in one command: `manage.py quickstart`."""

import socket
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.demo_keys import DEMO_PASSWORD
from ozg_tracker.accounts.models import Role
from ozg_tracker.console import Command as Console
from ozg_tracker.console import month as month_argument
from ozg_tracker.demo.quickstart import last_full_month, quickstart

SIGN_INS = (
    (Role.COORDINATOR, "koordination"),
    (Role.MANAGER, "leitung.buergerdienste"),
    (Role.STAFF, "buergerbuero.1"),
    (Role.COUNCIL, "rat.1"),
    (Role.OPERATOR, "betrieb"),
)


class Command(Console):
    purpose = gettext_lazy("Richtet alles ein, füllt eine Musterstadt, schreibt ihren Bericht und zeigt die Seiten.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help=_("die Seiten danach nicht zeigen"))
        parser.add_argument("--port", type=int, default=8000, help=_("Anschluss der Seiten (8000)"))
        parser.add_argument("--output", type=Path, default=Path("exports"), help=_("Ordner der Berichte (exports/)"))
        parser.add_argument("--until", type=month_argument, help=_("letzter Monat des Verlaufs, JJJJ-MM"))

    def deed(self, **options: Any) -> dict[str, Any]:
        if not options["no_serve"]:
            self._port_is_free(options["port"])
        until: date = options["until"] or last_full_month(timezone.localdate())
        quiet = options["json"]
        result = quickstart(until, options["output"], (lambda text: None) if quiet else self._step, self.told)
        return result | {"address": f"http://127.0.0.1:{options['port']}/"}

    def text(self, result: dict[str, Any]) -> str:
        words = result | {"files": ", ".join(result["files"]), "password": DEMO_PASSWORD}
        lines = [] if result["changed"] else [_("Alles war schon da; nichts wurde geändert.")]
        lines += [
            "",
            _("Berichte:  %(output)s/ (%(files)s)") % words,
            _("Adresse:   %(address)s") % words,
            _("Anmelden:  mit dem Passwort %(password)s als") % words,
        ]
        return "\n".join(lines + [f"  {name:<24} {role.label}" for role, name in SIGN_INS])

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options["no_serve"]:
            call_command("runserver", f"127.0.0.1:{options['port']}", use_reloader=False)

    def _step(self, text: str) -> None:
        self.told.clear()
        self.stdout.write(f"✓ {text}")
        self.stdout.flush()

    @staticmethod
    def _port_is_free(port: int) -> None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise ValidationError(_("Anschluss %d ist belegt. Bitte mit --port einen anderen nennen.") % port)
