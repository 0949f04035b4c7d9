"""The one role that a person has in a municipality."""

from typing import TYPE_CHECKING, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models.departments import Department
from ozg_tracker.accounts.models.municipalities import Municipality
from ozg_tracker.accounts.models.people import User
from ozg_tracker.accounts.models.roles import Deed, Role, deeds_of, who_may

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: "User | AnonymousUser") -> "MembershipQuerySet":
        """The people of the municipalities whose people `user` manages; nobody else's."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        managed = user.memberships.filter(role__in=who_may(Deed.MANAGE_PEOPLE))
        return self.filter(municipality__in=managed.values("municipality"))


_Memberships = models.Manager.from_queryset(MembershipQuerySet)


class MembershipManager(_Memberships["Membership"]):
    def get_queryset(self) -> MembershipQuerySet:
        """The roles of people; only `user.memberships` says what a service account may too.

        Of who came by a key for one municipality, `user.memberships` is the role held there alone.
        """
        held = cast("MembershipQuerySet", super().get_queryset())
        of = getattr(self, "instance", None)
        if not isinstance(of, User):
            return held.filter(user__is_service=False)
        return held if of.bound_to is None else held.filter(municipality=of.bound_to)


class Membership(models.Model):
    """The one role a person has in a municipality; managers and staff belong to a department."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("Person"))
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="memberships", verbose_name=_("Kommune")
    )
    role = models.CharField(_("Rolle"), max_length=12, choices=Role)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("Fachbereich")
    )

    objects = MembershipManager()

    class Meta:
        ordering = ("municipality", "user")
        verbose_name = _("Rolle in einer Kommune")
        verbose_name_plural = _("Rollen in Kommunen")
        constraints = [
            models.UniqueConstraint(
                fields=("user", "municipality"),
                name="one_role_per_municipality",
                violation_error_message=_("Diese Person hat in der Kommune schon eine Rolle."),
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.MANAGER) | Q(department__isnull=False),
                name="manager_has_department",
                violation_error_message=_("Eine Leitung braucht einen Fachbereich."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"

    @property
    def deeds(self) -> frozenset[Deed]:
        """What the person may do in the municipality, by the table in `roles`."""
        return deeds_of(self.role)

    def clean(self) -> None:
        """The department is of the same municipality (a trigger refuses it too)."""
        if self.department is not None and self.department.municipality_id != self.municipality_id:
            raise ValidationError(
                {
                    "department": ValidationError(
                        _("Dieser Fachbereich gehört zu einer anderen Kommune."), "other_municipality"
                    )
                }
            )
