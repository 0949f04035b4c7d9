"""Which manager was told that a training of the department is open long after its day."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ozg_tracker.training.models.training_tasks import TrainingTask


class Escalation(models.Model):
    """A letter to a manager, claimed before it is sent, once for each due day; tried again as a `Reminder` is."""

    task = models.ForeignKey(
        TrainingTask,
        models.CASCADE,
        db_index=False,
        related_name="escalations",
        verbose_name=_("Schulungsaufgabe"),
    )
    manager = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("Leitung"))
    due_on = models.DateField(_("fällig am"))
    claimed_at = models.DateTimeField(_("begonnen am"))
    sent_at = models.DateTimeField(_("gesendet am"), null=True, blank=True)
    failed_at = models.DateTimeField(_("abgewiesen am"), null=True, blank=True)

    class Meta:
        ordering = ("id",)
        verbose_name = _("Hinweis an die Leitung")
        verbose_name_plural = _("Hinweise an die Leitung")
        constraints = [models.UniqueConstraint(fields=("task", "manager", "due_on"), name="escalated_once")]

    def __str__(self) -> str:
        return f"{self.task}: {self.manager}"
