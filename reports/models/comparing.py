"""Which municipalities of the installation let themselves be compared, and what a month's comparison published."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.models import Municipality
from reports.models.editions import Edition


class ComparisonAgreement(models.Model):
    """Zustimmung zum Vergleich: from `recorded_at` on the municipality takes part, or no longer.

    Only ever added: the newest one of a municipality holds; without any, it takes no part.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="comparison_agreements")
    agreed = models.BooleanField(_("stimmt dem Vergleich zu"))
    reason = models.TextField(_("Begründung"), max_length=LONGEST_REASON)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("erfasst am"))

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Zustimmung zum Vergleich")
        verbose_name_plural = _("Zustimmungen zum Vergleich")
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="comparison_agreement_says_why",
                violation_error_message=_("Bitte begründen Sie das."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.municipality}: {'' if self.agreed else 'nicht '}verglichen"


class ComparedMonth(models.Model):
    """Verglichener Monat: its comparison is computed, for ever, whether it has a group or none."""

    month = models.DateField(_("Monat"), unique=True, help_text=_("erster Tag des Monats"))
    computed_at = models.DateTimeField(_("berechnet am"))

    class Meta:
        ordering = ("-month",)
        verbose_name = _("verglichener Monat")
        verbose_name_plural = _("verglichene Monate")

    def __str__(self) -> str:
        return f"{self.month:%m/%Y}"


class ComparedGroup(models.Model):
    """Vergleichsgruppe: those of one kind or size that a month counted with one catalogue release, model and level."""

    class Grouping(models.TextChoices):
        KIND = "kind", _("Art der Kommune")
        SIZE = "size", _("Zahl der relevanten Leistungen")

    compared = models.ForeignKey(ComparedMonth, models.PROTECT, related_name="groups")
    release = models.CharField(_("Katalogstand"), max_length=200)
    model = models.CharField(_("Reifegradmodell"), max_length=50)
    conform_level = models.PositiveSmallIntegerField()
    grouping = models.CharField(max_length=4, choices=Grouping)
    name = models.CharField(max_length=16)
    members = models.PositiveIntegerField(_("verglichene Kommunen"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("Vergleichsgruppe")
        verbose_name_plural = _("Vergleichsgruppen")
        constraints = [
            models.UniqueConstraint(
                fields=("compared", "release", "model", "conform_level", "grouping", "name"), name="compared_group_once"
            ),
            models.CheckConstraint(
                condition=Q(members__gte=6),
                name="compared_group_hides_its_members",
                violation_error_message=_("Eine Vergleichsgruppe hat mindestens sechs Kommunen."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.compared}: {self.grouping} {self.name}"


class ComparedFigure(models.Model):
    """The quartiles of a rate over a group, in whole per cent."""

    class Figure(models.TextChoices):
        SERVICES_READY = "services_ready", _("Fertige Leistungen")
        BUNDLES_ONLINE = "bundles_online", _("OZG-Leistungen online")
        BUNDLES_COMPLETE = "bundles_complete", _("OZG-Leistungen vollständig")

    group = models.ForeignKey(ComparedGroup, models.PROTECT, related_name="figures")
    figure = models.CharField(max_length=16, choices=Figure)
    lower = models.PositiveSmallIntegerField(_("unteres Quartil"))
    median = models.PositiveSmallIntegerField(_("Median"))
    upper = models.PositiveSmallIntegerField(_("oberes Quartil"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("verglichene Kennzahl")
        verbose_name_plural = _("verglichene Kennzahlen")
        constraints = [
            models.UniqueConstraint(fields=("group", "figure"), name="compared_figure_once"),
            models.CheckConstraint(
                condition=Q(lower__lte=F("median"), median__lte=F("upper"), upper__lte=100),
                name="compared_figure_is_in_order",
                violation_error_message=_("Quartile steigen und sind höchstens 100 %."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group}, {self.figure}: {self.lower}, {self.median}, {self.upper}"


class ComparedEdition(models.Model):
    """An edition whose rates went into a group: told nobody, kept so that the next groups do not lie too near it."""

    group = models.ForeignKey(ComparedGroup, models.PROTECT, related_name="editions")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)
        verbose_name = _("verglichene Ausgabe")
        verbose_name_plural = _("verglichene Ausgaben")
        constraints = [models.UniqueConstraint(fields=("group", "edition"), name="compared_edition_once")]

    def __str__(self) -> str:
        return f"{self.group}: {self.edition_id}"
