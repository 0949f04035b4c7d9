"""Which maturity model a municipality rates its services with, from which day on."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import MaturityModel
from ozg_tracker.accounts.models.municipalities import Municipality
from ozg_tracker.accounts.models.people import User

LONGEST_REASON = 500


class MaturityModelEvent(models.Model):
    """From `effective_on` the municipality rates with this model. Only ever added (triggers refuse all else).

    What holds on a day, as known at an instant, is the event with the greatest (effective_on, id) not after either:
    `ozg_tracker.accounts.maturity`. A municipality without any has always rated with the model it has.
    """

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, db_index=False, related_name="+", verbose_name=_("Kommune")
    )
    model = models.ForeignKey(MaturityModel, models.PROTECT, related_name="+", verbose_name=_("Reifegradmodell"))
    effective_on = models.DateField(_("gilt ab"))
    recorded_at = models.DateTimeField(_("eingetragen am"))
    by = models.ForeignKey(User, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("durch"))
    reason = models.CharField(_("Begründung"), max_length=LONGEST_REASON, blank=True)

    class Meta:
        ordering = ("-effective_on", "-id")
        verbose_name = _("Wechsel des Reifegradmodells")
        verbose_name_plural = _("Wechsel des Reifegradmodells")
        indexes = [models.Index(fields=("municipality", "effective_on", "id"), name="maturity_model_as_of")]
        constraints = [
            models.CheckConstraint(
                condition=Q(effective_on__gte=date(2017, 8, 18)),
                name="maturity_model_since_the_law",
                violation_error_message=_("Vor dem 18.08.2017, als das OZG in Kraft trat, gab es kein Modell."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.model} ab {self.effective_on:%d.%m.%Y}"
