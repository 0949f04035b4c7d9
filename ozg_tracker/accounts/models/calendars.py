"""Under which secret address a program fetches a person's calendar."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models.people import User


class CalendarAddress(models.Model):
    """The address is `mark`, signed with the installation's key (`ozg_tracker.accounts.calendar.address`)."""

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_address", verbose_name=_("Person"))
    mark = models.CharField(max_length=32, unique=True, editable=False)
    created_at = models.DateTimeField(_("erstellt am"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("Kalenderadresse")
        verbose_name_plural = _("Kalenderadressen")

    def __str__(self) -> str:
        return f"{self.user}, {self.created_at:%d.%m.%Y}"
