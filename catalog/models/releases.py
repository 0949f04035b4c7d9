"""What was loaded into the catalogue: the release, each applied file, and what was wrong with it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.reasons import LONGEST_REASON


class CatalogueRelease(models.Model):
    """Katalogstand: a state of the catalogue as its publisher names it."""

    label = models.CharField(_("Katalogstand"), max_length=100, unique=True)
    published_on = models.DateField(_("Stand vom"), null=True, blank=True)
    source = models.TextField(_("Quelle"), blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Katalogstand")
        verbose_name_plural = _("Katalogstände")

    def __str__(self) -> str:
        return self.label


class CatalogueImportQuerySet(models.QuerySet["CatalogueImport"]):
    def in_force(self) -> Self:
        """Those of a file that have not been taken back; the last of them says what the catalogue is now."""
        return self.filter(undoes=None, undone_by=None)


class CatalogueImport(models.Model):
    """Katalogimport: one applied file. Its id orders the states of the catalogue; `applied_at` is UTC.

    One that `undoes` another read no file: it wrote the catalogue back as it stood before that one, for a `reason`.
    """

    release = models.ForeignKey(
        CatalogueRelease, models.PROTECT, related_name="imports", verbose_name=_("Katalogstand")
    )
    file_name = models.CharField(_("Datei"), max_length=255)
    sha256 = models.CharField(_("Prüfsumme"), max_length=64)
    content = models.CharField(max_length=64, blank=True, editable=False, help_text="digest of what the file says")
    rules = models.CharField(max_length=32, blank=True, editable=False, help_text="digest of the types that count")
    partial = models.BooleanField(_("Teilkatalog"), default=False)
    applied_at = models.DateTimeField(_("übernommen am"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("von")
    )
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="undone_by", verbose_name=_("nimmt zurück")
    )
    reason = models.TextField(_("Begründung"), blank=True, max_length=LONGEST_REASON)
    rows = models.PositiveIntegerField(_("Zeilen"))
    services_new = models.PositiveIntegerField(default=0)
    services_changed = models.PositiveIntegerField(default=0)
    services_unchanged = models.PositiveIntegerField(default=0)
    services_returned = models.PositiveIntegerField(default=0)
    services_retired = models.PositiveIntegerField(default=0)
    bundles_new = models.PositiveIntegerField(default=0)
    bundles_changed = models.PositiveIntegerField(default=0)
    bundles_unchanged = models.PositiveIntegerField(default=0)
    bundles_returned = models.PositiveIntegerField(default=0)
    bundles_retired = models.PositiveIntegerField(default=0)
    counting_now = models.PositiveIntegerField(default=0)
    counting_no_longer = models.PositiveIntegerField(default=0)

    objects = CatalogueImportQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Katalogimport")
        verbose_name_plural = _("Katalogimporte")
        constraints = [
            models.CheckConstraint(
                condition=Q(undoes=None) | ~Q(reason=""),
                name="undoing_has_reason",
                violation_error_message=_("Eine Rücknahme braucht eine Begründung."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.release} ({self.file_name})"

    def before(self) -> models.QuerySet["CatalogueImport"]:
        """The files in force before this import, or before the one it took back, as it was then; newest first."""
        first = self.undoes_id or self.pk
        imports = CatalogueImport.objects.filter(undoes=None, pk__lt=first)
        return imports.filter(Q(undone_by=None) | Q(undone_by__gt=self.pk))

    @property
    def leaves_nothing(self) -> bool:
        """Whether it took back the only release there was, so that none holds."""
        return self.undoes_id is not None and not self.before().exists()


class ImportProblem(models.Model):
    """Something in an imported file that a person should look at, with its place."""

    class Severity(models.TextChoices):
        ERROR = "error", _("Fehler")
        WARNING = "warning", _("Warnung")

    catalogue_import = models.ForeignKey(CatalogueImport, models.CASCADE, related_name="problems")
    sheet = models.CharField(_("Blatt"), max_length=100, blank=True)
    row = models.PositiveIntegerField(_("Zeile"), null=True)
    column = models.CharField(_("Spalte"), max_length=100, blank=True)
    severity = models.CharField(_("Art"), max_length=8, choices=Severity)
    code = models.CharField(_("Code"), max_length=32)
    message = models.TextField(_("Was ist los?"))

    class Meta:
        ordering = ("id",)
        constraints = [models.CheckConstraint(condition=Q(severity__in=["error", "warning"]), name="problem_severity")]
        verbose_name = _("Problem")
        verbose_name_plural = _("Probleme")

    def __str__(self) -> str:
        return self.message
