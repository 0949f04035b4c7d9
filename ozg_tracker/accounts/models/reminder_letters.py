"""When each person had the last letter that reminds, from whichever room."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models.people import User


class ReminderLetter(models.Model):
    """A person's letter: claimed by one run before it is written, so that no two write at once; one that was neither
    sent nor refused within an hour is free again.
    """

    person = models.OneToOneField(User, models.CASCADE, related_name="reminder_letter", verbose_name=_("Person"))
    claimed_at = models.DateTimeField(_("begonnen am"), null=True)
    sent_at = models.DateTimeField(_("gesendet am"), null=True)
    failed_at = models.DateTimeField(_("misslungen am"), null=True)

    class Meta:
        ordering = ("id",)
        verbose_name = _("Erinnerungsbrief")
        verbose_name_plural = _("Erinnerungsbriefe")

    def __str__(self) -> str:
        return f"{self.person}: {self.sent_at}"
