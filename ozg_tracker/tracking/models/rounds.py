"""Rounds of confirming: who is asked until when, about which rows, and every step on the way; only ever added to."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.tracking.models.rows import MunicipalService
from ozg_tracker.tracking.models.visible import OfAMunicipality

LONGEST_NAME = 80
LONGEST_COMMENT = 1_000


class StepKind(models.TextChoices):
    """What happens to a whole round (extended, led, closed, called off), or between it and one department."""

    EXTENDED = "extended", _("Frist verlängert")
    LED = "led", _("Leitung übergeben")
    REMINDED = "reminded", _("erinnert")
    CLOSED = "closed", _("geschlossen")
    CALLED_OFF = "called_off", _("abgesagt")
    HANDED_IN = "handed_in", _("abgegeben")
    RETURNED = "returned", _("zurückgegeben")
    ACCEPTED = "accepted", _("angenommen")
    TAKEN_BACK = "taken_back", _("zurückgenommen")


ENDS = (StepKind.CLOSED, StepKind.CALLED_OFF)


class RoundQuerySet(OfAMunicipality["Round"]):
    def running(self) -> Self:
        """Those that nobody has closed or called off."""
        return self.filter(~Exists(RoundStep.objects.standing().filter(round=OuterRef("pk"), kind__in=ENDS)))


class Round(models.Model):
    """Bestätigungsrunde: departments are asked whether their rows still hold, until a day.

    The row says how it began; `ozg_tracker.tracking.rounds.standing` says by its steps how it stands.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="rounds", verbose_name=_("Kommune"))
    name = models.CharField(_("Name"), max_length=LONGEST_NAME)
    until = models.DateField(_("Antwort bis"))
    message = models.CharField(_("Nachricht"), max_length=LONGEST_COMMENT, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("gefragt von"))
    recorded_at = models.DateTimeField(_("gefragt am"))

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Bestätigungsrunde")
        verbose_name_plural = _("Bestätigungsrunden")
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="round_has_name",
                violation_error_message=_("Eine Runde hat einen Namen."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class RoundRow(models.Model):
    """A row that is asked about, and the department that is asked: the nearest one that somebody leads."""

    round = models.ForeignKey(Round, models.PROTECT, db_index=False, related_name="asked", verbose_name=_("Runde"))
    row = models.ForeignKey(MunicipalService, models.PROTECT, related_name="+", verbose_name=_("Leistung"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Fachbereich")
    )

    class Meta:
        ordering = ("id",)
        verbose_name = _("gefragte Leistung")
        verbose_name_plural = _("gefragte Leistungen")
        constraints = [models.UniqueConstraint(fields=("round", "row"), name="asked_once_a_round")]

    def __str__(self) -> str:
        return f"{self.round}: {self.row}"


class RoundStepQuerySet(OfAMunicipality["RoundStep"]):
    path = "round__municipality"

    def standing(self) -> Self:
        """Those that were not taken back; taking back is none of them."""
        return self.filter(withdraws=None, withdrawn_by=None)


class RoundStep(models.Model):
    """One thing that happened to a round; without `department`, to the whole of it, or to rows that belong to none.

    `leader`: who leads the round from then on; with a department, who answers for it besides those who lead it.
    One that `withdraws` another says that the other did not hold: the round stands as before it.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="steps", verbose_name=_("Runde"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Fachbereich")
    )
    kind = models.CharField(_("Schritt"), max_length=10, choices=StepKind)
    until = models.DateField(_("Antwort bis"), null=True, blank=True)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("leitet")
    )
    comment = models.CharField(_("Kommentar"), max_length=LONGEST_COMMENT, blank=True)
    withdraws = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="withdrawn_by", verbose_name=_("nimmt zurück")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("durch"))
    recorded_at = models.DateTimeField(_("erfasst am"))

    objects = RoundStepQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("Schritt einer Runde")
        verbose_name_plural = _("Schritte einer Runde")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=StepKind.EXTENDED, until__isnull=False) | (~Q(kind=StepKind.EXTENDED) & Q(until=None)),
                name="round_step_extended_has_day",
                violation_error_message=_("Zu einer Verlängerung gehört der neue Tag."),
            ),
            models.CheckConstraint(
                condition=Q(kind=StepKind.LED, leader__isnull=False) | (~Q(kind=StepKind.LED) & Q(leader=None)),
                name="round_step_led_has_leader",
                violation_error_message=_("Wer die Runde leitet, ist zu nennen."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=StepKind.RETURNED) | ~Q(comment=""),
                name="round_step_returned_has_comment",
                violation_error_message=_("Zurückgeben geht nur mit einem Kommentar."),
            ),
            models.CheckConstraint(
                condition=Q(kind=StepKind.TAKEN_BACK, withdraws__isnull=False)
                | (~Q(kind=StepKind.TAKEN_BACK) & Q(withdraws=None)),
                name="round_step_taken_back_names",
                violation_error_message=_("Zurückgenommen wird ein Schritt."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}: {self.get_kind_display()}"


class RoundReopened(models.Model):
    """A row that was given back with a step: what was said of it before that counts no more."""

    step = models.ForeignKey(RoundStep, models.PROTECT, related_name="reopened", verbose_name=_("Schritt"))
    row = models.ForeignKey(MunicipalService, models.PROTECT, related_name="+", verbose_name=_("Leistung"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("zurückgegebene Leistung")
        verbose_name_plural = _("zurückgegebene Leistungen")
        constraints = [models.UniqueConstraint(fields=("step", "row"), name="reopened_once_a_step")]

    def __str__(self) -> str:
        return str(self.row)
