"""What is written down about people and rights."""

from django.utils.translation import gettext_lazy as _

from ozg_tracker.personal.kept.phrases import JOURNAL, JOURNAL_MONTHS
from ozg_tracker.personal.kept.table import Kept

TABLES = (
    Kept(
        "accounts.JournalEntry",
        JOURNAL,
        ("person", "by"),
        ("municipality", "kind", "way", "about", "before", "after", "reason", "recorded_at"),
        _("Missbrauch von Rechten und Zugängen erkennen"),
        _("OZG-Koordination und Betrieb; jede Person die eigenen"),
        JOURNAL_MONTHS,
        concerns=True,
    ),
)
