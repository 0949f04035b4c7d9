"""Who learns what by when. No score, no ranking, no time spent is ever stored (§ 69 PersVG LSA)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from catalog.models import Service
from ozg_tracker.accounts.models import Department, Municipality, Role


class Course(models.Model):
    """Schulung. `interval_months` set: to be repeated that many months after completion."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="courses", verbose_name=_("Kommune"))
    title = models.CharField(_("Schulung"), max_length=200)
    description = models.TextField(_("Inhalt"), blank=True)
    interval_months = models.PositiveSmallIntegerField(_("wiederholen nach Monaten"), null=True, blank=True)

    class Meta:
        ordering = ("title", "id")
        verbose_name = _("Schulung")
        verbose_name_plural = _("Schulungen")
        constraints = [
            models.UniqueConstraint(
                fields=("municipality", "title"),
                name="course_once",
                violation_error_message=_("Eine Schulung mit diesem Titel gibt es schon."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Requirement(models.Model):
    """Schulungspflicht: who needs a course, by role, department (with all below it) and service owned; each narrows."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="requirements", verbose_name=_("Schulung"))
    role = models.CharField(_("Rolle"), max_length=12, choices=Role, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Fachbereich")
    )
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Leistung")
    )
    due_within_days = models.PositiveSmallIntegerField(_("zu erledigen binnen Tagen"), default=90)
    starts_on = models.DateField(_("gilt ab"))

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
                name="requirement_once",
                violation_error_message=_("Diese Schulungspflicht gibt es schon."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.course}: {self.get_role_display() or _('alle')}"


class CourseDate(models.Model):
    """Termin of a course."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="dates", verbose_name=_("Schulung"))
    starts_at = models.DateTimeField(_("Beginn"))
    ends_at = models.DateTimeField(_("Ende"))
    place = models.CharField(_("Ort"), max_length=200, blank=True)

    class Meta:
        ordering = ("starts_at", "id")
        verbose_name = _("Termin")
        verbose_name_plural = _("Termine")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="date_ends_after_start",
                violation_error_message=_("Ein Termin endet nach seinem Beginn."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.course}, {self.starts_at:%d.%m.%Y}"


class TrainingTask(models.Model):
    """Schulungsaufgabe: one person, one course, one period; unique, so that assigning twice assigns once.

    `period_start` is the day from which this round is owed: the requirement's start, or last completion plus interval.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="training_tasks")
    course = models.ForeignKey(Course, models.PROTECT, related_name="tasks", verbose_name=_("Schulung"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="training_tasks", verbose_name=_("Person")
    )
    period_start = models.DateField(_("Zeitraum ab"))
    assigned_on = models.DateField(_("zugewiesen am"))
    due_on = models.DateField(_("fällig am"))
    suspended_until = models.DateField(_("ausgesetzt bis"), null=True, blank=True)
    reason = models.CharField(_("Anlass"), max_length=300)
    course_date = models.ForeignKey(
        CourseDate, models.SET_NULL, null=True, blank=True, related_name="tasks", verbose_name=_("Termin")
    )

    class Meta:
        ordering = ("due_on", "id")
        verbose_name = _("Schulungsaufgabe")
        verbose_name_plural = _("Schulungsaufgaben")
        constraints = [
            models.UniqueConstraint(
                fields=("person", "course", "period_start"),
                name="task_once_per_period",
                violation_error_message=_("Diese Schulung ist der Person für den Zeitraum schon zugewiesen."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.course}, fällig {self.due_on:%d.%m.%Y}"


class Completion(models.Model):
    """Nachweis that a task is done: the day, and a file where there is one."""

    task = models.OneToOneField(
        TrainingTask, models.CASCADE, related_name="completion", verbose_name=_("Schulungsaufgabe")
    )
    completed_on = models.DateField(_("erledigt am"))
    proof = models.FileField(_("Nachweis"), upload_to="training/", blank=True)
    recorded_at = models.DateTimeField(_("gemeldet am"))

    class Meta:
        ordering = ("-completed_on", "-id")
        verbose_name = _("Erledigung")
        verbose_name_plural = _("Erledigungen")

    def __str__(self) -> str:
        return f"{self.task.course}, erledigt {self.completed_on:%d.%m.%Y}"


class Reminder(models.Model):
    """A reminder, claimed before it is sent and never sent twice for a stage of a due date."""

    task = models.ForeignKey(TrainingTask, models.CASCADE, related_name="reminders")
    stage = models.CharField(max_length=12)
    due_on = models.DateField()
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=("task", "stage", "due_on"), name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.task}: {self.stage}"
