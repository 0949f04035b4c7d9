"""How often a person wants to be reminded by mail, and at which hours not."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models.people import User


class HowOften(models.TextChoices):
    """How often letters that remind may come. Never: but of what is overdue, once a week."""

    AT_ONCE = "at_once", _("sobald etwas ansteht")
    DAILY = "daily", _("höchstens einmal am Tag")
    WEEKLY = "weekly", _("höchstens einmal in der Woche")
    NEVER = "never", _("nie; nur Überfälliges, einmal in der Woche")


class ReminderChoice(models.Model):
    """What one person chose for all reminders of all rooms; who chose nothing has what a new one says.

    Quiet from one hour to the other, Europe/Berlin, the first in and the last out; the same twice: never quiet.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="reminder_choice", verbose_name=_("Person"))
    how_often = models.CharField(_("Wie oft"), max_length=8, choices=HowOften, default=HowOften.DAILY)
    quiet_from = models.PositiveSmallIntegerField(_("Ruhe ab (Stunde)"), default=20)
    quiet_until = models.PositiveSmallIntegerField(_("Ruhe bis (Stunde)"), default=6)

    class Meta:
        ordering = ("id",)
        verbose_name = _("Wahl der Erinnerungen")
        verbose_name_plural = _("Wahlen der Erinnerungen")
        constraints = [
            models.CheckConstraint(condition=Q(how_often__in=HowOften.values), name="how_often_known"),
            models.CheckConstraint(
                condition=Q(quiet_from__lte=23, quiet_until__lte=23),
                name="quiet_by_hours_of_a_day",
                violation_error_message=_("Ruhe gibt es von und bis zu einer Stunde von 0 bis 23."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_how_often_display()}"
