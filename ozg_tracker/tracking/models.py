"""How far: the row that is tracked (municipality × service), its events, evidence, deadlines and scope profiles."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Bundle, MaturityLevel, Service
from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.tracking import own_models, succession_models  # noqa: F401 (Django looks for models in this module)
from ozg_tracker.tracking.querysets import (
    DeadlineQuerySet,
    EvidenceQuerySet,
    MunicipalServiceQuerySet,
    ScopeProfileQuerySet,
    StatusChangeQuerySet,
)


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
    note = models.TextField(_("Bemerkung"), blank=True)

    class Meta:
        abstract = True


class MunicipalService(TrackedState):
    """Leistung der Kommune. Changed through `ozg_tracker.tracking.status` alone; `version` counts its events."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="services", verbose_name=_("Kommune"))
    service = models.ForeignKey(Service, models.PROTECT, related_name="municipal_services", verbose_name=_("Leistung"))
    version = models.PositiveIntegerField(_("Version"), default=1)

    objects = MunicipalServiceQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        indexes = [
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


class StatusChange(TrackedState):
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
    reason = models.TextField(_("Begründung"), blank=True)
    source = models.CharField(_("Weg"), max_length=10, choices=Source)

    objects = StatusChangeQuerySet.as_manager()

    class Meta:
        ordering = ("-effective_on", "-id")
        verbose_name = _("Statusänderung")
        verbose_name_plural = _("Statusänderungen")
        constraints = [models.UniqueConstraint(fields=("row", "version"), name="event_once_per_version")]

    def __str__(self) -> str:
        return f"{self.row} ab {self.effective_on:%d.%m.%Y}"


class Deadline(models.Model):
    """Frist: of the law (no municipality) or of a town. Applies to all services, those of the SDG, or some bundles."""

    class Scope(models.TextChoices):
        ALL = "all", _("alle Leistungen")
        SDG = "sdg", _("Leistungen der SDG-Verordnung")
        BUNDLES = "bundles", _("genannte OZG-Leistungen")

    municipality = models.ForeignKey(
        Municipality, models.CASCADE, null=True, blank=True, related_name="deadlines", verbose_name=_("Kommune")
    )
    name = models.CharField(_("Frist"), max_length=200)
    date = models.DateField(_("Tag"))
    source = models.TextField(_("Quelle"))
    scope = models.CharField(_("gilt für"), max_length=8, choices=Scope, default=Scope.ALL)
    bundles = models.ManyToManyField(Bundle, blank=True, related_name="+", verbose_name=_("OZG-Leistungen"))

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        ordering = ("date", "name", "id")
        verbose_name = _("Frist")
        verbose_name_plural = _("Fristen")
        constraints = [
            models.UniqueConstraint(
                fields=("municipality", "name"),
                name="deadline_once_per_municipality",
                violation_error_message=_("Eine Frist mit diesem Namen gibt es schon."),
            ),
            models.UniqueConstraint(
                fields=("name",),
                condition=Q(municipality=None),
                name="deadline_of_law_once",
                violation_error_message=_("Eine Frist mit diesem Namen gibt es schon."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Evidence(models.Model):
    """Nachweis: what an outside source says of a tracked row."""

    class Kind(models.TextChoices):
        DIRECTORY = "directory", _("öffentliches Verzeichnis")
        LINK_CHECK = "link_check", _("Prüfung der Adresse")
        FILE = "file", _("Datei")

    row = models.ForeignKey(MunicipalService, models.CASCADE, related_name="evidence", verbose_name=_("Leistung"))
    kind = models.CharField(_("Art"), max_length=12, choices=Kind)
    found_on = models.DateField(_("Stand vom"))
    url = models.URLField(_("Adresse"), max_length=1000, blank=True)
    online = models.BooleanField(_("online"))
    origin = models.CharField(_("Herkunft"), max_length=255, help_text=_("Datei oder Verzeichnis"))
    recorded_at = models.DateTimeField(_("erfasst am"))

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ("-found_on", "-id")
        verbose_name = _("Nachweis")
        verbose_name_plural = _("Nachweise")
        constraints = [
            models.UniqueConstraint(fields=("row", "kind", "found_on", "url"), name="evidence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.row}: {self.get_kind_display()}"


class ScopeProfile(models.Model):
    """Zuständigkeitsprofil: a suggestion of what a kind of municipality carries out. A person decides.

    A version that is `complete` never changes, nor do its rules; triggers refuse it. `shipped`: the number under which
    it came with the program; None: a person made it. Which version is in force says `in_force`.
    """

    kind = models.CharField(_("Art der Kommune"), max_length=16, choices=Municipality.Kind)
    version = models.PositiveIntegerField(_("Fassung"), default=1)
    shipped = models.PositiveIntegerField(_("mitgelieferte Fassung"), null=True, blank=True)
    source = models.TextField(_("Quelle"))
    made_at = models.DateTimeField(_("angelegt am"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("von")
    )
    reason = models.TextField(_("Begründung"), blank=True)
    complete = models.BooleanField(_("abgeschlossen"), default=False)

    objects = ScopeProfileQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "-version")
        verbose_name = _("Zuständigkeitsprofil")
        verbose_name_plural = _("Zuständigkeitsprofile")
        constraints = [
            models.UniqueConstraint(fields=("kind", "version"), name="profile_once"),
            models.UniqueConstraint(fields=("kind", "shipped"), name="profile_shipped_once"),
            models.CheckConstraint(
                condition=Q(shipped__isnull=False) | ~Q(reason=""),
                name="profile_has_reason",
                violation_error_message=_("Eine neue Fassung braucht eine Begründung."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, Fassung {self.version}"


class ScopeRule(models.Model):
    """One line of a profile: a Typisierung, an OZG-ID or a Leistungsobjekt (the first eight digits of a key), with the
    responsibility it suggests. Which of several lines wins says `ozg_tracker.tracking.scope`.
    """

    profile = models.ForeignKey(ScopeProfile, models.CASCADE, related_name="rules")
    type_code = models.CharField(_("Typisierung"), max_length=8, blank=True)
    ozg_id = models.CharField(_("OZG-ID"), max_length=5, blank=True)
    object_key = models.CharField(_("Leistungsobjekt"), max_length=8, blank=True)
    responsibility = models.CharField(_("Zuständigkeit"), max_length=12, choices=Responsibility)
    reason = models.CharField(_("Begründung"), max_length=300)
    source = models.CharField(_("Quelle"), max_length=300)

    class Meta:
        ordering = ("profile", "type_code", "ozg_id", "object_key")
        constraints = [
            models.UniqueConstraint(fields=("profile", "type_code", "ozg_id", "object_key"), name="rule_once"),
            models.CheckConstraint(
                condition=~Q(type_code="") & Q(ozg_id="", object_key="")
                | ~Q(ozg_id="") & Q(type_code="", object_key="")
                | ~Q(object_key="") & Q(type_code="", ozg_id=""),
                name="rule_by_one_criterion",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(source=""),
                name="rule_says_why",
                violation_error_message=_("Eine Regel nennt Begründung und Quelle."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type_code or self.ozg_id or self.object_key}: {self.get_responsibility_display()}"
