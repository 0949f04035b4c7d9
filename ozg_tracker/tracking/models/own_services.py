"""A municipality's own services and bundles, outside the official catalogue: whose each is, and what became of it."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Bundle, Service
from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models.visible import OfAMunicipality

if TYPE_CHECKING:
    from datetime import date


class OwnBundle(models.Model):
    """A bundle without OZG id, and the municipality whose own it is."""

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="own_bundles", verbose_name=_("Kommune")
    )
    bundle = models.OneToOneField(Bundle, models.PROTECT, related_name="own", verbose_name=_("OZG-Leistung"))

    class Meta:
        ordering = ("bundle__name",)
        verbose_name = _("eigenes Bündel")
        verbose_name_plural = _("eigene Bündel")

    def __str__(self) -> str:
        return str(self.bundle)


class OwnServiceQuerySet(OfAMunicipality["OwnService"]):
    pass


class OwnService(models.Model):
    """Eigene Leistung: a service outside the catalogue, and the municipality that tracks it. Ended: its service is
    retired.

    `file_key`: the key under which files name it although the catalogue does not know it (yet).
    `merged_into`: the official service that took over from it.
    """

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="own_services", verbose_name=_("Kommune")
    )
    service = models.OneToOneField(Service, models.PROTECT, related_name="own", verbose_name=_("Leistung"))
    file_key = models.CharField(_("Schlüssel in Dateien"), max_length=14, null=True, blank=True)  # noqa: DJ001 (none is not "")
    merged_into = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="merged_own", verbose_name=_("zusammengeführt mit")
    )

    objects = OwnServiceQuerySet.as_manager()

    class Meta:
        ordering = ("service__name", "pk")
        verbose_name = _("eigene Leistung")
        verbose_name_plural = _("eigene Leistungen")
        constraints = [
            models.UniqueConstraint(
                fields=("municipality", "file_key"),
                name="own_file_key_once",
                violation_error_message=_("Diesen Schlüssel nennt schon eine andere eigene Leistung."),
            ),
            models.CheckConstraint(
                condition=Q(file_key=None) | Q(file_key__regex=r"^[0-9]{14}$"),
                name="own_file_key_has_fourteen_digits",
                violation_error_message=_("Ein LeiKa-Schlüssel hat genau 14 Ziffern."),
            ),
        ]

    def __str__(self) -> str:
        return self.service.name

    @property
    def ended_on(self) -> "date | None":
        return self.service.retired_on


class OwnServiceChange(models.Model):
    """What was done to an own service, when, by whom and why; only ever added, a trigger refuses anything else.

    `name` is the name that holds from then on, so that the report of a month can say the name it was known by.
    """

    class Kind(models.TextChoices):
        ADDED = "added", _("aufgenommen")
        RENAMED = "renamed", _("umbenannt")
        ENDED = "ended", _("beendet")
        MERGED = "merged", _("zusammengeführt")

    own = models.ForeignKey(OwnService, models.PROTECT, related_name="changes", verbose_name=_("eigene Leistung"))
    kind = models.CharField(_("Art"), max_length=8, choices=Kind)
    name = models.CharField(_("Leistung"), max_length=500)
    recorded_at = models.DateTimeField(_("erfasst am"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("von"))
    reason = models.TextField(_("Begründung"), max_length=LONGEST_REASON)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("Änderung einer eigenen Leistung")
        verbose_name_plural = _("Änderungen eigener Leistungen")
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") & Q(kind__in=["added", "renamed", "ended", "merged"]),
                name="own_change_has_reason",
                violation_error_message=_("Bitte geben Sie eine Begründung an."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_kind_display()}"
