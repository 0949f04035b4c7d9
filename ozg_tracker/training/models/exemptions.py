"""Who needs no training for a time, one course or all of them."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.access import managed_ids
from ozg_tracker.accounts.models import Membership, Municipality
from ozg_tracker.training.models.courses import Course
from ozg_tracker.training.models.training_tasks import SuspensionReason
from ozg_tracker.training.models.who_learns import coordinated_by

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ozg_tracker.accounts.models import User


class ExemptionQuerySet(models.QuerySet["Exemption"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Own ones; of other people those where `user` coordinates, and those of the departments `user` leads."""
        if not user.is_authenticated:
            return self.none()
        own = Q(person=user, municipality__in=user.memberships.values("municipality"))
        led = Membership.objects.filter(
            user=OuterRef("person"), municipality=OuterRef("municipality"), department__in=managed_ids(user)
        )
        return self.filter(own | Q(municipality__in=coordinated_by(user)) | Exists(led))

    def kept_by(self, user: "User | AnonymousUser") -> Self:
        """Those of other people that `user` sees: nobody lets off themselves."""
        return self.visible_to(user).exclude(person=user.pk)

    def standing(self, day: date) -> Self:
        """Those that hold on `day` or later."""
        return self.filter(ended_on=None, until__gte=day)

    def holding(self, day: date) -> Self:
        return self.standing(day).filter(starts_on__lte=day)


class Exemption(models.Model):
    """Befreiung: until the end of `until` nobody is reminded and nothing new is assigned or falls due.

    `course` is None for all courses. `begun` once open tasks rest because of it. `ended_on`: taken back early.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+", verbose_name=_("Kommune"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="training_exemptions", verbose_name=_("Person")
    )
    course = models.ForeignKey(
        Course, models.CASCADE, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("Schulung")
    )
    starts_on = models.DateField(_("befreit ab"))
    until = models.DateField(_("befreit bis"))
    reason = models.CharField(_("Grund"), max_length=12, choices=SuspensionReason)
    begun = models.BooleanField(_("begonnen"), default=False)
    ended_on = models.DateField(_("beendet am"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("eingetragen am"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("von")
    )

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        ordering = ("until", "id")
        verbose_name = _("Befreiung von Schulungen")
        verbose_name_plural = _("Befreiungen von Schulungen")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("starts_on")),
                name="exempt_from_until",
                violation_error_message=_("Eine Befreiung endet nicht vor ihrem Beginn."),
            ),
            models.UniqueConstraint(
                F("person"),
                F("municipality"),
                Coalesce(F("course"), 0),
                F("starts_on"),
                condition=Q(ended_on=None),
                name="exempt_once",
                violation_error_message=_("Diese Person ist von diesem Tag an schon befreit."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course or _('alle Schulungen')}, bis {self.until:%d.%m.%Y}"
