"""What people were told of the reports by the letters that are sent to them: each thing once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models.letters import Letter


class ReportLetter(Letter):
    """Nachricht zu den Berichten. `about`: "question-3", "answer-3"."""

    class Meta:
        ordering = ("id",)
        verbose_name = _("Nachricht zu den Berichten")
        verbose_name_plural = _("Nachrichten zu den Berichten")
        constraints = [
            models.UniqueConstraint(fields=("person", "about"), name="report_letter_once"),
            models.CheckConstraint(condition=Q(sent_at=None) | Q(failed_at=None), name="report_letter_sent_or_failed"),
        ]
