"""People who sign in."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.demo_keys import DEMO_PASSWORD

if TYPE_CHECKING:
    from django.db.models import QuerySet

# How the username of a service account begins; no person's can, since it may hold no colon.
SERVICE_PREFIX = "dienstkonto:"
SERVICE_FIRST_NAME = "Dienstkonto"


class PeopleManager(UserManager["User"]):
    """People alone. This is the one place where service accounts are left out: of every list and count of people, of
    every choice of one, and of signing in, which asks here too.
    """

    use_in_migrations = False

    def get_queryset(self) -> "QuerySet[User]":
        return super().get_queryset().filter(is_service=False)


class User(AbstractUser):
    """A person who signs in, or a service account. What either may do stands in the memberships.

    A person who leaves is deactivated and never deleted: the history names who changed what. `objects` are the people;
    who did something is found by its foreign key, or in `everyone`.
    """

    left_on = models.DateField(_("ausgeschieden am"), null=True, blank=True, editable=False)
    is_service = models.BooleanField(_("Dienstkonto"), default=False, db_default=False, editable=False)

    objects: ClassVar[PeopleManager] = PeopleManager()
    everyone = UserManager()

    # (role, id of the municipality) as read once for a request; None: not read, ask the database
    roles_held: "list[tuple[str, int]] | None" = None
    # id of the only municipality that the key opens by which the person came; None: all of theirs
    bound_to: int | None = None
    # by the id of a row: in whose place the person was last allowed to change it; None: nobody's
    stands_for: "dict[int, int] | None" = None

    class Meta:
        verbose_name = _("Person")
        verbose_name_plural = _("Personen")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=True, left_on=None) | Q(is_active=False, left_on__isnull=False),
                name="left_person_has_day",
                violation_error_message=_("Zu einer stillgelegten Person gehört der Tag des Ausscheidens."),
            ),
            models.CheckConstraint(
                condition=Q(is_service=False)
                | Q(
                    password__startswith=UNUSABLE_PASSWORD_PREFIX,
                    email="",
                    is_staff=False,
                    is_superuser=False,
                    first_name=SERVICE_FIRST_NAME,
                ),
                name="service_account_signs_in_nowhere",
                violation_error_message=_("Ein Dienstkonto hat kein Passwort, keine E-Mail-Adresse und keine Seiten."),
            ),
            models.CheckConstraint(
                condition=Q(is_service=True, username__startswith=SERVICE_PREFIX)
                | (Q(is_service=False) & ~Q(username__startswith=SERVICE_PREFIX)),
                name="service_account_is_named_so",
                violation_error_message=_("So wie ein Dienstkonto heißt keine Person, und umgekehrt."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def get_full_name(self) -> str:
        """Of a service account what it is and its name, in the language of whoever reads."""
        if self.is_service:
            return gettext("Dienstkonto %(name)s") % {"name": self.last_name}
        return super().get_full_name()

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
