"""Accounts for programs that act for a municipality and for no person of it."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models.departments import Department
from ozg_tracker.accounts.models.memberships import Membership
from ozg_tracker.accounts.models.municipalities import Municipality
from ozg_tracker.accounts.models.people import User
from ozg_tracker.accounts.models.roles import Deed, who_may

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


ONE_ANSWERS = _(
    "Für ein Dienstkonto ist eine Person oder ein Fachbereich verantwortlich. Bitte nennen Sie eines von beiden."
)


class ServiceAccountQuerySet(models.QuerySet["ServiceAccount"]):
    def visible_to(self, user: "User | AnonymousUser") -> "ServiceAccountQuerySet":
        """Those of the municipalities whose people `user` manages."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        managed = user.memberships.filter(role__in=who_may(Deed.MANAGE_PEOPLE))
        return self.filter(municipality__in=managed.values("municipality"))

    def standing(self) -> "ServiceAccountQuerySet":
        """Those that have not ended."""
        return self.filter(ended_on=None)

    def orphaned(self) -> "ServiceAccountQuerySet":
        """Those for which nobody answers any more: the person has left, or the department has ended."""
        here = Membership.objects.filter(user=OuterRef("responsible"), municipality=OuterRef("municipality"))
        gone = Q(responsible__isnull=False) & ~Exists(here.filter(user__is_active=True))
        return self.standing().filter(gone | Q(responsible_department__ended=True))


class ServiceAccount(models.Model):
    """Dienstkonto: what a program is called, for what it is there, and who answers for it.

    `user` is what the history names; its one membership is the role. `responsible` or `responsible_department`, one of
    both. `ended_on`: the day from which it opens nothing (Europe/Berlin).
    """

    user = models.OneToOneField(User, models.PROTECT, related_name="service_account", verbose_name=_("Dienstkonto"))
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="service_accounts", verbose_name=_("Kommune")
    )
    name = models.CharField(_("Name"), max_length=80)
    purpose = models.CharField(_("Zweck"), max_length=300, blank=True)
    responsible = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("verantwortliche Person")
    )
    responsible_department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("verantwortlicher Bereich")
    )
    made_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("angelegt durch")
    )
    made_at = models.DateTimeField(_("angelegt am"))
    ended_on = models.DateField(_("beendet am"), null=True, blank=True)

    objects = ServiceAccountQuerySet.as_manager()

    class Meta:
        ordering = ("municipality", "name", "id")
        verbose_name = _("Dienstkonto")
        verbose_name_plural = _("Dienstkonten")
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="service_account_has_name",
                violation_error_message=_("Ein Dienstkonto braucht einen Namen."),
            ),
            models.CheckConstraint(
                condition=Q(responsible__isnull=False, responsible_department=None)
                | Q(responsible=None, responsible_department__isnull=False),
                name="somebody_answers_for_service_account",
                violation_error_message=ONE_ANSWERS,
            ),
            models.UniqueConstraint(
                Lower("name"),
                "municipality",
                condition=Q(ended_on=None),
                name="service_account_name_once",
                violation_error_message=_("Ein Dienstkonto dieses Namens gibt es hier schon."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def answers(self) -> str:
        """Who is responsible, in words."""
        return str(self.responsible or self.responsible_department or "")
