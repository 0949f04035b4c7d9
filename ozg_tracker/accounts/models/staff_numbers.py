"""Personalnummer: how a municipality's own lists name a person."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models.municipalities import Municipality
from ozg_tracker.accounts.models.people import User


class StaffNumber(models.Model):
    """The number a person has in a municipality; not needed, and once for each of both."""

    municipality = models.ForeignKey(
        Municipality, models.CASCADE, related_name="staff_numbers", verbose_name=_("Kommune")
    )
    user = models.ForeignKey(User, models.CASCADE, related_name="staff_numbers", verbose_name=_("Person"))
    number = models.CharField(_("Personalnummer"), max_length=40)

    class Meta:
        ordering = ("municipality", "number")
        verbose_name = _("Personalnummer")
        verbose_name_plural = _("Personalnummern")
        constraints = [
            models.UniqueConstraint(
                fields=("municipality", "number"),
                name="staff_number_once",
                violation_error_message=_("Diese Personalnummer hat schon eine andere Person."),
            ),
            models.UniqueConstraint(
                fields=("municipality", "user"),
                name="one_staff_number",
                violation_error_message=_("Diese Person hat schon eine Personalnummer."),
            ),
            models.CheckConstraint(
                condition=~models.Q(number=""),
                name="staff_number_not_empty",
                violation_error_message=_("Eine Personalnummer ist nicht leer."),
            ),
        ]

    def __str__(self) -> str:
        return self.number
