"""Courses and who needs them."""

from calendar import monthrange
from datetime import date
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from catalog.models import Bundle, Service
from ozg_tracker.accounts.models import Deed, Department, Municipality, Role, who_may
from ozg_tracker.training.models.who_learns import PlanQuerySet

LONGEST_WITHIN = 3650  # days to do a training in
LONGEST_INTERVAL = 1200  # months; a hundred years on, every day is still one of the calendar


class Form(models.TextChoices):
    """How a course is held."""

    ROOM = "room", _("vor Ort")
    ONLINE = "online", _("online, zu festen Zeiten")
    BOTH = "both", _("vor Ort und online")
    SELF = "self", _("Selbstlernen, jederzeit")


class Category(models.TextChoices):
    """What a course is about, as the catalogue of courses sorts it."""

    BASICS = "basics", _("Grundlagen")
    SERVICES = "services", _("Onlinedienste und Fachverfahren")
    SECURITY = "security", _("Datenschutz und Informationssicherheit")
    ACCESS = "access", _("Barrierefreiheit und Sprache")
    CHANGE = "change", _("Veränderung und neue Technik")


class CourseQuerySet(PlanQuerySet["Course"]):
    municipality = "municipality"

    def offered(self) -> Self:
        """Those that are not archived."""
        return self.filter(archived_on=None)


class Course(models.Model):
    """Schulung. `interval_months` set: to be repeated that many months after completion, or, where a day of the year
    is fixed, on the last such day within that time (`ozg_tracker.training.assigning.periods`).
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="courses", verbose_name=_("Kommune"))
    title = models.CharField(_("Schulung"), max_length=200)
    description = models.TextField(_("Inhalt"), blank=True)
    interval_months = models.PositiveSmallIntegerField(_("wiederholen nach Monaten"), null=True, blank=True)
    fixed_month = models.PositiveSmallIntegerField(_("fester Tag: Monat"), null=True, blank=True)
    fixed_day = models.PositiveSmallIntegerField(_("fester Tag: Tag"), null=True, blank=True)
    purpose = models.TextField(_("Wozu"), blank=True)
    category = models.CharField(_("Bereich"), max_length=12, choices=Category, blank=True)
    form = models.CharField(_("Form"), max_length=8, choices=Form, blank=True)
    provider = models.CharField(_("Anbieter"), max_length=200, blank=True)
    link = models.URLField(_("Link"), max_length=500, blank=True)
    place = models.CharField(_("Ort"), max_length=200, blank=True)
    length = models.CharField(_("Umfang"), max_length=100, blank=True)
    language = models.CharField(_("Sprache"), max_length=60, blank=True)
    cost = models.CharField(_("Kosten"), max_length=200, blank=True)
    contact = models.EmailField(_("Fragen an"), blank=True)
    self_enrolment = models.BooleanField(_("Alle dürfen sich selbst einschreiben"), default=False)
    topic = models.CharField(_("Themenvorschlag"), max_length=40, blank=True)
    archived_on = models.DateField(_("archiviert am"), null=True, blank=True)
    equivalents = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="counted_by", verbose_name=_("Wird anerkannt")
    )
    prerequisites = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="needed_by", verbose_name=_("Voraussetzung")
    )

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ("title", "id")
        verbose_name = _("Schulung")
        verbose_name_plural = _("Schulungen")
        constraints = [
            models.CheckConstraint(
                condition=Q(interval_months=None) | Q(interval_months__gte=1),
                name="interval_at_least_a_month",
                violation_error_message=_("Eine Schulung wird frühestens nach einem Monat wiederholt."),
            ),
            models.CheckConstraint(
                condition=Q(fixed_month=None, fixed_day=None)
                | Q(fixed_month__isnull=False, fixed_day__isnull=False)
                & Q(fixed_month__gte=1, fixed_month__lte=12, fixed_day__gte=1, fixed_day__lte=31),
                name="fixed_day_of_a_year",
                violation_error_message=_("Ein fester Tag hat Tag und Monat, zum Beispiel 31 und 12."),
            ),
            models.CheckConstraint(
                condition=Q(fixed_month=None)
                | Q(fixed_day__lte=29)
                | Q(fixed_day=30) & ~Q(fixed_month=2)
                | Q(fixed_day=31, fixed_month__in=(1, 3, 5, 7, 8, 10, 12)),
                name="fixed_day_that_there_is",
                violation_error_message=_("Diesen Tag gibt es in dem Monat nicht."),
            ),
            models.CheckConstraint(
                condition=Q(fixed_month=None) | Q(interval_months__isnull=False, interval_months__gte=12),
                name="fixed_day_each_year",
                violation_error_message=_("An einem festen Tag wird frühestens nach 12 Monaten wiederholt."),
            ),
            models.CheckConstraint(condition=Q(category="") | Q(category__in=Category.values), name="course_category"),
            models.CheckConstraint(condition=Q(form="") | Q(form__in=Form.values), name="course_form"),
            models.CheckConstraint(
                condition=Q(archived_on=None) | Q(self_enrolment=False),
                name="archived_course_is_closed",
                violation_error_message=_("In einen archivierten Kurs schreibt sich niemand ein."),
            ),
            models.UniqueConstraint(
                fields=("municipality", "title"),
                name="course_once",
                violation_error_message=_("Eine Schulung mit diesem Titel gibt es schon."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """The fixed day is one that there is; 29 February is, in leap years."""
        day, month = self.fixed_day, self.fixed_month
        if day and month and month in range(1, 13) and day > monthrange(2024, month)[1]:
            sentence = _("Diesen Tag gibt es in dem Monat nicht.")
            raise ValidationError({"fixed_day": ValidationError(sentence, "no_such_day")})


class RequirementQuerySet(PlanQuerySet["Requirement"]):
    def told(self) -> Self:
        """With what a sentence about each needs: department, service, bundle, those it lists, and `listed`, how many
        people it names.
        """
        about = self.select_related("department", "service", "bundle").prefetch_related("services")
        return about.annotate(listed=Count("people", distinct=True))

    def holding(self, day: date) -> Self:
        """Those that ask somebody on `day`."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)

    def with_reasons(self) -> Self:
        """With what `ozg_tracker.training.assigning.rules` reads of each."""
        return self.select_related("course", "department", "service", "bundle").order_by("pk")


class Requirement(models.Model):
    """Schulungspflicht: who needs a course, by role, department (with all below it) and services owned; each narrows.

    The services are one, those of a bundle, or listed (`by_list`). `days_before`: due so many days before the planned
    day of each of them, for all of its department, or for its owner alone (`owners_only`).

    `named`: only the `people` it names, and nobody where it names none. It is said apart from the list, so that an
    emptied list never becomes everybody. Ended, it stays to be read.
    """

    course = models.ForeignKey(Course, models.CASCADE, related_name="requirements", verbose_name=_("Schulung"))
    role = models.CharField(_("Rolle"), max_length=12, choices=Role, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Fachbereich")
    )
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Leistung")
    )
    bundle = models.ForeignKey(
        Bundle, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("OZG-Bündel")
    )
    by_list = models.BooleanField(_("nur aufgezählte Leistungen"), default=False)
    services = models.ManyToManyField(Service, blank=True, related_name="+", verbose_name=_("Leistungen"))
    days_before = models.PositiveSmallIntegerField(_("Tage vor dem Go-live"), null=True, blank=True)
    owners_only = models.BooleanField(_("nur die Zuständigen der Leistung"), default=False)
    named = models.BooleanField(_("nur genannte Personen"), default=False)
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="NamedPerson", related_name="+", verbose_name=_("Personen")
    )
    due_within_days = models.PositiveSmallIntegerField(_("zu erledigen binnen Tagen"), default=90)
    starts_on = models.DateField(_("gilt ab"))
    ends_on = models.DateField(_("beendet am"), null=True, blank=True)

    objects = RequirementQuerySet.as_manager()

    class Meta:
        ordering = ("course", "id")
        verbose_name = _("Schulungspflicht")
        verbose_name_plural = _("Schulungspflichten")
        constraints = [
            models.UniqueConstraint(
                F("course"),
                F("role"),
                Coalesce(F("department"), 0),
                Coalesce(F("service"), 0),
                Coalesce(F("bundle"), 0),
                condition=Q(named=False, by_list=False, days_before=None, ends_on=None),
                name="requirement_once",
                violation_error_message=_("Diese Schulungspflicht gibt es schon."),
            ),
            models.CheckConstraint(
                condition=Q(days_before=None) | Q(days_before__lte=365),
                name="go_live_within_a_year",
                violation_error_message=_("Vor einem Go-live wird höchstens 365 Tage vorher geschult."),
            ),
            models.CheckConstraint(
                condition=Q(role="") | Q(role__in=who_may(Deed.LEARN)),
                name="requirement_for_learners",
                violation_error_message=_("Schulungspflichten gibt es für Koordination, Leitung und Sachbearbeitung."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course}: {self.get_role_display() or _('alle')}"

    def clean(self) -> None:
        """The department is of the course's municipality, and the course is not archived."""
        if self.course.archived_on is not None:
            sentence = _("Dieser Kurs ist archiviert. Holen Sie ihn zuerst zurück.")
            raise ValidationError(sentence, "archived")
        if self.department is not None and self.department.municipality_id != self.course.municipality_id:
            sentence = _("Dieser Fachbereich gehört zu einer anderen Kommune.")
            raise ValidationError({"department": ValidationError(sentence, "other_municipality")})


class NamedPerson(models.Model):
    """One of the people a requirement names."""

    requirement = models.ForeignKey(
        Requirement, models.CASCADE, db_index=False, related_name="+", verbose_name=_("Schulungspflicht")
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("Person"))

    class Meta:
        verbose_name = _("genannte Person einer Schulungspflicht")
        verbose_name_plural = _("in Schulungspflichten genannte Personen")
        constraints = [
            models.UniqueConstraint(
                fields=("requirement", "person"),
                name="named_once",
                violation_error_message=_("Diese Person ist schon genannt."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.requirement}: {self.person}"
