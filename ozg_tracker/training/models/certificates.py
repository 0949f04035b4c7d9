"""What was written down on paper of a training that is done."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ozg_tracker.training.models.training_tasks import TrainingTask


class Certificate(models.Model):
    """Bescheinigung: a number that nobody can guess, and what is printed beside it, kept as it was printed.

    Whether it still holds, the task says (`ozg_tracker.training.completing.certificates`).
    """

    task = models.ForeignKey(
        TrainingTask, models.CASCADE, related_name="certificates", verbose_name=_("Schulungsaufgabe")
    )
    number = models.CharField(_("Nummer"), max_length=16, unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=310)
    course = models.CharField(_("Schulung"), max_length=200)
    completed_on = models.DateField(_("erledigt am"))
    issued_at = models.DateTimeField(_("ausgestellt am"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("Bescheinigung")
        verbose_name_plural = _("Bescheinigungen")
        constraints = [
            models.UniqueConstraint(
                fields=("task", "name", "course", "completed_on"),
                name="certified_once",
                violation_error_message=_("Diese Bescheinigung gibt es schon."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.course}, {self.completed_on:%d.%m.%Y}"
