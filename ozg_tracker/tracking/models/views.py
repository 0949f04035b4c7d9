"""What a person keeps of the list of services: which columns it shows, and addresses of it by name."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Municipality

LONGEST_NAME = 60
LONGEST_QUERY = 2000


class GridColumns(models.Model):
    """The columns a person chose last, in their order: the names, with blanks between."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("Person"))
    names = models.CharField(_("Spalten"), max_length=300)

    class Meta:
        verbose_name = _("gewählte Spalten")
        verbose_name_plural = _("gewählte Spalten")

    def __str__(self) -> str:
        return self.names


class GridView(models.Model):
    """Ansicht: what an address of the list asks for, found again by its name. Who has the address has the view."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("Person"))
    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="+", verbose_name=_("Kommune"))
    name = models.CharField(_("Name"), max_length=LONGEST_NAME)
    query = models.CharField(_("Filter und Spalten"), max_length=LONGEST_QUERY, blank=True)

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("Ansicht")
        verbose_name_plural = _("Ansichten")
        constraints = [
            models.UniqueConstraint(fields=("person", "municipality", "name"), name="view_once_per_name"),
            models.CheckConstraint(
                condition=~Q(name=""), name="view_has_name", violation_error_message=_("Eine Ansicht hat einen Namen.")
            ),
        ]

    def __str__(self) -> str:
        return self.name
