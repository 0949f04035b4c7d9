"""run_due_jobs: every periodic job that is due, once. For cron, where there is no broker."""

from typing import Any

from ozg_tracker.console import Command as Base
from ozg_tracker.due_jobs import run_due_jobs


class Command(Base):
    help = "Erledigt, was fällig ist: Schulungen zuweisen und anmahnen, Altes löschen, beendete Monate festschreiben."

    def deed(self, **options: Any) -> dict[str, Any]:
        return run_due_jobs()

    def text(self, result: dict[str, Any]) -> str:
        lines = [
            f"Kommunen: {result['municipalities']}",
            f"Schulungen zugewiesen: {result['assigned']}",
            f"Erinnerungen verschickt: {result['reminded']}",
            f"Schulungsdaten nach Ablauf gelöscht: {result['deleted']}",
            f"Monate festgeschrieben: {result['frozen']}",
        ]
        failed = [
            f"Nicht gelungen in {each['municipality']} ({each['job']}): {each['message']}"
            for each in result["failures"]
        ]
        return "\n".join(lines + failed)

    def refused(self, result: dict[str, Any]) -> bool:
        return bool(result["failures"])
