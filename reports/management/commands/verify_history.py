"""Prove that rows, events and editions agree."""

from typing import Any

from django.utils.translation import gettext_lazy

from ozg_tracker import console
from reports.editions.verifying.verify import in_words, verify_history


class Command(console.Command):
    purpose = gettext_lazy("Prüfen, ob Leistungen, Änderungen und festgeschriebene Berichte zueinander passen")

    def deed(self, **options: Any) -> dict[str, Any]:
        return verify_history(self.told)

    def refused(self, result: dict[str, Any]) -> bool:
        return bool(result["differences"])

    def text(self, result: dict[str, Any]) -> str:
        return in_words(result)
