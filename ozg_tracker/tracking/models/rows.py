"""The row that is tracked (municipality × service), and its events."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import LONGEST_TEXT, MaturityLevel, Service
from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.tracking.models.acting import DoneFor
from ozg_tracker.tracking.models.visible import OfAMunicipality

if TYPE_CHECKING:
    pass


class Responsibility(models.TextChoices):
    """Zuständigkeit: who carries the service out."""

    UNCLEAR = "unclear", _("ungeklärt")
    MUNICIPALITY = "municipality", _("Kommune")
    DISTRICT = "district", _("Kreis")
    STATE = "state", _("Land")
    FEDERATION = "federation", _("Bund")
    NOT_OFFERED = "not_offered", _("nicht angeboten")


class State(models.TextChoices):
    """Umsetzungsstand: the work, not the result."""

    OPEN = "open", _("offen")
    PLANNED = "planned", _("geplant")
    IN_PROGRESS = "in_progress", _("in Umsetzung")
    DONE = "done", _("fertig")
    BLOCKED = "blocked", _("blockiert")


class Source(models.TextChoices):
    """Through which door a change came."""

    PAGE = "page", _("Seite")
    API = "api", _("Schnittstelle")
    FILE = "file", _("Datei")
    COMMAND = "command", _("Befehl")
    CATALOGUE = "catalogue", _("Katalog")
    SETUP = "setup", _("Einrichtung")
    REORGANISE = "reorganise", _("Umbau")


BY_THE_SYSTEM = (Source.CATALOGUE.value, Source.SETUP.value)  # no person has decided anything yet


class TrackedState(models.Model):
    """The state of a tracked row: what an event holds whole, and what the row shows as of today.

    An index per foreign key would cost more than it serves on events, which are only added: see each model's own.
    """

    responsibility = models.CharField(
        _("Zuständigkeit"), max_length=12, choices=Responsibility, default=Responsibility.UNCLEAR
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("Fachbereich"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("zuständige Person"),
    )
    state = models.CharField(_("Stand"), max_length=12, choices=State, default=State.OPEN)
    level = models.ForeignKey(
        MaturityLevel,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("Reifegrad"),
    )
    planned_on = models.DateField(_("geplant bis"), null=True, blank=True)
    online_url = models.URLField(_("Online-Adresse"), max_length=500, blank=True)
    cases_per_year = models.PositiveIntegerField(_("Fälle pro Jahr"), null=True, blank=True)
    note = models.TextField(_("Bemerkung"), blank=True, max_length=LONGEST_TEXT)

    class Meta:
        abstract = True


class MunicipalService(TrackedState):
    """Leistung der Kommune. Changed through `ozg_tracker.tracking.rows.status` alone; `version` counts its events."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="services", verbose_name=_("Kommune"))
    service = models.ForeignKey(Service, models.PROTECT, related_name="municipal_services", verbose_name=_("Leistung"))
    version = models.PositiveIntegerField(_("Version"), default=1)

    objects = OfAMunicipality["MunicipalService"].as_manager()

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(
                fields=("municipality", "id"), name="row_in_order"
            ),  # a page of a municipality's rows, unsorted
            models.Index(fields=("municipality", "department"), name="row_department"),
            models.Index(fields=("owner",), name="row_owner"),
        ]
        verbose_name = _("Leistung der Kommune")
        verbose_name_plural = _("Leistungen der Kommune")
        constraints = [
            models.UniqueConstraint(
                fields=("municipality", "service"),
                name="service_once_per_municipality",
                violation_error_message=_("Diese Leistung führt die Kommune schon."),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DONE) | Q(level__isnull=False),
                name="done_needs_level",
                violation_error_message=_("„fertig“ braucht einen Reifegrad."),
            ),
            models.CheckConstraint(
                condition=Q(responsibility__in=Responsibility.values) & Q(state__in=State.values),
                name="row_choices",
                violation_error_message=_("Diesen Wert gibt es nicht."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.service)


class StatusChange(DoneFor, TrackedState):
    """Statusänderung: an event that is only ever added; a trigger refuses anything else.

    `recorded_at` is when we learnt of it (UTC), `effective_on` from which day it holds (Europe/Berlin).
    The state at a day as known at an instant is the event with the greatest (effective_on, id) not after either; the
    index that serves it, and the triggers, are made by the migrations 0002, each in its database's own words.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, db_index=False, related_name="+")
    row = models.ForeignKey(
        MunicipalService, models.PROTECT, db_index=False, related_name="events", verbose_name=_("Leistung")
    )
    version = models.PositiveIntegerField(_("Version"))
    effective_on = models.DateField(_("gilt ab"))
    recorded_at = models.DateTimeField(_("erfasst am"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("von")
    )
    reason = models.TextField(_("Begründung"), blank=True, max_length=LONGEST_TEXT)
    source = models.CharField(_("Weg"), max_length=10, choices=Source)

    objects = OfAMunicipality["StatusChange"].as_manager()

    class Meta:
        ordering = ("-effective_on", "-id")
        verbose_name = _("Statusänderung")
        verbose_name_plural = _("Statusänderungen")
        constraints = [models.UniqueConstraint(fields=("row", "version"), name="event_once_per_version")]

    def __str__(self) -> str:
        return f"{self.row} ab {self.effective_on:%d.%m.%Y}"
