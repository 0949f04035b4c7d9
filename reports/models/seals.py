"""Which edition a municipality froze last, kept apart from the editions so that a missing end of their chain shows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
