"""Which service takes the place of which."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.releases import CatalogueImport
from catalog.models.services import Service
from catalog.reasons import LONGEST_REASON


class SuccessionQuerySet(models.QuerySet["Succession"]):
    def in_force(self) -> Self:
        """Those that hold: confirmed, or said by the source or a person and not refused, of an import in force."""
        holds = Q(accepted=True) | Q(accepted=None, origin__in=("source", "person"))
        return self.filter(holds, catalogue_import__undone_by=None)


class Succession(models.Model):
    """Nachfolge: service `new` takes the place of `old`, as import `catalogue_import` brought it up.

    The source says so, the names suggest it, or a person does. `accepted` is what was decided for all municipalities of
    the installation, by whom, when and why; None: nothing yet.
    """

    class Origin(models.TextChoices):
        SOURCE = "source", _("Angabe der Quelle")
        SUGGESTED = "suggested", _("ähnlicher Name")
        PERSON = "person", _("Angabe einer Person")

    old = models.ForeignKey(Service, models.CASCADE, related_name="successors", verbose_name=_("Vorgängerin"))
    new = models.ForeignKey(Service, models.CASCADE, related_name="predecessors", verbose_name=_("Nachfolgerin"))
    catalogue_import = models.ForeignKey(CatalogueImport, models.PROTECT, related_name="successions")
    origin = models.CharField(_("Herkunft"), max_length=9, choices=Origin)
    similarity = models.PositiveSmallIntegerField(_("Ähnlichkeit in Prozent"), null=True, blank=True)
    accepted = models.BooleanField(_("bestätigt"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("von")
    )
    decided_at = models.DateTimeField(_("entschieden am"), null=True, blank=True)
    reason = models.TextField(_("Begründung"), blank=True, max_length=LONGEST_REASON)

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        ordering = ("catalogue_import", "id")
        verbose_name = _("Nachfolge")
        verbose_name_plural = _("Nachfolgen")
        constraints = [
            models.UniqueConstraint(
                fields=("catalogue_import", "old", "new"),
                name="succession_once_per_import",
                violation_error_message=_("Diese Nachfolge ist schon genannt."),
            ),
            models.CheckConstraint(
                condition=~Q(old=F("new")),
                name="succession_of_two",
                violation_error_message=_("Eine Leistung folgt nicht auf sich selbst."),
            ),
            models.CheckConstraint(condition=Q(origin__in=["source", "suggested", "person"]), name="succession_origin"),
            models.CheckConstraint(
                condition=Q(accepted=None, decided_at=None)
                | Q(accepted__isnull=False, decided_at__isnull=False) & ~Q(reason=""),
                name="succession_decided_with_reason",
                violation_error_message=_("Eine Entscheidung braucht eine Begründung."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
