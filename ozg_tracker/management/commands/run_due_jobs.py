"""run_due_jobs: every periodic job that is due, once. For cron, where there is no broker."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.console import Command as Base
from ozg_tracker.jobs.due import run_due_jobs


class Command(Base):
    purpose = gettext_lazy(
        "Erledigt, was fällig ist: Schulungen zuweisen und anmahnen, Altes löschen, beendete Monate festschreiben."
    )

    def deed(self, **options: Any) -> dict[str, Any]:
        return run_due_jobs(told=self.told)

    def text(self, result: dict[str, Any]) -> str:
        lines = [
            _("Kommunen: %(municipalities)d"),
            _("Ab heute gültig eingetragen: %(effective)d"),
            _("Schulungen zugewiesen: %(assigned)d"),
            _("Erinnerungen verschickt: %(reminded)d"),
            _("Schulungsdaten nach Ablauf gelöscht: %(deleted)d"),
            _("Monate festgeschrieben: %(frozen)d"),
        ]
        failed = [_("Nicht gelungen in %(municipality)s (%(job)s): %(message)s") % each for each in result["failures"]]
        notes = [f"{each['municipality']}: {each['message']}" for each in result["notes"]]
        return "\n".join([*(line % result for line in lines), *notes, *failed])

    def refused(self, result: dict[str, Any]) -> bool:
        return bool(result["failures"])
