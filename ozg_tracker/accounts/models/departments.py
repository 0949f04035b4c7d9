"""The tree of departments of a municipality: as of today, and the events from which every day's tree follows."""

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models.municipalities import Municipality
from ozg_tracker.accounts.models.people import User

LONGEST_REASON = 500
LONGEST_NAME = 200


class DepartmentQuerySet(models.QuerySet["Department"]):
    def standing(self) -> Self:
        """Those that have not ended: what can be chosen for something new."""
        return self.filter(ended=False)


class Department(models.Model):
    """Fachbereich or Amt; a tree, as of today. Of those that stand a name stands once, so that files can say it.

    Changes only with an event beside it, by `ozg_tracker.accounts.departments.changing`. What has ended stays: the
    history names it.
    """

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="departments", verbose_name=_("Kommune")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("gehört zu")
    )
    name = models.CharField(_("Fachbereich"), max_length=LONGEST_NAME)
    ended = models.BooleanField(_("beendet"), default=False, editable=False)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        verbose_name = _("Fachbereich")
        verbose_name_plural = _("Fachbereiche")
        constraints = [
            models.UniqueConstraint(
                fields=("municipality", "name"),
                condition=Q(ended=False),
                name="department_once_per_municipality",
                violation_error_message=_("Einen Fachbereich mit diesem Namen gibt es schon."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The parent is of the same municipality, and no department stands below itself (triggers refuse both too)."""
        if self.parent is None:
            return
        if self.parent.municipality_id != self.municipality_id:
            raise ValidationError(
                {
                    "parent": ValidationError(
                        _("Dieser Fachbereich gehört zu einer anderen Kommune."), "other_municipality"
                    )
                }
            )
        above: Department | None = self.parent
        while above is not None:
            if above.pk == self.pk:
                raise ValidationError(
                    {"parent": ValidationError(_("Ein Fachbereich kann nicht unter sich selbst stehen."), "cycle")}
                )
            above = above.parent


class Reorganisation(models.Model):
    """Umbau: one deed on the tree, from a day on, with all that it changed and moved; done as one, undone as one.

    Only ever added; triggers refuse anything else. `recorded_at` is the instant of everything that it recorded; of
    those that move something no other of the municipality has the same. `services`, `people`, `rules`: how many went
    to another department.
    """

    class Kind(models.TextChoices):
        ADD = "add", _("angelegt")
        RENAME = "rename", _("umbenannt")
        MOVE = "move", _("verschoben")
        MERGE = "merge", _("zusammengelegt")
        SPLIT = "split", _("aufgeteilt")
        END = "end", _("beendet")
        LIST = "list", _("Liste eingelesen")
        UNDO = "undo", _("zurückgenommen")
        TAKEN_OVER = "taken_over", _("übernommen")

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, db_index=False, related_name="reorganisations", verbose_name=_("Kommune")
    )
    kind = models.CharField(_("Art"), max_length=12, choices=Kind)
    effective_on = models.DateField(_("gilt ab"))
    recorded_at = models.DateTimeField(_("eingetragen am"))
    by = models.ForeignKey(User, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("von"))
    reason = models.CharField(_("Grund"), max_length=LONGEST_REASON, blank=True)
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="undone_by", verbose_name=_("nimmt zurück")
    )
    services = models.PositiveIntegerField(_("Leistungen"), default=0)
    people = models.PositiveIntegerField(_("Personen"), default=0)
    rules = models.PositiveIntegerField(_("Regeln"), default=0)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Umbau")
        verbose_name_plural = _("Umbauten")
        indexes = [models.Index(fields=("municipality", "-id"), name="reorganisations_in_order")]
        constraints = [
            models.UniqueConstraint(
                fields=("municipality", "recorded_at"),
                condition=Q(kind__in=("merge", "split", "end", "undo")),
                name="reorganisation_once_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(kind="undo", undoes__isnull=False) | (~Q(kind="undo") & Q(undoes=None)),
                name="undo_names_what_it_undoes",
                violation_error_message=_("Eine Rücknahme nennt, was sie zurücknimmt."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ab {self.effective_on:%d.%m.%Y}"


class DepartmentEvent(models.Model):
    """What a department is called, where it belongs and whether it has ended, from a day on: all of it, each time.

    Only ever added. What holds on a day, as known at an instant, is the department's event with the greatest
    (effective_on, id) not after either: `ozg_tracker.accounts.departments.as_of`.
    """

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, db_index=False, related_name="+", verbose_name=_("Kommune")
    )
    department = models.ForeignKey(Department, models.PROTECT, related_name="events", verbose_name=_("Fachbereich"))
    name = models.CharField(_("Name"), max_length=LONGEST_NAME)
    parent = models.ForeignKey(
        Department, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("gehört zu")
    )
    ended = models.BooleanField(_("beendet"), default=False)
    effective_on = models.DateField(_("gilt ab"))
    recorded_at = models.DateTimeField(_("eingetragen am"))
    by = models.ForeignKey(User, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("von"))
    reason = models.CharField(_("Grund"), max_length=LONGEST_REASON, blank=True)
    reorganisation = models.ForeignKey(Reorganisation, models.PROTECT, related_name="events", verbose_name=_("Umbau"))

    class Meta:
        ordering = ("-effective_on", "-id")
        verbose_name = _("Änderung eines Fachbereichs")
        verbose_name_plural = _("Änderungen von Fachbereichen")
        indexes = [models.Index(fields=("municipality", "effective_on", "id"), name="department_as_of")]

    def __str__(self) -> str:
        return f"{self.name} ab {self.effective_on:%d.%m.%Y}"
