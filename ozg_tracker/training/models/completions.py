"""What was reported as done, with its proof and whether it was looked at."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.training.models.training_tasks import TrainingTask
from ozg_tracker.training.models.who_learns import coordinated_by, learning_in

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ozg_tracker.accounts.models import User


class CompletionQuerySet(models.QuerySet["Completion"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """With their proof: own ones, and all where `user` coordinates. Who leads a department sees only that."""
        if not user.is_authenticated:
            return self.none()
        own = Q(task__person=user, task__municipality__in=learning_in(user))
        return self.filter(own | Q(task__municipality__in=coordinated_by(user)))


class Completion(models.Model):
    """Nachweis that a task is done; the day stands with the task. Gone when it is taken back or rejected."""

    task = models.OneToOneField(
        TrainingTask, models.CASCADE, related_name="completion", verbose_name=_("Schulungsaufgabe")
    )
    proof = models.FileField(_("Nachweis"), upload_to="training/", blank=True)
    recorded_at = models.DateTimeField(_("gemeldet am"))
    confirmed_on = models.DateField(_("bestätigt am"), null=True, blank=True)

    objects = CompletionQuerySet.as_manager()

    class Meta:
        ordering = ("-recorded_at", "-id")
        verbose_name = _("Erledigung")
        verbose_name_plural = _("Erledigungen")
        indexes = [
            models.Index(fields=("recorded_at",), name="completion_to_check", condition=Q(confirmed_on=None)),
        ]

    def __str__(self) -> str:
        return f"{self.task.course}, gemeldet {self.recorded_at:%d.%m.%Y}"
