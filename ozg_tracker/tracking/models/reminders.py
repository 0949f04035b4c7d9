"""Which letter about work a person got: each stage of a service's planned date or of a round's day once."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Municipality


class WorkReminder(models.Model):
    """Erinnerung an die Arbeit: claimed before it is sent, so that no two runs send it; one that was neither sent nor
    refused within an hour is free again. `about`: "row-12", "round-3-7"; `due_on`: a date that moves begins anew.
    """

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="+", verbose_name=_("Kommune"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("Person"))
    about = models.CharField(_("Gegenstand"), max_length=60)
    stage = models.CharField(_("Stufe"), max_length=12)
    due_on = models.DateField(_("Tag"))
    claimed_at = models.DateTimeField(_("begonnen am"))
    sent_at = models.DateTimeField(_("gesendet am"), null=True)
    failed_at = models.DateTimeField(_("misslungen am"), null=True)

    class Meta:
        ordering = ("id",)
        verbose_name = _("Erinnerung an die Arbeit")
        verbose_name_plural = _("Erinnerungen an die Arbeit")
        constraints = [
            models.UniqueConstraint(fields=("person", "about", "stage", "due_on"), name="work_reminded_once_a_stage"),
            models.CheckConstraint(condition=Q(sent_at=None) | Q(failed_at=None), name="work_reminder_sent_or_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.about}: {self.stage}"
