"""One person, one course, one round: what is due, and how it stands. The rows say what its events add up to."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.access import managed_ids
from ozg_tracker.accounts.models import Membership, Municipality
from ozg_tracker.training.models.course_dates import CourseDate
from ozg_tracker.training.models.courses import Course, Requirement
from ozg_tracker.training.models.who_learns import coordinated_by, learners, learning_in

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ozg_tracker.accounts.models import User


class Standing(models.TextChoices):
    """How a task stands on a day. Expired: done before, and the repetition is late. What was late when it was
    suspended stays late.
    """

    WITHDRAWN = "withdrawn", _("zurückgezogen")
    DONE = "done", _("erledigt")
    SUSPENDED = "suspended", _("ausgesetzt")
    DUE = "due", _("offen")
    OVERDUE = "overdue", _("überfällig")
    EXPIRED = "expired", _("abgelaufen")


LATE = (Standing.OVERDUE, Standing.EXPIRED)


class SuspensionReason(models.TextChoices):
    """Why a training rests. Nothing about the person or the person's health can be entered, and so none is kept."""

    ABSENT = "absent", _("längere Abwesenheit")
    NEW_DUTIES = "new_duties", _("Wechsel der Aufgaben")
    NO_DATE = "no_date", _("zurzeit kein Termin")
    OTHER = "other", _("anderer Grund")


OPEN = Q(completed_on=None, withdrawn_on=None)


class TrainingTaskQuerySet(models.QuerySet["TrainingTask"]):
    def open(self) -> Self:
        """Neither done nor withdrawn."""
        return self.filter(OPEN)

    def standing(self) -> Self:
        """Those that were not withdrawn."""
        return self.filter(withdrawn_on=None)

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Own tasks; of other people those where `user` coordinates, and those of the departments `user` leads."""
        return self._seen_by(user, None)

    def shown_to(self, user: "User | AnonymousUser", day: date) -> Self:
        """The same, but of the people of departments led their current rounds alone."""
        return self._seen_by(user, day)

    def _seen_by(self, user: "User | AnonymousUser", day: date | None) -> Self:
        if not user.is_authenticated:
            return self.none()
        own = Q(person=user, municipality__in=user.memberships.values("municipality"))
        managed = managed_ids(user)
        led = Q(
            Exists(
                Membership.objects.filter(
                    user=OuterRef("person"), municipality=OuterRef("municipality"), department__in=managed
                )
            )
        )
        if day is not None and managed:
            led &= Q(pk__in=TrainingTask.objects.latest_rounds(day).values("pk"))
        return self.filter(own | Q(municipality__in=coordinated_by(user)) | led)

    def completable_by(self, user: "User | AnonymousUser") -> Self:
        """Own tasks where `user` learns: nobody reports a training done for somebody else."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(person=user, municipality__in=learning_in(user))

    def suspendable_by(self, user: "User | AnonymousUser") -> Self:
        """The tasks of other people that `user` sees, who so coordinates or leads; nobody lets off themselves."""
        return self.visible_to(user).exclude(person=user.pk)

    def kept_by(self, user: "User | AnonymousUser") -> Self:
        """The tasks of other people whose trainings `user` coordinates: taken back, moved, proofs looked at."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(municipality__in=coordinated_by(user)).exclude(person=user.pk)

    def current(self, day: date) -> Self:
        """The rounds that count: the latest ones of each person who still learns here. Who has left or rests, and what
        a newer round replaced, stands in no figure.
        """
        here = learners().filter(user=OuterRef("person"), municipality=OuterRef("municipality"))
        return self.latest_rounds(day).filter(Exists(here))

    def latest_rounds(self, day: date) -> Self:
        """Of each person the latest round of each course that was assigned by the end of `day` and stands."""
        newer = TrainingTask.objects.standing().filter(
            person=OuterRef("person"), course=OuterRef("course"), round__gt=OuterRef("round"), assigned_on__lte=day
        )
        return self.standing().filter(~Exists(newer), assigned_on__lte=day)

    def late(self, day: date) -> Self:
        """The current rounds that are neither done nor suspended, and were due before `day`."""
        return self.current(day).standing_as(day, *LATE)

    def due(self, day: date, last: date) -> Self:
        """The current rounds that are neither done nor suspended, and are due from `day` to `last`."""
        return self.current(day).standing_as(day, Standing.DUE).filter(due_on__lte=last)

    def standing_as(self, day: date, *standings: str) -> Self:
        return self.with_standing(day).filter(standing__in=standings)

    def with_next_due(self) -> Self:
        """Each task with `next_due`, the due day of the person's next round of the same course; None: none yet."""
        later = TrainingTask.objects.standing().filter(
            person=OuterRef("person"), course=OuterRef("course"), round__gt=OuterRef("round")
        )
        return self.annotate(next_due=Subquery(later.order_by("round").values("due_on")[:1]))

    def with_standing(self, today: date) -> Self:
        """Each task with `standing`, how it stands at the end of `today`."""
        before = TrainingTask.objects.filter(
            person=OuterRef("person"),
            course=OuterRef("course"),
            round__lt=OuterRef("round"),
            completed_on__lte=today,
        )
        return self.annotate(
            standing=Case(
                When(withdrawn_on__lte=today, then=Value(Standing.WITHDRAWN)),
                When(completed_on__lte=today, then=Value(Standing.DONE)),
                When(Q(due_on__lt=today) & Exists(before), then=Value(Standing.EXPIRED)),
                When(due_on__lt=today, then=Value(Standing.OVERDUE)),
                When(suspended_until__gte=today, then=Value(Standing.SUSPENDED)),
                default=Value(Standing.DUE),
                output_field=models.CharField(choices=Standing),
            )
        )


class TrainingTask(models.Model):
    """Schulungsaufgabe: one person, one course, one round; one open round at a time, said by the database.

    `period_start` is the day from which the round is owed: the requirement's start, or `renews_on` of the round before.
    `follows_on`: due before a go-live; the day that follows from its planned one, as last seen.
    `rule` is None for what was assigned by hand, which no rule takes back.
    """

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, db_index=False, related_name="training_tasks", verbose_name=_("Kommune")
    )
    course = models.ForeignKey(Course, models.PROTECT, related_name="tasks", verbose_name=_("Schulung"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        db_index=False,
        related_name="training_tasks",
        verbose_name=_("Person"),
    )
    round = models.PositiveSmallIntegerField(_("Runde"), default=1)
    rule = models.ForeignKey(
        Requirement,
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("Schulungspflicht"),
    )
    due_within_days = models.PositiveSmallIntegerField(_("zu erledigen binnen Tagen"), null=True, blank=True)
    follows_on = models.DateField(_("folgt dem Go-live"), null=True, blank=True)
    period_start = models.DateField(_("Zeitraum ab"))
    assigned_on = models.DateField(_("zugewiesen am"))
    due_on = models.DateField(_("fällig am"))
    completed_on = models.DateField(_("erledigt am"), null=True, blank=True)
    renews_on = models.DateField(_("wieder fällig am"), null=True, blank=True)
    withdrawn_on = models.DateField(_("zurückgezogen am"), null=True, blank=True)
    suspended_until = models.DateField(_("ausgesetzt bis"), null=True, blank=True)
    suspension_reason = models.CharField(_("Grund"), max_length=12, choices=SuspensionReason, blank=True)
    reason = models.CharField(_("Anlass"), max_length=300)
    rejection = models.CharField(_("Nachweis zurückgewiesen, weil"), max_length=300, blank=True)
    course_date = models.ForeignKey(
        CourseDate,
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="tasks",
        verbose_name=_("Termin"),
    )
    registered_at = models.DateTimeField(_("angemeldet am"), null=True, blank=True)
    seated_at = models.DateTimeField(_("Platz seit"), null=True, blank=True)

    objects = TrainingTaskQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "id")
        verbose_name = _("Schulungsaufgabe")
        verbose_name_plural = _("Schulungsaufgaben")
        indexes = [
            models.Index(fields=("municipality", "due_on", "person"), name="task_due", condition=OPEN),
            models.Index(fields=("person", "due_on", "id"), name="task_first_due", condition=OPEN),
            models.Index(fields=("course_date",), name="task_date", condition=Q(course_date__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("person", "course", "round"),
                name="task_once_per_round",
                violation_error_message=_("Diese Schulung ist der Person für die Runde schon zugewiesen."),
            ),
            models.UniqueConstraint(
                fields=("person", "course"),
                condition=OPEN,
                name="one_open_task",
                violation_error_message=_("Diese Schulung ist der Person schon zugewiesen und noch offen."),
            ),
            models.CheckConstraint(
                condition=Q(suspended_until__isnull=False) | Q(suspension_reason=""),
                name="reason_of_a_suspension",
                violation_error_message=_("Einen Grund gibt es nur für eine ausgesetzte Schulung."),
            ),
            models.CheckConstraint(
                condition=Q(completed_on=None) | Q(withdrawn_on=None),
                name="done_or_withdrawn",
                violation_error_message=_("Was erledigt ist, wird nicht zurückgezogen."),
            ),
            models.CheckConstraint(
                condition=Q(renews_on=None) | Q(completed_on__isnull=False),
                name="renewed_when_done",
                violation_error_message=_("Wieder fällig wird nur, was erledigt ist."),
            ),
            models.CheckConstraint(
                condition=Q(seated_at=None) | Q(registered_at__isnull=False),
                name="seat_of_a_registration",
                violation_error_message=_("Einen Platz hat nur, wer angemeldet ist."),
            ),
            models.CheckConstraint(
                condition=Q(round__gte=1),
                name="rounds_from_one",
                violation_error_message=_("Runden werden ab 1 gezählt."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course}, fällig {self.due_on:%d.%m.%Y}"

    @property
    def registered(self) -> CourseDate | None:
        """The date at which the person has a place or waits for one; None for none, or a cancelled one."""
        return self.course_date if self.registered_at is not None else None

    @property
    def is_open(self) -> bool:
        return self.completed_on is None and self.withdrawn_on is None
