"""The municipalities that the installation serves."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import MaturityModel

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ozg_tracker.accounts.models.people import User


class MunicipalityQuerySet(models.QuerySet["Municipality"]):
    def visible_to(self, user: "User | AnonymousUser") -> "MunicipalityQuerySet":
        """The municipalities in which `user` has a role; none without sign-in."""
        return self.filter(pk__in=user.memberships.values("municipality")) if user.is_authenticated else self.none()


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
    # none: the model never changed
    maturity_model_since = models.DateField(_("Modell gilt seit"), null=True, blank=True, editable=False)
    asks_second_coordinator = models.BooleanField(
        _("eine zweite Koordination bestätigt jede neue"), default=False, editable=False
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
