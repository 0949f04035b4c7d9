"""People who sign in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.demo_keys import DEMO_PASSWORD


class User(AbstractUser):
    """A person who signs in. What the person may do stands in the memberships.

    A person who leaves is deactivated and never deleted: the history names who changed what.
    """

    left_on = models.DateField(_("ausgeschieden am"), null=True, blank=True, editable=False)

    # (role, id of the municipality) as read once for a request; None: not read, ask the database
    roles_held: "list[tuple[str, int]] | None" = None
    # id of the only municipality that the key opens by which the person came; None: all of theirs
    bound_to: int | None = None

    class Meta:
        verbose_name = _("Person")
        verbose_name_plural = _("Personen")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=True, left_on=None) | Q(is_active=False, left_on__isnull=False),
                name="left_person_has_day",
                violation_error_message=_("Zu einer stillgelegten Person gehört der Tag des Ausscheidens."),
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def check_password(self, raw_password: str | None) -> bool:
        """The published password of the demo municipality opens nothing outside DEBUG, whoever has it."""
        published = raw_password == DEMO_PASSWORD and not settings.DEBUG
        return super().check_password(raw_password) and not published

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the day of leaving with `is_active`, whichever door changed it."""
        self.left_on = None if self.is_active else self.left_on or timezone.localdate()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "left_on"}
        super().save(*args, **kwargs)
