"""The places of the feed, and what waits for one.

Numbers drawn while writing (ids, times, transaction numbers) do not tell the order of commits: whoever follows them
misses what commits late. So places are given by whoever reads, to all that has been committed by then.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

INSTALLATION = 0  # stands for a municipality where an event concerns the whole installation


class Part(models.Model):
    """Events of one log with neighbouring ids `first` to `last`, committed together."""

    kind = models.CharField(_("Art"), max_length=30)
    municipality = models.BigIntegerField(_("Kommune"), default=INSTALLATION)
    first = models.BigIntegerField(_("erste Nummer"))
    last = models.BigIntegerField(_("letzte Nummer"))

    class Meta:
        abstract = True


class Waiting(Part):
    """Written by a trigger of PostgreSQL with the events. `closing` is drawn by a second one just before the commit,
    when the transaction has all its locks: of two that change the same thing the first to commit draws first.
    """

    closing = models.BigIntegerField(_("Reihenfolge"), null=True, editable=False)

    class Meta:
        ordering = (models.F("closing").asc(nulls_last=True), "pk")
        verbose_name = _("wartendes Ereignis")
        verbose_name_plural = _("wartende Ereignisse")

    def __str__(self) -> str:
        return f"{self.kind} {self.first}"


class Place(Part):
    """`position` only grows. `proof` is drawn by chance: after a backup was put in again the same position may be given
    to something else, and a reader that comes with the old proof is told.
    """

    position = models.BigIntegerField(_("Stelle"), primary_key=True)
    proof = models.CharField(_("Beleg"), max_length=8)

    class Meta:
        ordering = ("position",)
        verbose_name = _("Stelle der Folge")
        verbose_name_plural = _("Stellen der Folge")
        indexes = [
            models.Index(fields=("municipality", "position"), name="place_of_municipality"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.kind} {self.first}"


class Followed(models.Model):
    """Where ids tell the order of commits (SQLite): up to which id the events of a kind have their places."""

    kind = models.CharField(_("Art"), max_length=30, primary_key=True)
    last = models.BigIntegerField(_("letzte Nummer"))

    class Meta:
        ordering = ("kind",)
        verbose_name = _("gefolgt bis")
        verbose_name_plural = _("gefolgt bis")

    def __str__(self) -> str:
        return f"{self.kind}: {self.last}"
