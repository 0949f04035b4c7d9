"""What is known about a row beside its state: findings that were put off, and that somebody said it still holds."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models.acting import DoneFor
from ozg_tracker.tracking.models.rows import MunicipalService
from ozg_tracker.tracking.models.visible import OfAMunicipality

if TYPE_CHECKING:
    from datetime import date

LONGEST_SNOOZE_REASON = 500


class SnoozeQuerySet(OfAMunicipality["Snooze"]):
    def holding(self, day: "date") -> Self:
        """Of each row and finding the last word, where it still puts the finding off on `day`."""
        last = Snooze.objects.filter(row=OuterRef("row"), code=OuterRef("code")).order_by("-pk")
        return self.filter(pk=Subquery(last.values("pk")[:1]), until__gte=day)


class Snooze(DoneFor):
    """Zurückstellung: a finding of a row is put off until a day, with a reason; without a day it is taken up again.

    Only ever added to; the last one of a row and finding holds. `code` is one of the rules of
    `ozg_tracker.tracking.findings.rules`.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+", verbose_name=_("Kommune"))
    row = models.ForeignKey(MunicipalService, models.PROTECT, related_name="snoozes", verbose_name=_("Leistung"))
    code = models.CharField(_("Befund"), max_length=30)
    until = models.DateField(_("zurückgestellt bis"), null=True, blank=True)
    reason = models.CharField(_("Grund"), max_length=LONGEST_SNOOZE_REASON)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("durch"))
    recorded_at = models.DateTimeField(_("erfasst am"))

    objects = SnoozeQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Zurückstellung")
        verbose_name_plural = _("Zurückstellungen")
        indexes = [models.Index(fields=("row", "code", "-id"), name="snooze_last")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="snooze_has_reason",
                violation_error_message=_("Zurückstellen geht nur mit einem Grund."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row}: {self.code}"


class ConfirmationQuerySet(OfAMunicipality["Confirmation"]):
    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(withdraws=None, withdrawn_by=None)


class Confirmation(DoneFor):
    """Bestätigung: a person said that a row still holds as it stood, `version`; only ever added to.

    One that `withdraws` another says nothing of the row: the other was a mistake, and counts no more.
    """

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, db_index=False, related_name="+", verbose_name=_("Kommune")
    )
    row = models.ForeignKey(
        MunicipalService, models.PROTECT, db_index=False, related_name="confirmations", verbose_name=_("Leistung")
    )
    version = models.PositiveIntegerField(_("Version"))
    withdraws = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="withdrawn_by", verbose_name=_("nimmt zurück")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("von")
    )
    recorded_at = models.DateTimeField(_("erfasst am"))

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Bestätigung")
        verbose_name_plural = _("Bestätigungen")
        indexes = [
            models.Index(fields=("municipality", "row", "-id"), name="confirmation_last"),
            models.Index(  # the journal reads nothing else
                fields=("municipality", "-recorded_at", "row", "id", "withdraws"), name="confirmation_at_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row}: {self.recorded_at:%d.%m.%Y}"
