"""What a municipality lets anybody read: since when, under which licence; and the files that are given out for it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.models import Municipality
from reports.models.editions import Edition

LONGEST_PUBLISHER = 200  # characters


class Licence(models.TextChoices):
    """Licences of the list of DCAT-AP.de under which authorities give out data; their addresses are in
    `reports.publishing.licences`.
    """

    BY = "dl-by-de/2.0", _("Datenlizenz Deutschland – Namensnennung – Version 2.0")
    ZERO = "dl-zero-de/2.0", _("Datenlizenz Deutschland – Zero – Version 2.0")
    CC_BY = "cc-by/4.0", _("Creative Commons Namensnennung 4.0 International (CC BY 4.0)")


class Publication(models.Model):
    """Veröffentlichung: from `recorded_at` on the municipality's published editions are open to anybody, or no longer.

    Only ever added: the newest one of a municipality holds; without any, nothing is open.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="publications")
    public = models.BooleanField(_("öffentlich"))
    licence = models.CharField(_("Lizenz"), max_length=20, choices=Licence, blank=True)
    publisher = models.CharField(_("Herausgebende Stelle"), max_length=LONGEST_PUBLISHER, blank=True)
    mail = models.EmailField(_("E-Mail-Adresse der Stelle"), blank=True)
    contributor = models.CharField(_("Datenbereitsteller-ID von GovData"), max_length=200, blank=True)
    reason = models.TextField(_("Begründung"), max_length=LONGEST_REASON)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("erfasst am"))

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Veröffentlichung")
        verbose_name_plural = _("Veröffentlichungen")
        constraints = [
            models.CheckConstraint(
                condition=Q(public=False) | (Q(licence__in=Licence.values) & ~Q(publisher="") & ~Q(mail="")),
                name="publication_says_who_and_how",
                violation_error_message=_("Was öffentlich ist, braucht Lizenz, Stelle und E-Mail-Adresse."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="publication_says_why",
                violation_error_message=_("Bitte begründen Sie das."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality}: {'' if self.public else 'nicht '}öffentlich"


class PublicFile(models.Model):
    """A file of an edition as anybody gets it: drawn once and kept, so that its hash holds as long as the edition.

    `content` is compressed (zlib); `size`, `sha256` and `sha512` (hex) are those of the file itself.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="public_files")
    format = models.CharField(max_length=4)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    sha512 = models.CharField(max_length=128)
    drawn_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        verbose_name = _("öffentliche Datei")
        verbose_name_plural = _("öffentliche Dateien")
        constraints = [models.UniqueConstraint(fields=("edition", "format"), name="public_file_once")]

    def __str__(self) -> str:
        return f"{self.edition}: {self.format}"
