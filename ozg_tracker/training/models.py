"""Who learns what by when. No score, no ranking, no time spent is ever stored (§ 69 PersVG LSA)."""

from datetime import date
from typing import TYPE_CHECKING, Self, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from catalog.models import Service
from ozg_tracker.accounts.access import managed_ids
from ozg_tracker.accounts.models import Department, Membership, Municipality, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ozg_tracker.accounts.models import User

LEARNERS = (Role.COORDINATOR, Role.MANAGER, Role.STAFF)  # the council and the operator are nobody's staff


Planned = TypeVar("Planned", bound=models.Model)


class PlanQuerySet(models.QuerySet[Planned]):
    """Courses and what hangs on them: read by all who learn in the municipality, changed by its coordinators."""

    municipality = "course__municipality"

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        return self._where_role(user, LEARNERS)

    def editable_by(self, user: "User | AnonymousUser") -> Self:
        return self._where_role(user, (Role.COORDINATOR,))

    def _where_role(self, user: "User | AnonymousUser", roles: tuple[Role, ...]) -> Self:
        if not user.is_authenticated:
            return self.none()
        held = user.memberships.filter(role__in=roles).values("municipality")
        return self.filter(**{f"{self.municipality}__in": held})


class CourseQuerySet(PlanQuerySet["Course"]):
    municipality = "municipality"


class RequirementQuerySet(PlanQuerySet["Requirement"]):
    pass


class CourseDateQuerySet(PlanQuerySet["CourseDate"]):
    pass


class Course(models.Model):
    """Schulung. `interval_months` set: to be repeated that many months after completion."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="courses", verbose_name=_("Kommune"))
    title = models.CharField(_("Schulung"), max_length=200)
    description = models.TextField(_("Inhalt"), blank=True)
    interval_months = models.PositiveSmallIntegerField(_("wiederholen nach Monaten"), null=True, blank=True)

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
            models.UniqueConstraint(
                fields=("municipality", "title"),
                name="course_once",
                violation_error_message=_("Eine Schulung mit diesem Titel gibt es schon."),
            ),
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
                name="requirement_once",
                violation_error_message=_("Diese Schulungspflicht gibt es schon."),
            ),
            models.CheckConstraint(
                condition=Q(role="") | Q(role__in=LEARNERS),
                name="requirement_for_learners",
                violation_error_message=_("Schulungspflichten gibt es für Koordination, Leitung und Sachbearbeitung."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course}: {self.get_role_display() or _('alle')}"

    def clean(self) -> None:
        """The department is of the course's municipality."""
        if self.department is not None and self.department.municipality_id != self.course.municipality_id:
            sentence = _("Dieser Fachbereich gehört zu einer anderen Kommune.")
            raise ValidationError({"department": ValidationError(sentence, "other_municipality")})


class CourseDate(models.Model):
    """Termin of a course."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="dates", verbose_name=_("Schulung"))
    starts_at = models.DateTimeField(_("Beginn"))
    ends_at = models.DateTimeField(_("Ende"))
    place = models.CharField(_("Ort"), max_length=200, blank=True)

    objects = CourseDateQuerySet.as_manager()

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


class Standing(models.TextChoices):
    """How a task stands on a day. Expired: done before, and the repetition is late."""

    DONE = "done", _("erledigt")
    SUSPENDED = "suspended", _("ausgesetzt")
    DUE = "due", _("offen")
    OVERDUE = "overdue", _("überfällig")
    EXPIRED = "expired", _("abgelaufen")


class SuspensionReason(models.TextChoices):
    """Why a training rests. Nothing about the person or the person's health can be entered, and so none is kept."""

    ABSENT = "absent", _("längere Abwesenheit")
    NEW_DUTIES = "new_duties", _("Wechsel der Aufgaben")
    NO_DATE = "no_date", _("zurzeit kein Termin")
    OTHER = "other", _("anderer Grund")


class TrainingTaskQuerySet(models.QuerySet["TrainingTask"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Own tasks; of other people those where `user` coordinates, and those of the departments `user` leads."""
        if not user.is_authenticated:
            return self.none()
        own = Q(person=user, municipality__in=user.memberships.values("municipality"))
        led = Membership.objects.filter(
            user=OuterRef("person"), municipality=OuterRef("municipality"), department__in=managed_ids(user)
        )
        return self.filter(own | Q(municipality__in=_coordinated(user)) | Exists(led))

    def completable_by(self, user: "User | AnonymousUser") -> Self:
        """Own tasks where `user` learns: nobody reports a training done for somebody else."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(person=user, municipality__in=_learns(user))

    def suspendable_by(self, user: "User | AnonymousUser") -> Self:
        """The tasks of other people that `user` sees, who so coordinates or leads; nobody lets off themselves."""
        return self.visible_to(user).exclude(person=user.pk)

    def with_next_due(self) -> Self:
        """Each task with `next_due`, the due day of the person's next round of the same course; None: none yet."""
        later = TrainingTask.objects.filter(
            person=OuterRef("person"), course=OuterRef("course"), period_start__gt=OuterRef("period_start")
        )
        return self.annotate(next_due=Subquery(later.order_by("period_start").values("due_on")[:1]))

    def with_standing(self, today: date) -> Self:
        """Each task with `standing`, how it stands at the end of `today`."""
        before = TrainingTask.objects.filter(
            person=OuterRef("person"),
            course=OuterRef("course"),
            period_start__lt=OuterRef("period_start"),
            completion__completed_on__lte=today,
        )
        return self.annotate(
            standing=Case(
                When(completion__completed_on__lte=today, then=Value(Standing.DONE)),
                When(suspended_until__gte=today, then=Value(Standing.SUSPENDED)),
                When(due_on__gte=today, then=Value(Standing.DUE)),
                When(Exists(before), then=Value(Standing.EXPIRED)),
                default=Value(Standing.OVERDUE),
                output_field=models.CharField(choices=Standing),
            )
        )


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
    suspension_reason = models.CharField(_("Grund"), max_length=12, choices=SuspensionReason, blank=True)
    reason = models.CharField(_("Anlass"), max_length=300)
    course_date = models.ForeignKey(
        CourseDate, models.SET_NULL, null=True, blank=True, related_name="tasks", verbose_name=_("Termin")
    )

    objects = TrainingTaskQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "id")
        verbose_name = _("Schulungsaufgabe")
        verbose_name_plural = _("Schulungsaufgaben")
        constraints = [
            models.UniqueConstraint(
                fields=("person", "course", "period_start"),
                name="task_once_per_period",
                violation_error_message=_("Diese Schulung ist der Person für den Zeitraum schon zugewiesen."),
            ),
            models.CheckConstraint(
                condition=Q(suspended_until__isnull=False) | Q(suspension_reason=""),
                name="reason_of_a_suspension",
                violation_error_message=_("Einen Grund gibt es nur für eine ausgesetzte Schulung."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course}, fällig {self.due_on:%d.%m.%Y}"


def _learns(user: "User") -> "models.QuerySet[Membership, int]":
    return user.memberships.filter(role__in=LEARNERS).values_list("municipality", flat=True)


def _coordinated(user: "User") -> "models.QuerySet[Membership, int]":
    return user.memberships.filter(role=Role.COORDINATOR).values_list("municipality", flat=True)


class CompletionQuerySet(models.QuerySet["Completion"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """With their proof: own ones, and all where `user` coordinates. Who leads a department sees only that."""
        if not user.is_authenticated:
            return self.none()
        own = Q(task__person=user, task__municipality__in=_learns(user))
        return self.filter(own | Q(task__municipality__in=_coordinated(user)))


class Completion(models.Model):
    """Nachweis that a task is done: the day, and a file where there is one."""

    task = models.OneToOneField(
        TrainingTask, models.CASCADE, related_name="completion", verbose_name=_("Schulungsaufgabe")
    )
    completed_on = models.DateField(_("erledigt am"))
    proof = models.FileField(_("Nachweis"), upload_to="training/", blank=True)
    recorded_at = models.DateTimeField(_("gemeldet am"))

    objects = CompletionQuerySet.as_manager()

    class Meta:
        ordering = ("-completed_on", "-id")
        verbose_name = _("Erledigung")
        verbose_name_plural = _("Erledigungen")

    def __str__(self) -> str:
        return f"{self.task.course}, erledigt {self.completed_on:%d.%m.%Y}"


class Reminder(models.Model):
    """A reminder, claimed before it is sent and never sent twice for a stage of a due date.

    `failed_at` is set when the mail server refused it, so that it may be tried again. Claimed and neither sent nor
    failed: we do not know whether it went out, and a second one is worse than none.
    """

    task = models.ForeignKey(TrainingTask, models.CASCADE, related_name="reminders")
    stage = models.CharField(max_length=12)
    due_on = models.DateField()
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=("task", "stage", "due_on"), name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.task}: {self.stage}"
