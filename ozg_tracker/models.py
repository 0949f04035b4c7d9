"""What the wiring remembers: how its periodic jobs last ran."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Municipality


class Job(models.TextChoices):
    """A periodic job, by the name of what it has done."""

    EFFECTIVE = "effective", _("eintragen, was ab heute gilt")
    ASSIGNED = "assigned", _("Schulungen zuweisen")
    DELETED = "deleted", _("Schulungsdaten und Journal löschen, deren Zeit vorbei ist")
    FROZEN = "frozen", _("beendete Monate festschreiben")
    DRAWN = "drawn", _("öffentliche Dateien erzeugen")
    COMPARED = "compared", _("Kommunen vergleichen")
    REMINDED = "reminded", _("an Schulungen erinnern")


class JobRun(models.Model):
    """The last run of a job for a municipality: when, how much it did or why it failed, and when it is due again.

    `note`: what it left undone on purpose, and why. `caught_up_from` is the first day that a run on `caught_up_on` made
    up for, because none had run on it.
    """

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="job_runs")
    job = models.CharField(max_length=16, choices=Job)
    ran_at = models.DateTimeField()
    due_on = models.DateField()
    done = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    note = models.TextField(blank=True)
    caught_up_from = models.DateField(null=True)
    caught_up_on = models.DateField(null=True)

    class Meta:
        ordering = ("municipality", "id")
        constraints = [
            models.UniqueConstraint(fields=("municipality", "job"), name="job_run_once"),
            models.CheckConstraint(condition=models.Q(job__in=Job.values), name="job_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.municipality}: {self.get_job_display()}"
