"""Who acts for whom while the person is away."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models.municipalities import Municipality
from ozg_tracker.accounts.models.people import User
from ozg_tracker.accounts.models.roles import Deed, Reach, who_may

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

LONGEST_DEPUTY_REASON = 500
NOBODYS_OWN_DEPUTY = _("Niemand vertritt sich selbst.")


class DeputyshipQuerySet(models.QuerySet["Deputyship"]):
    def visible_to(self, user: "User | AnonymousUser") -> "DeputyshipQuerySet":
        """All where `user` coordinates, and those in which the person is one of both or that the person entered."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        coordinating = user.memberships.filter(role__in=who_may(Deed.HAND_OVER, Reach.ALL)).values("municipality")
        here = user.memberships.filter(role__in=who_may(Deed.HAND_OVER)).values("municipality")
        own = Q(absent=user.pk) | Q(deputy=user.pk) | Q(by=user.pk)
        return self.filter(Q(municipality__in=coordinating) | (own & Q(municipality__in=here)))

    def standing(self) -> "DeputyshipQuerySet":
        """Those that nobody has called off."""
        return self.filter(called_off_at=None)

    def on(self, day: "date") -> "DeputyshipQuerySet":
        """Those that hold on `day`."""
        return self.standing().filter(starts_on__lte=day, until__gte=day)

    def crossing(self, starts_on: "date", until: "date") -> "DeputyshipQuerySet":
        """Those that hold on one of these days, both included."""
        return self.standing().filter(starts_on__lte=until, until__gte=starts_on)


class Deputyship(models.Model):
    """Vertretung: from `starts_on` to `until`, both included (Europe/Berlin), `deputy` may report what `absent` may.

    It ends by itself; before, it can be called off.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+", verbose_name=_("Kommune"))
    absent = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("wird vertreten"))
    deputy = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("vertritt"))
    starts_on = models.DateField(_("ab"))
    until = models.DateField(_("bis"))
    reason = models.CharField(_("Grund"), max_length=LONGEST_DEPUTY_REASON)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("durch"))
    recorded_at = models.DateTimeField(_("eingetragen am"))
    called_off_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("abgesagt durch")
    )
    called_off_at = models.DateTimeField(_("abgesagt am"), null=True, blank=True)

    objects = DeputyshipQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_on", "-id")
        verbose_name = _("Vertretung")
        verbose_name_plural = _("Vertretungen")
        indexes = [models.Index("municipality", "deputy", "until", name="deputyship_of_deputy")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("starts_on")),
                name="deputyship_ends_after_start",
                violation_error_message=_("Eine Vertretung endet nicht vor ihrem ersten Tag."),
            ),
            models.CheckConstraint(
                condition=~Q(absent=F("deputy")),
                name="nobody_is_their_own_deputy",
                violation_error_message=NOBODYS_OWN_DEPUTY,
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="deputyship_has_reason",
                violation_error_message=_("Eine Vertretung braucht einen Grund."),
            ),
            models.CheckConstraint(
                condition=Q(called_off_at=None, called_off_by=None)
                | Q(called_off_at__isnull=False, called_off_by__isnull=False),
                name="deputyship_is_called_off_by_somebody",
                violation_error_message=_("Zu einer Absage gehören Tag und Person."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} für {self.absent}"
