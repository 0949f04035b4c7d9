"""When a course takes place: a date with its sessions, its places, who leads it, and who was there."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ozg_tracker.accounts.models import Deed, who_may
from ozg_tracker.training.models.courses import Course
from ozg_tracker.training.models.who_learns import PlanQuerySet

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from ozg_tracker.accounts.models import User

_OPEN = Q(tasks__completed_on=None, tasks__withdrawn_on=None)


class CourseDateQuerySet(PlanQuerySet["CourseDate"]):
    def to_come(self, now: "datetime") -> Self:
        """Those that have not begun and were not cancelled."""
        return self.filter(starts_at__gt=now, cancelled_at=None)

    def led_by(self, user: "User | AnonymousUser") -> Self:
        """Those whose list of participants `user` keeps: as who keeps the courses, or as their trainer."""
        if not user.is_authenticated:
            return self.none()
        kept = user.memberships.filter(role__in=who_may(Deed.KEEP_COURSES)).values("municipality")
        here = user.memberships.filter(role__in=who_may(Deed.LEARN)).values("municipality")
        return self.filter(Q(course__municipality__in=kept) | Q(trainer=user.pk, course__municipality__in=here))

    def with_places(self) -> Self:
        """Each with `seated` and `waiting`: how many have a place and how many wait for one."""
        seated = Q(tasks__seated_at__isnull=False)
        return self.annotate(
            seated=Count("tasks", filter=_OPEN & seated), waiting=Count("tasks", filter=_OPEN & ~seated)
        )


class CourseDate(models.Model):
    """Termin of a course: one or more sessions that are visited together.

    `starts_at` and `ends_at` are those of its first and last session. A cancelled one stays, so that calendars learn
    of it. `places` None: as many as come. `registration_ends` is the last day to register and withdraw; None: until it
    begins. `sequence` grows with each change, and when somebody withdraws (RFC 5545).
    """

    course = models.ForeignKey(Course, models.CASCADE, related_name="dates", verbose_name=_("Schulung"))
    starts_at = models.DateTimeField(_("Beginn"))
    ends_at = models.DateTimeField(_("Ende"))
    place = models.CharField(_("Ort"), max_length=200, blank=True)
    places = models.PositiveSmallIntegerField(_("Plätze"), null=True, blank=True)
    registration_ends = models.DateField(_("Anmeldung bis"), null=True, blank=True)
    trainer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="led_dates",
        verbose_name=pgettext_lazy("of a course date", "Leitung"),
    )
    led_from_outside = models.CharField(_("Leitung von außerhalb"), max_length=200, blank=True)
    sequence = models.PositiveIntegerField(_("Fassung"), default=0, editable=False)
    changed_at = models.DateTimeField(_("geändert am"), default=timezone.now, editable=False)
    cancelled_at = models.DateTimeField(_("abgesagt am"), null=True, blank=True, editable=False)
    cancelled_because = models.CharField(_("Grund der Absage"), max_length=300, blank=True, editable=False)

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
            ),
            models.CheckConstraint(
                condition=Q(places=None) | Q(places__gte=1),
                name="date_has_a_place",
                violation_error_message=_("Ein Termin hat mindestens einen Platz; leer heißt: so viele wie kommen."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course}, {self.starts_at:%d.%m.%Y}"

    def clean(self) -> None:
        """Who leads it learns or works in the course's municipality, and one can register before it begins."""
        if self.trainer is not None:
            here = self.trainer.memberships.filter(
                municipality=self.course.municipality_id, role__in=who_may(Deed.LEARN)
            )
            if not self.trainer.is_active or not here.exists():
                sentence = _("Diese Person arbeitet nicht in der Kommune.")
                raise ValidationError({"trainer": ValidationError(sentence, "not_here")})
        if self.registration_ends is not None and self.registration_ends > timezone.localdate(self.starts_at):
            sentence = _("Die Anmeldung endet spätestens am Tag des Beginns.")
            raise ValidationError({"registration_ends": ValidationError(sentence, "after_start")})

    @property
    def led_by_words(self) -> str:
        """Who leads it, in words; "" for nobody named."""
        return str(self.trainer) if self.trainer is not None else self.led_from_outside


class CourseSession(models.Model):
    """Einheit of a date: from when to when, in a room or under a link."""

    course_date = models.ForeignKey(CourseDate, models.CASCADE, related_name="sessions", verbose_name=_("Termin"))
    starts_at = models.DateTimeField(_("Beginn"))
    ends_at = models.DateTimeField(_("Ende"))
    place = models.CharField(_("Ort"), max_length=200, blank=True)
    link = models.URLField(_("Link zum Raum"), max_length=500, blank=True)

    class Meta:
        ordering = ("starts_at", "id")
        verbose_name = _("Einheit eines Termins")
        verbose_name_plural = _("Einheiten eines Termins")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_start",
                violation_error_message=_("Eine Einheit endet nach ihrem Beginn."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.course_date}, {self.starts_at:%d.%m.%Y %H:%M}"
