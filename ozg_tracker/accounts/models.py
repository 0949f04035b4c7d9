"""Who: municipalities, their tree of departments, people and the one role each has in a municipality."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import MaturityModel

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class MunicipalityQuerySet(models.QuerySet["Municipality"]):
    def visible_to(self, user: "User | AnonymousUser") -> "MunicipalityQuerySet":
        """The municipalities in which `user` has a role; none without sign-in."""
        return self.filter(memberships__user=user.pk) if user.is_authenticated else self.none()


class Municipality(models.Model):
    """Kommune, named by its Regionalschlüssel (ARS, 12 digits), from which the Gemeindeschlüssel (AGS, 8) follows."""

    class Kind(models.TextChoices):
        KREISANGEHOERIG = "kreisangehoerig", _("kreisangehörige Stadt oder Gemeinde")
        KREISFREI = "kreisfrei", _("kreisfreie Stadt")
        LANDKREIS = "landkreis", _("Landkreis")

    name = models.CharField(_("Name"), max_length=200)
    ars = models.CharField(_("Regionalschlüssel (ARS)"), max_length=12, unique=True)
    kind = models.CharField(_("Art"), max_length=16, choices=Kind)
    maturity_model = models.ForeignKey(
        MaturityModel, models.PROTECT, related_name="+", verbose_name=_("Reifegradmodell")
    )

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        ordering = ("name", "ars")
        verbose_name = _("Kommune")
        verbose_name_plural = _("Kommunen")
        constraints = [
            models.CheckConstraint(
                condition=Q(ars__regex=r"^[0-9]{12}$"),
                name="ars_has_twelve_digits",
                violation_error_message=_("Ein Regionalschlüssel (ARS) hat genau zwölf Ziffern."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ags(self) -> str:
        """Amtlicher Gemeindeschlüssel: Land, Regierungsbezirk and Kreis (5 digits) and Gemeinde (last 3) of the ARS."""
        return self.ars[:5] + self.ars[9:]


class Department(models.Model):
    """Fachbereich or Amt; a tree. A name stands once in a municipality, so that files can say it."""

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="departments", verbose_name=_("Kommune")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("gehört zu")
    )
    name = models.CharField(_("Fachbereich"), max_length=200)

    class Meta:
        ordering = ("name",)
        verbose_name = _("Fachbereich")
        verbose_name_plural = _("Fachbereiche")
        constraints = [
            models.UniqueConstraint(
                fields=("municipality", "name"),
                name="department_once_per_municipality",
                violation_error_message=_("Einen Fachbereich mit diesem Namen gibt es schon."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The parent is of the same municipality, and no department stands below itself (triggers refuse both too)."""
        if self.parent is None:
            return
        if self.parent.municipality_id != self.municipality_id:
            raise ValidationError(
                {
                    "parent": ValidationError(
                        _("Dieser Fachbereich gehört zu einer anderen Kommune."), "other_municipality"
                    )
                }
            )
        above: Department | None = self.parent
        while above is not None:
            if above.pk == self.pk:
                raise ValidationError(
                    {"parent": ValidationError(_("Ein Fachbereich kann nicht unter sich selbst stehen."), "cycle")}
                )
            above = above.parent


class User(AbstractUser):
    """A person who signs in. What the person may do stands in the memberships.

    A person who leaves is deactivated and never deleted: the history names who changed what.
    """

    left_on = models.DateField(_("ausgeschieden am"), null=True, blank=True, editable=False)

    # (role, id of the municipality) as read once for a request; None: not read, ask the database
    roles_held: "list[tuple[str, int]] | None" = None

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

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the day of leaving with `is_active`, whichever door changed it."""
        self.left_on = None if self.is_active else self.left_on or timezone.localdate()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "left_on"}
        super().save(*args, **kwargs)


class Role(models.TextChoices):
    OPERATOR = "operator", _("Betrieb")
    COORDINATOR = "coordinator", _("OZG-Koordination")
    MANAGER = "manager", _("Leitung")
    STAFF = "staff", _("Sachbearbeitung")
    COUNCIL = "council", _("Mitglied des Rates")


MANAGES_PEOPLE = (Role.OPERATOR, Role.COORDINATOR)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: "User | AnonymousUser") -> "MembershipQuerySet":
        """The people of the municipalities whose people `user` manages; nobody else's."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(municipality__in=user.memberships.filter(role__in=MANAGES_PEOPLE).values("municipality"))


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

    objects = MembershipQuerySet.as_manager()

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


class Token(models.Model):
    """A personal key for programs. Shown once; here stands only the SHA-256 of it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name=_("Person"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("erstellt am"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("widerrufen am"), null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Zugangsschlüssel")
        verbose_name_plural = _("Zugangsschlüssel")

    def __str__(self) -> str:
        return f"{self.user}, {self.created_at:%d.%m.%Y}"
