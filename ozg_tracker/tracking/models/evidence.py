"""What outside sources say of a tracked row."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ozg_tracker.tracking.models.rows import MunicipalService
from ozg_tracker.tracking.models.visible import OfAMunicipality


class EvidenceQuerySet(OfAMunicipality["Evidence"]):
    path = "row__municipality"


class Evidence(models.Model):
    """Nachweis: what an outside source says of a tracked row."""

    class Kind(models.TextChoices):
        DIRECTORY = "directory", _("öffentliches Verzeichnis")
        LINK_CHECK = "link_check", _("Prüfung der Adresse")
        FILE = "file", _("Datei")

    row = models.ForeignKey(MunicipalService, models.CASCADE, related_name="evidence", verbose_name=_("Leistung"))
    kind = models.CharField(_("Art"), max_length=12, choices=Kind)
    found_on = models.DateField(_("Stand vom"))
    url = models.URLField(_("Adresse"), max_length=1000, blank=True)
    online = models.BooleanField(_("online"))
    origin = models.CharField(_("Herkunft"), max_length=255, help_text=_("Datei oder Verzeichnis"))
    recorded_at = models.DateTimeField(_("erfasst am"))

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ("-found_on", "-id")
        verbose_name = _("Nachweis")
        verbose_name_plural = _("Nachweise")
        constraints = [
            models.UniqueConstraint(fields=("row", "kind", "found_on", "url"), name="evidence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.row}: {self.get_kind_display()}"
