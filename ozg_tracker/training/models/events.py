"""Every deed on a training task: what, by whom, why, and how the task stands after it. Only ever added."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.training.models.training_tasks import TrainingTask

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ozg_tracker.accounts.models import User


class TaskDeed(models.TextChoices):
    ASSIGNED = "assigned", _("zugewiesen")
    MOVED = "moved", _("neuer Fälligkeitstag")
    WITHDRAWN = "withdrawn", _("zurückgezogen")
    OUT_OF_SCOPE = "out_of_scope", _("zurückgezogen, weil die Pflicht nicht mehr gilt")
    SUSPENDED = "suspended", _("ausgesetzt")
    EXEMPTED = "exempted", _("befreit")
    RESUMED = "resumed", _("wieder aufgenommen")
    COMPLETED = "completed", _("erledigt gemeldet")
    CORRECTED = "corrected", _("Erledigung berichtigt")
    TAKEN_BACK = "taken_back", _("Erledigung zurückgenommen")
    CONFIRMED = "confirmed", _("Nachweis bestätigt")
    REJECTED = "rejected", _("Nachweis zurückgewiesen")


class TrainingEventQuerySet(models.QuerySet["TrainingEvent"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Those of the tasks that `user` may see."""
        return self.filter(task__in=TrainingTask.objects.visible_to(user))


class TrainingEvent(models.Model):
    """A deed and the task's whole state after it; triggers refuse anything but adding.

    `effective_on` is the day of the deed, `completed_on` the day on which the training was done, which may lie before
    it. Who deletes an old task deletes its events after it; while the task stands, the database keeps them.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, db_index=False, related_name="+")
    task = models.ForeignKey(TrainingTask, models.CASCADE, related_name="events", verbose_name=_("Schulungsaufgabe"))
    kind = models.CharField(_("Art"), max_length=12, choices=TaskDeed)
    effective_on = models.DateField(_("gilt ab"))
    recorded_at = models.DateTimeField(_("eingetragen am"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("von")
    )
    reason = models.CharField(_("Grund"), max_length=300, blank=True)
    due_on = models.DateField(_("fällig am"))
    completed_on = models.DateField(_("erledigt am"), null=True)
    withdrawn_on = models.DateField(_("zurückgezogen am"), null=True)
    suspended_until = models.DateField(_("ausgesetzt bis"), null=True)

    objects = TrainingEventQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("Ereignis einer Schulungsaufgabe")
        verbose_name_plural = _("Ereignisse der Schulungsaufgaben")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.effective_on:%d.%m.%Y}"
