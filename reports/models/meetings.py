"""Committees of a municipality and their meetings: what each is now, and all that happened to it."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.models import Deed, Municipality, who_may

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ozg_tracker.accounts.models import User

LONGEST_LEAD = 90  # days


class CommitteeQuerySet(models.QuerySet["Committee"]):
    def visible_to(self, user: "User | AnonymousUser") -> "CommitteeQuerySet":
        """The committees of the municipalities whose reports `user` reads."""
        return self.filter(municipality__in=_read_by(user))


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: "User | AnonymousUser") -> "MeetingQuerySet":
        """The meetings of the municipalities whose reports `user` reads."""
        return self.filter(municipality__in=_read_by(user))


def _read_by(user: "User | AnonymousUser") -> "models.QuerySet[Municipality]":
    if not user.is_authenticated:
        return Municipality.objects.none()
    return Municipality.objects.filter(memberships__user=user, memberships__role__in=who_may(Deed.READ_EDITIONS))


class Committee(models.Model):
    """Gremium: the council or one of its committees; `lead_days` before a meeting its papers are usually due.

    One that has ended keeps its meetings and is read as before; none begins after `ended_on`. `version` counts what
    happened to it, beginning with 1; what that was stands in the journal.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="committees", verbose_name=_("Kommune"))
    name = models.CharField(_("Gremium"), max_length=120)
    lead_days = models.PositiveSmallIntegerField(
        _("Vorlagen fällig, Tage vor der Sitzung"), default=14, validators=[MaxValueValidator(LONGEST_LEAD)]
    )
    ended_on = models.DateField(_("beendet am"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("angelegt am"), default=timezone.now)
    changed_at = models.DateTimeField(_("geändert am"), default=timezone.now)

    objects = CommitteeQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("Gremium")
        verbose_name_plural = _("Gremien")
        constraints = [
            models.UniqueConstraint(
                fields=("municipality", "name"),
                name="committee_once",
                violation_error_message=_("Dieses Gremium gibt es schon."),
            ),
            models.CheckConstraint(
                condition=~Q(name="") & Q(lead_days__lte=LONGEST_LEAD),
                name="committee_has_name_and_lead",
                violation_error_message=_("Ein Gremium hat einen Namen und höchstens 90 Tage Vorlauf."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def suggested_due(self, day: date) -> date:
        """When papers for a meeting on `day` are usually due."""
        return day - timedelta(days=self.lead_days)


class MeetingState(models.Model):
    """What there is to say of a meeting. `starts_at`: an instant; `due_on`: the day in Berlin on which papers are due;
    `month`: first day of the month whose report goes there.
    """

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name=_("Gremium"))
    starts_at = models.DateTimeField(_("Beginn"))
    place = models.CharField(_("Ort"), max_length=200, blank=True)
    due_on = models.DateField(_("Vorlagen fällig am"))
    month = models.DateField(_("Bericht des Monats"), null=True, blank=True)
    cancelled = models.BooleanField(_("abgesagt"), default=False)

    class Meta:
        abstract = True


class Meeting(MeetingState):
    """Sitzung: as it is now. `version` counts what happened to it, beginning with 1."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="meetings", verbose_name=_("Kommune"))
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(_("geändert am"))

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ("starts_at", "id")
        verbose_name = _("Sitzung")
        verbose_name_plural = _("Sitzungen")

    def __str__(self) -> str:
        return f"{self.committee}, {self.starts_at:%d.%m.%Y}"


class MeetingEvent(MeetingState):
    """What happened to a meeting, with all that held afterwards: set, changed, called off."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="events", verbose_name=_("Sitzung"))
    number = models.PositiveIntegerField()  # the meeting's version afterwards
    reason = models.TextField(_("Grund"), blank=True, max_length=LONGEST_REASON)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("erfasst am"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("Änderung einer Sitzung")
        verbose_name_plural = _("Änderungen von Sitzungen")
        constraints = [models.UniqueConstraint(fields=("meeting", "number"), name="meeting_event_once")]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.number}"
