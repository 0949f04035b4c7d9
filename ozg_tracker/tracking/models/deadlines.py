"""Deadlines of the law and of a municipality."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Bundle
from ozg_tracker.accounts.models import Department, Municipality, Role, User
from ozg_tracker.tracking.models.rows import MunicipalService
from ozg_tracker.tracking.models.visible import OfAMunicipality, municipalities_of

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser


LONGEST_LIST_NAME = 100


class DeadlineQuerySet(OfAMunicipality["Deadline"]):
    def visible_to(self, user: "User | AnonymousUser", planned_after: "date | None" = None) -> Self:
        """Deadlines of the law for everybody who signed in, those of a municipality for its people. With a day also
        those of which something is planned for days after it.
        """
        if not user.is_authenticated:
            return self.none()
        found = self.standing() if planned_after is None else self.standing_or_planned(planned_after)
        return found.filter(Q(municipality=None) | Q(municipality__in=municipalities_of(user, *Role.values)))

    def standing(self) -> Self:
        """Those that hold today: they have begun, and have not ended."""
        return self.filter(ended=False)

    def standing_or_planned(self, day: "date") -> Self:
        """Those that hold today, and those of which an event says something for a day after `day`."""
        later = DeadlineEvent.objects.filter(deadline=OuterRef("pk"), effective_on__gt=day)
        return self.filter(Q(ended=False) | Exists(later))


class DeadlineFacts(models.Model):
    """What a deadline says: the same in the deadline, as of today, and in each of its events."""

    class Scope(models.TextChoices):
        ALL = "all", _("alle Leistungen")
        SDG = "sdg", _("Leistungen der SDG-Verordnung")
        BUNDLES = "bundles", _("genannte OZG-Leistungen")
        DEPARTMENT = "department", _("ein Fachbereich mit allem darunter")
        LIST = "list", _("eine Liste von Leistungen")

    name = models.CharField(_("Frist"), max_length=200)
    date = models.DateField(_("Tag"))
    source = models.TextField(_("Quelle"))
    scope = models.CharField(_("gilt für"), max_length=10, choices=Scope, default=Scope.ALL)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Fachbereich")
    )
    bundles = models.ManyToManyField(Bundle, blank=True, related_name="+", verbose_name=_("OZG-Leistungen"))
    list_name = models.CharField(_("Name der Liste"), max_length=LONGEST_LIST_NAME, blank=True)
    rows = models.ManyToManyField(MunicipalService, blank=True, related_name="+", verbose_name=_("Leistungen"))
    ended = models.BooleanField(_("beendet"), default=False, editable=False)

    class Meta:
        abstract = True

    @property
    def named(self) -> "models.QuerySet[Bundle, int] | models.QuerySet[MunicipalService, int]":
        """The ids of the bundles or rows that the scope names."""
        if self.scope == self.Scope.LIST:
            return self.rows.order_by("pk").values_list("pk", flat=True)
        return self.bundles.order_by("pk").values_list("pk", flat=True)


class Deadline(DeadlineFacts):
    """Frist: of the law (no municipality) or of a municipality, as of today. Applies to all services, those of the SDG,
    some bundles, a department, or the rows of a list that has a name. `ended`: it holds no longer, or not yet.

    Changes by `ozg_tracker.tracking.deadlines.changing` alone, with an event beside it. One without any event has
    always been as it stands.
    """

    municipality = models.ForeignKey(
        Municipality, models.CASCADE, null=True, blank=True, related_name="deadlines", verbose_name=_("Kommune")
    )

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


class DeadlineEvent(DeadlineFacts):
    """What a deadline says from a day on: all of it, each time. Only ever added (triggers refuse all else).

    What holds on a day, as known at an instant, is the event with the greatest (effective_on, id) not after either. A
    day to come is allowed: `Deadline` says what holds today, and the job of that day brings it up to date.
    """

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Kommune")
    )
    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="events", verbose_name=_("Frist"))
    effective_on = models.DateField(_("gilt ab"))
    recorded_at = models.DateTimeField(_("eingetragen am"))
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("durch"))
    reason = models.CharField(_("Begründung"), max_length=500, blank=True)

    class Meta:
        ordering = ("-effective_on", "-id")
        verbose_name = _("Änderung einer Frist")
        verbose_name_plural = _("Änderungen von Fristen")
        indexes = [models.Index(fields=("municipality", "effective_on", "id"), name="deadline_as_of")]

    def __str__(self) -> str:
        return f"{self.name} ab {self.effective_on:%d.%m.%Y}"
