"""What vouches for editions: which one a municipality froze last, and its signature under those it approved."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from reports.models.editions import Edition


class Seal(models.Model):
    """Which edition a municipality froze last, kept apart from the editions so that a missing end of their chain shows.

    One is added with each edition, in the same transaction; triggers refuse anything else. There is no foreign key, so
    that nothing which empties other tables reaches this one.
    """

    municipality_id = models.BigIntegerField(db_index=True)
    ars = models.CharField(_("Regionalschlüssel"), max_length=12)
    edition_id = models.BigIntegerField()
    month = models.DateField(_("Monat"))
    number = models.PositiveSmallIntegerField(_("Ausgabe"))
    sha256 = models.CharField(_("Prüfsumme (SHA-256)"), max_length=64)

    class Meta:
        ordering = ("id",)
        verbose_name = _("Siegel")
        verbose_name_plural = _("Siegel")

    def __str__(self) -> str:
        return f"{self.ars}, {self.month:%m/%Y}, Ausgabe {self.number}"


class EditionSignature(models.Model):
    """The municipality's signature (Ed25519, in hex) over the figures of an approved edition; only ever added."""

    edition = models.OneToOneField(Edition, models.PROTECT, related_name="signature")
    public_key = models.CharField(_("öffentlicher Schlüssel"), max_length=64)
    signature = models.CharField(_("Unterschrift"), max_length=128)
    recorded_at = models.DateTimeField(_("erfasst am"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("Unterschrift")
        verbose_name_plural = _("Unterschriften")
        constraints = [
            models.CheckConstraint(
                condition=Q(Exact(Length("public_key"), 64), Exact(Length("signature"), 128)),
                name="edition_signature_whole",
                violation_error_message=_("Schlüssel und Unterschrift haben 64 und 128 Zeichen."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition}: {self.signature[:16]}"
