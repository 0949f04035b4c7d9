"""Who was there."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ozg_tracker.training.models.course_dates import CourseSession
from ozg_tracker.training.models.training_tasks import TrainingTask


class Presence(models.Model):
    """Somebody was there at a session, as whoever led it noted. Nobody's absence is kept."""

    session = models.ForeignKey(
        CourseSession, models.CASCADE, db_index=False, related_name="presences", verbose_name=_("Einheit")
    )
    task = models.ForeignKey(TrainingTask, models.CASCADE, related_name="presences", verbose_name=_("Schulungsaufgabe"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("von"))
    recorded_at = models.DateTimeField(_("eingetragen am"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("Anwesenheit")
        verbose_name_plural = _("Anwesenheiten")
        constraints = [
            models.UniqueConstraint(
                fields=("session", "task"),
                name="present_once",
                violation_error_message=_("Diese Anwesenheit ist schon eingetragen."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.session}"
