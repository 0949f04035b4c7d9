"""Handovers: what a person held passes to others, from a day on, for a time or for good."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Deed, Department, Municipality, Reach, User, who_may
from ozg_tracker.tracking.models import MunicipalService

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

LONGEST_MESSAGE = 500
LONGEST_NAME = 300


class Why(models.TextChoices):
    LEAVES = "leaves", _("verlässt uns")
    MOVES = "moves", _("wechselt das Amt")
    AWAY = "away", _("ist eine Zeit lang abwesend")


class StepKind(models.TextChoices):
    DONE = "done", _("übergeben")
    RETURNED = "returned", _("zurückgekommen")
    CALLED_OFF = "called_off", _("abgesagt")
    UNDONE = "undone", _("zurückgenommen")


class Kind(models.TextChoices):
    """What passes besides services."""

    MERGE = "merge", _("Abgleich")
    OWN_LIST = "own_list", _("Eigene Liste")
    ROUND = "round", _("Leitung einer Bestätigungsrunde")
    ANSWERS = "answers", _("Antwort in einer Bestätigungsrunde")
    COURSE_DATE = "course_date", _("Leitung eines Schulungstermins")


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """All where `user` coordinates, and those the person gave, received something of, or decided."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        coordinating = user.memberships.filter(role__in=who_may(Deed.HAND_OVER, Reach.ALL)).values("municipality")
        here = user.memberships.filter(role__in=who_may(Deed.HAND_OVER)).values("municipality")
        received = Exists(HandoverItem.objects.filter(handover=OuterRef("pk"), receiver=user.pk))
        taken = Exists(OtherItem.objects.filter(handover=OuterRef("pk"), receiver=user.pk))
        own = Q(giver=user.pk) | Q(by=user.pk) | Q(received) | Q(taken)
        return self.filter(Q(municipality__in=coordinating) | (own & Q(municipality__in=here)))

    def waiting(self, day: "date") -> Self:
        """Those whose day has come and that nobody has called off or carried out."""
        return self.filter(starts_on__lte=day).exclude(Exists(HandoverStep.objects.filter(handover=OuterRef("pk"))))

    def under_way(self) -> Self:
        """Those carried out for a time, and neither given back nor taken back."""
        steps = HandoverStep.objects.filter(handover=OuterRef("pk"))
        done, ended = steps.filter(kind=StepKind.DONE), steps.exclude(kind=StepKind.DONE)
        return self.filter(Exists(done), ~Exists(ended), until__isnull=False)

    def over(self, day: "date") -> Self:
        """Those carried out for a time that has passed, and not given back."""
        return self.under_way().filter(until__lt=day)


class Handover(models.Model):
    """Übergabe: what was decided, only ever added; what became of it are its steps. `until` is the last day."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+", verbose_name=_("Kommune"))
    giver = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("übergibt"))
    why = models.CharField(_("Anlass"), max_length=8, choices=Why)
    starts_on = models.DateField(_("ab"))
    until = models.DateField(_("bis"), null=True, blank=True)
    message = models.CharField(_("Nachricht"), max_length=LONGEST_MESSAGE, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("durch"))
    recorded_at = models.DateTimeField(_("eingetragen am"))

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_on", "-id")
        verbose_name = _("Übergabe")
        verbose_name_plural = _("Übergaben")
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("starts_on")),
                name="handover_ends_after_start",
                violation_error_message=_("Eine Übergabe endet nicht vor ihrem ersten Tag."),
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=False, why=Why.AWAY) | (Q(until=None) & ~Q(why=Why.AWAY)),
                name="who_is_away_comes_back",
                violation_error_message=_("Wer eine Zeit lang abwesend ist, hat einen letzten Tag, sonst niemand."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver} ab {self.starts_on:%d.%m.%Y}"


class HandoverItem(models.Model):
    """One service of a handover, and who takes it."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="items")
    row = models.ForeignKey(MunicipalService, models.PROTECT, related_name="+", verbose_name=_("Leistung"))
    receiver = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("übernimmt"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("Teil einer Übergabe")
        verbose_name_plural = _("Teile einer Übergabe")
        constraints = [models.UniqueConstraint(fields=("handover", "row"), name="handed_over_once")]

    def __str__(self) -> str:
        return f"{self.row}: {self.receiver}"


class OtherItem(models.Model):
    """One thing of a handover that is no service, and who takes it.

    `thing`: the id of what `kind` says, which may be gone by now; `name`: what it was called; `department`: for which
    one the person answers.
    """

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="others")
    kind = models.CharField(_("Art"), max_length=11, choices=Kind)
    thing = models.PositiveBigIntegerField(_("Nummer"))
    name = models.CharField(_("Name"), max_length=LONGEST_NAME)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Fachbereich")
    )
    receiver = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("übernimmt"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("weiterer Posten einer Übergabe")
        verbose_name_plural = _("weitere Posten einer Übergabe")
        constraints = [
            models.UniqueConstraint(
                fields=("handover", "kind", "thing"), condition=Q(department=None), name="other_handed_over_once"
            ),
            models.UniqueConstraint(
                fields=("handover", "kind", "thing", "department"), name="answers_handed_over_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.ANSWERS, department__isnull=False) | (~Q(kind=Kind.ANSWERS) & Q(department=None)),
                name="answers_for_a_department",
                violation_error_message=_("Geantwortet wird für einen Fachbereich, und nur dafür gehört einer dazu."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.receiver}"

    @property
    def key(self) -> tuple[str, int, int | None]:
        """As `ozg_tracker.accounts.holdings.Thing.key`."""
        return self.kind, self.thing, self.department_id


class HandoverStep(models.Model):
    """What became of a handover: carried out, given back, called off or taken back. `by` None: the job, on its day."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="steps")
    kind = models.CharField(_("Schritt"), max_length=10, choices=StepKind)
    moved = models.PositiveIntegerField(_("Posten"), default=0)
    left = models.PositiveIntegerField(_("davon nicht möglich"), default=0)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("durch"))
    recorded_at = models.DateTimeField(_("am"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("Schritt einer Übergabe")
        verbose_name_plural = _("Schritte einer Übergabe")
        constraints = [models.UniqueConstraint(fields=("handover", "kind"), name="handover_step_once")]

    def __str__(self) -> str:
        return f"{self.handover}: {self.get_kind_display()}"
