"""Who is to become a coordinator and waits for a second person to confirm it."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models.departments import Department
from ozg_tracker.accounts.models.membership_events import LONGEST_REASON
from ozg_tracker.accounts.models.municipalities import Municipality
from ozg_tracker.accounts.models.people import User
from ozg_tracker.accounts.models.roles import Deed, who_may

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CoordinatorRequestQuerySet(models.QuerySet["CoordinatorRequest"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Those of the municipalities whose people `user` manages."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        managed = user.memberships.filter(role__in=who_may(Deed.MANAGE_PEOPLE)).values("municipality")
        return self.filter(municipality__in=managed)

    def waiting(self) -> Self:
        return self.filter(outcome="")


class CoordinatorRequest(models.Model):
    """One person asks that another becomes a coordinator from a day on; a second one confirms or declines it once."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", _("bestätigt")
        DECLINED = "declined", _("abgelehnt")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+", verbose_name=_("Kommune"))
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("Person"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", verbose_name=_("Fachbereich")
    )
    effective_on = models.DateField(_("gilt ab"))
    reason = models.CharField(_("Grund"), max_length=LONGEST_REASON, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("vorgeschlagen durch"))
    asked_at = models.DateTimeField(_("vorgeschlagen am"))
    outcome = models.CharField(_("Entscheidung"), max_length=12, choices=Outcome, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("entschieden durch")
    )
    decided_at = models.DateTimeField(_("entschieden am"), null=True)

    objects = CoordinatorRequestQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Vorschlag für die Koordination")
        verbose_name_plural = _("Vorschläge für die Koordination")
        constraints = [
            models.UniqueConstraint(
                fields=("municipality", "user"),
                condition=Q(outcome=""),
                name="one_waiting_request_a_person",
                violation_error_message=_("Für diese Person wartet schon ein Vorschlag."),
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=models.F("asked_by")) | Q(decided_by=None),
                name="a_second_person_decides",
                violation_error_message=_("Darüber entscheidet eine zweite Person."),
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at=None) | (~Q(outcome="") & Q(decided_at__isnull=False)),
                name="what_is_decided_has_a_day",
                violation_error_message=_("Eine Entscheidung hat einen Zeitpunkt."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_outcome_display() or _('wartet')}"
