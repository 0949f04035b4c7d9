"""A municipality's own list of its services: kept as it came, each row decided by a person or by its key."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Situation
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.models.merges import OfAPerson


class OwnList(models.Model):
    """Eigene Liste. `head_row`: the row of the headings, `heads`: its cells; `columns`: by place, what a column means
    (a code of `ozg_tracker.tracking.exchange.words.COLUMNS`); `situation` and `bundle_name`: where services go that
    become the municipality's own.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+", verbose_name=_("Kommune"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("von"))
    name = models.CharField(_("Name"), max_length=255)
    created_at = models.DateTimeField(_("gebracht am"), default=timezone.now)
    head_row = models.PositiveIntegerField(_("Zeile der Überschriften"))
    heads = models.JSONField(_("Überschriften"))
    columns = models.JSONField(_("Bedeutung der Spalten"), default=dict)
    mapped = models.BooleanField(_("Spalten zugeordnet"), default=False)
    situation = models.ForeignKey(
        Situation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Lage eigener Leistungen")
    )
    bundle_name = models.CharField(_("Bündel eigener Leistungen"), max_length=500, blank=True)

    objects = OfAPerson["OwnList"].as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Eigene Liste")
        verbose_name_plural = _("Eigene Listen")
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="own_list_has_name",
                violation_error_message=_("Eine eigene Liste hat einen Namen."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class OwnListRows(models.QuerySet["OwnListRow"]):
    def of(self, own_list: OwnList) -> Self:
        """The rows below the headings, in the order of the list."""
        return self.filter(own_list=own_list, number__gt=own_list.head_row)


class OwnListRow(models.Model):
    """One row as it came. `services`: ids of what it means; `alike`: pairs of a service's id and how alike its name is,
    in percent; `taken`: it has been taken over.
    """

    class Outcome(models.TextChoices):
        OPEN = "open", _("noch offen")
        FOUND = "found", _("zugeordnet")
        OWN = "own", _("eigene Leistung")
        KEPT = "kept", _("bleibt in der Liste")

    own_list = models.ForeignKey(OwnList, models.CASCADE, related_name="rows", verbose_name=_("Eigene Liste"))
    number = models.PositiveIntegerField(_("Zeile"))
    cells = models.JSONField(_("Zellen"))
    outcome = models.CharField(_("entschieden"), max_length=5, choices=Outcome, default=Outcome.OPEN)
    services = models.JSONField(_("Leistungen"), default=list)
    alike = models.JSONField(_("ähnliche Leistungen"), default=list)
    decided_at = models.DateTimeField(_("von Hand entschieden am"), null=True, blank=True)
    taken = models.BooleanField(_("übernommen"), default=False)

    objects = OwnListRows.as_manager()

    class Meta:
        ordering = ("own_list", "number")
        verbose_name = _("Zeile einer eigenen Liste")
        verbose_name_plural = _("Zeilen eigener Listen")
        constraints = [
            models.UniqueConstraint(fields=("own_list", "number"), name="own_list_row_once"),
            models.CheckConstraint(
                condition=~Q(taken=True) | ~Q(outcome="open"),
                name="own_list_row_taken_when_decided",
                violation_error_message=_("Nur was entschieden ist, lässt sich übernehmen."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.own_list}, {self.number}"


class ListMapping(models.Model):
    """What the columns of lists with these headings mean in a municipality, as it was said last."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="+", verbose_name=_("Kommune"))
    fingerprint = models.CharField(_("Überschriften, als Prüfwert"), max_length=64)
    columns = models.JSONField(_("Bedeutung der Spalten"))

    class Meta:
        verbose_name = _("Zuordnung von Spalten")
        verbose_name_plural = _("Zuordnungen von Spalten")
        constraints = [models.UniqueConstraint(fields=("municipality", "fingerprint"), name="list_mapping_once")]

    def __str__(self) -> str:
        return self.fingerprint
