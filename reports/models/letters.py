"""What people were told of the reports by the letters that are sent to them: each thing once."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Municipality


class ReportLetter(models.Model):
    """Nachricht zu den Berichten: claimed before it is sent, so that no two runs send it; one that was neither sent nor
    refused within an hour is free again. `about`: "question-3", "answer-3".
    """

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="+", verbose_name=_("Kommune"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("Person"))
    about = models.CharField(_("Gegenstand"), max_length=60)
    claimed_at = models.DateTimeField(_("begonnen am"))
    sent_at = models.DateTimeField(_("gesendet am"), null=True)
    failed_at = models.DateTimeField(_("misslungen am"), null=True)

    class Meta:
        ordering = ("id",)
        verbose_name = _("Nachricht zu den Berichten")
        verbose_name_plural = _("Nachrichten zu den Berichten")
        constraints = [
            models.UniqueConstraint(fields=("person", "about"), name="report_letter_once"),
            models.CheckConstraint(condition=Q(sent_at=None) | Q(failed_at=None), name="report_letter_sent_or_failed"),
        ]

    def __str__(self) -> str:
        return self.about
