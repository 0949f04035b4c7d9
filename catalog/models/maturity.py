"""The scales by which a service is rated: models and their levels, as data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MaturityModel(models.Model):
    """Reifegradmodell: a scale. From `conform_level` a service is ready, from `online_level` a bundle is online."""

    version = models.CharField(_("Version"), max_length=8, unique=True)
    name = models.CharField(_("Name"), max_length=200)
    valid_from = models.DateField(_("gilt ab"), null=True, blank=True)
    conform_level = models.PositiveSmallIntegerField(_("fertig ab Reifegrad"))
    online_level = models.PositiveSmallIntegerField(_("Bündel online ab Reifegrad"))
    source = models.TextField(_("Quelle"), blank=True)

    class Meta:
        ordering = ("version",)
        verbose_name = _("Reifegradmodell")
        verbose_name_plural = _("Reifegradmodelle")

    def __str__(self) -> str:
        return f"Reifegradmodell {self.version}"


class MaturityLevel(models.Model):
    """Reifegrad: one step of a model. "Not rated" is no level, and never 0."""

    model = models.ForeignKey(MaturityModel, models.CASCADE, related_name="levels", verbose_name=_("Modell"))
    number = models.PositiveSmallIntegerField(_("Reifegrad"))
    name = models.CharField(_("Name"), max_length=100)
    meaning = models.TextField(_("Bedeutung"), blank=True)

    class Meta:
        ordering = ("model", "number")
        verbose_name = _("Reifegrad")
        verbose_name_plural = _("Reifegrade")
        constraints = [
            models.UniqueConstraint(
                fields=("model", "number"),
                name="level_once_per_model",
                violation_error_message=_("Diesen Reifegrad hat das Modell schon."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
