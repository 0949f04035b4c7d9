"""Which reminders went out."""

from django.db import models

from ozg_tracker.training.models.training_tasks import TrainingTask


class Reminder(models.Model):
    """A reminder, claimed before it is sent, once for each stage of a due date.

    `failed_at` is set when the mail server refused it, so that it may be tried again. Claimed and an hour later neither
    sent nor failed: whoever claimed it has died, and it is tried again; a second letter is better than none.
    """

    task = models.ForeignKey(TrainingTask, models.CASCADE, related_name="reminders")
    stage = models.CharField(max_length=12)
    due_on = models.DateField()
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=("task", "stage", "due_on"), name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.task}: {self.stage}"
