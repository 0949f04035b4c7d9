"""What a municipality decided of who takes whose place in the catalogue."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Succession
from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.models import Municipality


class MunicipalitySuccession(models.Model):
    """What a municipality decided of a Nachfolge for itself alone; what holds for all stands in the catalogue."""

    succession = models.ForeignKey(
        Succession, models.CASCADE, related_name="of_municipalities", verbose_name=_("Nachfolge")
    )
    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="+", verbose_name=_("Kommune"))
    accepted = models.BooleanField(_("bestätigt"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("von"))
    decided_at = models.DateTimeField(_("entschieden am"))
    reason = models.TextField(_("Begründung"), max_length=LONGEST_REASON)

    class Meta:
        ordering = ("succession", "municipality")
        verbose_name = _("Nachfolge in einer Kommune")
        verbose_name_plural = _("Nachfolgen in Kommunen")
        constraints = [
            models.UniqueConstraint(
                fields=("succession", "municipality"),
                name="succession_decided_once_per_municipality",
                violation_error_message=_("Darüber hat die Kommune schon entschieden."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="municipality_succession_has_reason",
                violation_error_message=_("Eine Entscheidung braucht eine Begründung."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.succession} ({self.municipality})"
