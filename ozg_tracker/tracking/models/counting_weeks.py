"""Zählwochen: which cases came by which channel, counted at the counter for some days; only ever added to."""

from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.tracking.models.cases import Channel
from ozg_tracker.tracking.models.rows import MunicipalService
from ozg_tracker.tracking.models.visible import OfAMunicipality

LONGEST_WEEK = 14  # days
MOST_COUNTED_ROWS = 30
WEEKS_OPEN, MOST_WEEKS_OPEN = 50, 53


class CountingWeek(models.Model):
    """Zählwoche of a department, as it was begun; its steps say whether it was ended, called off or taken over."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+", verbose_name=_("Kommune"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("Fachbereich"))
    first_day = models.DateField(_("erster Tag"))
    days = models.PositiveSmallIntegerField(_("Tage"))
    weeks_open = models.PositiveSmallIntegerField(_("geöffnete Wochen im Jahr"), default=WEEKS_OPEN)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("begonnen von"))
    recorded_at = models.DateTimeField(_("erfasst am"))

    objects = OfAMunicipality["CountingWeek"].as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Zählwoche")
        verbose_name_plural = _("Zählwochen")
        constraints = [
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=LONGEST_WEEK),
                name="counting_week_days",
                violation_error_message=_("Eine Zählwoche dauert 1 bis 14 Tage."),
            ),
            models.CheckConstraint(
                condition=Q(weeks_open__gte=1, weeks_open__lte=MOST_WEEKS_OPEN),
                name="counting_week_open",
                violation_error_message=_("Geöffnet ist in 1 bis 53 Wochen des Jahres."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department}, {self.first_day:%d.%m.%Y} bis {self.last_day:%d.%m.%Y}"

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=self.days - 1)


class CountedRow(models.Model):
    """A service that is counted in a week."""

    week = models.ForeignKey(
        CountingWeek, models.PROTECT, db_index=False, related_name="counted", verbose_name=_("Zählwoche")
    )
    row = models.ForeignKey(MunicipalService, models.PROTECT, related_name="+", verbose_name=_("Leistung"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("gezählte Leistung")
        verbose_name_plural = _("gezählte Leistungen")
        constraints = [models.UniqueConstraint(fields=("week", "row"), name="counted_once_a_week")]

    def __str__(self) -> str:
        return f"{self.week}: {self.row}"


class CountingPressQuerySet(OfAMunicipality["CountingPress"]):
    path = "week__municipality"

    def standing(self) -> Self:
        """Cases that nobody took back; taking back is none of them."""
        return self.filter(withdraws=None, withdrawn_by=None)


class CountingStepQuerySet(OfAMunicipality["CountingStep"]):
    path = "week__municipality"


class CountingPress(models.Model):
    """One case, as somebody pressed it; one that `withdraws` another says that it was none.

    `client_id`: given where it was pressed, so that one that is sent again counts once.
    """

    week = models.ForeignKey(
        CountingWeek, models.PROTECT, db_index=False, related_name="presses", verbose_name=_("Zählwoche")
    )
    row = models.ForeignKey(
        MunicipalService, models.PROTECT, db_index=False, related_name="+", verbose_name=_("Leistung")
    )
    channel = models.CharField(_("Eingangskanal"), max_length=10, choices=Channel)
    withdraws = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="withdrawn_by", verbose_name=_("nimmt zurück")
    )
    client_id = models.UUIDField(_("Kennung"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("durch")
    )
    recorded_at = models.DateTimeField(_("erfasst am"))

    objects = CountingPressQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("gezählter Fall")
        verbose_name_plural = _("gezählte Fälle")
        indexes = [models.Index(fields=("week", "row", "channel"), name="presses_of_week")]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values),
                name="counting_press_channel",
                violation_error_message=_("Diesen Eingangskanal gibt es nicht."),
            ),
            models.UniqueConstraint(
                fields=("client_id",),
                name="counted_once",
                violation_error_message=_("Dieser Fall ist schon gezählt."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row}, {self.get_channel_display()}"


class CountingStep(models.Model):
    """What became of a week: ended before its last day, called off, or of a row taken over into the year."""

    class Kind(models.TextChoices):
        ENDED = "ended", _("vorzeitig beendet")
        CALLED_OFF = "called_off", _("abgesagt")
        TAKEN_OVER = "taken_over", _("ins Jahr übernommen")

    week = models.ForeignKey(CountingWeek, models.PROTECT, related_name="steps", verbose_name=_("Zählwoche"))
    kind = models.CharField(_("Schritt"), max_length=10, choices=Kind)
    row = models.ForeignKey(
        MunicipalService, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Leistung")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("durch"))
    recorded_at = models.DateTimeField(_("erfasst am"))

    objects = CountingStepQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("Schritt einer Zählwoche")
        verbose_name_plural = _("Schritte einer Zählwoche")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="taken_over", row__isnull=False) | Q(kind__in=("ended", "called_off"), row=None),
                name="counting_step_row",
                violation_error_message=_("Ins Jahr übernommen wird eine Leistung, beendet die ganze Woche."),
            ),
            models.UniqueConstraint(
                fields=("week",),
                condition=Q(row=None),
                name="counting_week_ends_once",
                violation_error_message=_("Diese Zählwoche ist schon beendet oder abgesagt."),
            ),
            models.UniqueConstraint(
                fields=("week", "row"),
                condition=Q(kind="taken_over"),
                name="counted_taken_over_once",
                violation_error_message=_("Diese Leistung ist schon ins Jahr übernommen."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.week}: {self.get_kind_display()}"
