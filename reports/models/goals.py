"""What a municipality has set itself: so many ready services at a year's end."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.models import Deed, Municipality, who_may

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from ozg_tracker.accounts.models import User

FIRST_GOAL_YEAR, LAST_GOAL_YEAR = 2017, 2100  # the first is that of the Onlinezugangsgesetz
MOST_TARGET = 100_000  # services; the catalogue holds a tenth of it
LONGEST_DECIDED = 200  # characters


class GoalQuerySet(models.QuerySet["Goal"]):
    def visible_to(self, user: "User | AnonymousUser") -> "GoalQuerySet":
        """Those of the municipalities about whose reports `user` decides."""
        if not user.is_authenticated:
            return self.none()
        decides = user.memberships.filter(role__in=who_may(Deed.DECIDE_EDITIONS)).values("municipality")
        return self.filter(municipality__in=decides)

    def known_at(self, instant: "datetime") -> "GoalQuerySet":
        """Those recorded by then."""
        return self.filter(recorded_at__lte=instant)

    def last_said(self) -> "GoalQuerySet":
        """Of each municipality and year the last one alone; a withdrawn goal is one without a target."""
        same = {"municipality": models.OuterRef("municipality"), "year": models.OuterRef("year")}
        newest = self.filter(**same).order_by("-recorded_at", "-pk").values("pk")[:1]
        return self.filter(pk=models.Subquery(newest))


class Goal(models.Model):
    """Jahresziel: from `recorded_at` on at least `target` services shall be ready when `year` ends, or, without a
    target, no goal holds for that year any more.

    Only ever added: of a municipality and year the last one known at an instant holds.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="goals")
    year = models.PositiveSmallIntegerField(_("Jahr"))
    target = models.PositiveIntegerField(_("fertige Leistungen am Jahresende"), null=True)
    decided = models.CharField(_("beschlossen"), max_length=LONGEST_DECIDED, blank=True)
    reason = models.TextField(_("Begründung"), max_length=LONGEST_REASON)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("erfasst am"))

    objects = GoalQuerySet.as_manager()

    class Meta:
        ordering = ("-recorded_at", "-id")
        verbose_name = _("Jahresziel")
        verbose_name_plural = _("Jahresziele")
        indexes = [models.Index(fields=("municipality", "year", "recorded_at"), name="goal_known")]
        constraints = [
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_GOAL_YEAR, year__lte=LAST_GOAL_YEAR),
                name="goal_of_a_year",
                violation_error_message=_("Das Jahr liegt zwischen 2017 und 2100."),
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=True) | Q(target__gte=1, target__lte=MOST_TARGET),
                name="goal_is_a_number",
                violation_error_message=_("Ein Jahresziel ist mindestens 1 fertige Leistung, höchstens 100.000."),
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=True, decided="") | (Q(target__isnull=False) & ~Q(decided="")),
                name="goal_says_who_decided",
                violation_error_message=_("Ein Jahresziel nennt, wer es wann beschlossen hat."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="goal_says_why",
                violation_error_message=_("Bitte begründen Sie das."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality}: {self.year}"
