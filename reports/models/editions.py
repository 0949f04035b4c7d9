"""A frozen month: its figures, its hash, and who approved it."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import CatalogueImport
from ozg_tracker.accounts.models import Deed, Municipality, Reach, who_may

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ozg_tracker.accounts.models import User


class EditionQuerySet(models.QuerySet["Edition"]):
    def visible_to(self, user: "User | AnonymousUser") -> "EditionQuerySet":
        """All editions of municipalities that `user` coordinates, the approved ones of those with any other role.

        An operator runs the installation and reads no reports.
        """
        if not user.is_authenticated:
            return self.none()
        coordinated = user.memberships.filter(role__in=who_may(Deed.READ_EDITIONS, Reach.ALL)).values("municipality")
        read = user.memberships.filter(role__in=who_may(Deed.READ_EDITIONS)).values("municipality")
        return self.filter(Q(municipality__in=coordinated) | Q(municipality__in=read, state=Edition.State.APPROVED))


LONGEST_CORRECTION = 1000  # characters of its reason, which stands in the report


class Edition(models.Model):
    """Ausgabe: a frozen month. `figures` is the canonical JSON, byte for byte what `sha256` was taken of.

    Nothing but the approval can change once it stands; a trigger refuses it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Entwurf")
        APPROVED = "approved", _("genehmigt")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="editions", verbose_name=_("Kommune"))
    month = models.DateField(_("Monat"), help_text=_("erster Tag des Monats"))
    number = models.PositiveSmallIntegerField(_("Ausgabe"))
    figures = models.TextField()
    sha256 = models.CharField(_("Prüfsumme (SHA-256)"), max_length=64)
    previous_sha256 = models.CharField(_("Vorgänger"), max_length=64, blank=True)
    known_at = models.DateTimeField(_("Wissensstand"))
    catalogue_import = models.ForeignKey(CatalogueImport, models.PROTECT, related_name="+")
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    correction_reason = models.TextField(_("Grund der Berichtigung"), blank=True, max_length=LONGEST_CORRECTION)
    differences = models.TextField(blank=True)
    state = models.CharField(_("Stand"), max_length=8, choices=State, default=State.DRAFT)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(_("genehmigt am"), null=True, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ("-month", "-number", "-id")
        verbose_name = _("Ausgabe")
        verbose_name_plural = _("Ausgaben")
        constraints = [
            models.UniqueConstraint(
                fields=("municipality", "month", "number"),
                name="edition_once",
                violation_error_message=_("Diese Ausgabe gibt es schon."),
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(correction_reason=""),
                name="correction_has_reason",
                violation_error_message=_("Eine Berichtigung braucht einen Grund."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality}, {self.month:%m/%Y}, Ausgabe {self.number}"
