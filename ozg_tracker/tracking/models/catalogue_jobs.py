"""Looking at a release and applying it, as work that a page follows and that outlives the worker that began it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Municipality

SILENT = timedelta(seconds=60)  # a worker that has not been heard of for so long is gone
MOST_ATTEMPTS = 3


class CatalogueJob(models.Model):
    """One look at, or one application of, a kept file; `folder` and `name` say where it lies.

    `beat_at` is when its worker was last heard of; `message` says why it failed.
    """

    class Kind(models.TextChoices):
        PREVIEW = "preview", _("Vorschau")
        APPLY = "apply", _("Übernahme")

    class State(models.TextChoices):
        WAITING = "waiting", _("wartet")
        RUNNING = "running", _("läuft")
        DONE = "done", _("erledigt")
        FAILED = "failed", _("nicht gelungen")

    kind = models.CharField(max_length=8, choices=Kind)
    folder = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    options = models.JSONField(default=dict)
    language = models.CharField(max_length=8)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    what = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)
    message = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=("folder", "kind"), name="job_of_file")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)


def free(now: datetime) -> Q:
    """Jobs that nobody is at work on: waiting, or left by a worker that is gone."""
    running = Q(state=CatalogueJob.State.RUNNING, beat_at__lt=now - SILENT)
    return Q(state=CatalogueJob.State.WAITING) | running
