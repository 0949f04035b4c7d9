"""Who belonged to a municipality, in which role and department, from which day on."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models.departments import Department
from ozg_tracker.accounts.models.municipalities import Municipality
from ozg_tracker.accounts.models.people import User
from ozg_tracker.accounts.models.roles import Deed, Role, who_may

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.contrib.auth.models import AnonymousUser

LONGEST_REASON = 500


class MembershipEventQuerySet(models.QuerySet["MembershipEvent"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Those of the municipalities whose people `user` manages."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        managed = user.memberships.filter(role__in=who_may(Deed.MANAGE_PEOPLE)).values("municipality")
        return self.filter(municipality__in=managed)

    def held_on(self, day: "date", known_at: "datetime | None" = None) -> Self:
        """Of each person and municipality the event that holds at the end of `day`, without those who are nothing."""
        known = Q() if known_at is None else Q(recorded_at__lte=known_at)
        same = {"municipality": OuterRef("municipality"), "user": OuterRef("user")}
        last = MembershipEvent.objects.filter(known, **same, effective_on__lte=day).order_by("-effective_on", "-pk")
        return self.filter(pk=Subquery(last.values("pk")[:1])).exclude(role="")

    def as_of(self, municipality: Municipality, day: "date", known_at: "datetime | None" = None) -> Self:
        """Of each person of the municipality the event that holds at the end of `day`, as known at `known_at`."""
        last = self.last_of(OuterRef("user"), municipality, day, known_at)
        return self.filter(municipality=municipality, pk=Subquery(last.values("pk")[:1]))

    def last_of(
        self, user: OuterRef, municipality: Municipality, day: "date", known_at: "datetime | None" = None
    ) -> "MembershipEventQuerySet":
        """For a subquery: the events of the person by the end of `day`, the one that holds first."""
        known = Q() if known_at is None else Q(recorded_at__lte=known_at)
        found = MembershipEvent.objects.filter(known, municipality=municipality, user=user, effective_on__lte=day)
        return found.order_by("-effective_on", "-pk")

    def members_as_of(self, municipality: Municipality, day: "date", known_at: "datetime | None" = None) -> Self:
        """The same without those who do not belong to the municipality on that day."""
        return self.as_of(municipality, day, known_at).exclude(role="")


class MembershipEvent(models.Model):
    """From `effective_on` the person holds this role and department; without a role, no longer belongs here.

    An event that is only ever added; triggers refuse anything else. What holds on a day, as known at an instant, is the
    person's event with the greatest (effective_on, id) not after either. A day to come is allowed: `Membership` shows
    the state as of today, and `ozg_tracker.accounts.memberships` brings it up to date.
    """

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, db_index=False, related_name="+", verbose_name=_("Kommune")
    )
    user = models.ForeignKey(User, models.CASCADE, related_name="membership_events", verbose_name=_("Person"))
    role = models.CharField(_("Rolle"), max_length=12, choices=Role, blank=True)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("Fachbereich"),
    )
    effective_on = models.DateField(_("gilt ab"))
    recorded_at = models.DateTimeField(_("eingetragen am"))
    by = models.ForeignKey(User, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("von"))
    reason = models.CharField(_("Grund"), max_length=LONGEST_REASON, blank=True)

    objects = MembershipEventQuerySet.as_manager()

    class Meta:
        ordering = ("-effective_on", "-id")
        verbose_name = _("Zugehörigkeit ab einem Tag")
        verbose_name_plural = _("Zugehörigkeiten ab einem Tag")
        indexes = [models.Index(fields=("municipality", "user", "-effective_on", "-id"), name="membership_as_of")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(role=Role.MANAGER) | Q(department__isnull=False),
                name="manager_event_has_department",
                violation_error_message=_("Eine Leitung braucht einen Fachbereich."),
            ),
            models.CheckConstraint(
                condition=~Q(role="") | Q(department=None),
                name="who_left_has_no_department",
                violation_error_message=_("Wer nicht mehr dazugehört, hat keinen Fachbereich."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display() or _('keine Rolle')} ab {self.effective_on:%d.%m.%Y}"
