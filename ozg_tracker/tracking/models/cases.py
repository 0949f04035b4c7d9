"""Fallzahlen nach Eingangskanal: how many cases of a row came in a year, by the channel they came through."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models.acting import DoneFor
from ozg_tracker.tracking.models.rows import MunicipalService
from ozg_tracker.tracking.models.visible import OfAMunicipality

FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_CASES = 100_000_000  # of a channel and year: more than there are people in the country
LONGEST_CASE_REASON = 500


class Channel(models.TextChoices):
    """Eingangskanal: how a case reaches the administration."""

    ONLINE = "online", _("online")
    COUNTER = "counter", _("vor Ort")
    POST = "post", _("Post")
    PHONE = "phone", _("Telefon")
    MAIL = "mail", _("E-Mail")


class CaseCount(DoneFor):
    """Fallzahl of a row, year and channel; only ever added to: each supersedes the one before. Without a number, what
    was known is taken back.

    `low`, `high`: between which the number lies with 95 % where it was extrapolated from a counting week.
    """

    class How(models.TextChoices):
        HAND = "hand", _("eingetragen")
        FILE = "file", _("aus einer Datei")
        WEEK = "week", _("aus einer Zählwoche hochgerechnet")

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, db_index=False, related_name="+", verbose_name=_("Kommune")
    )
    row = models.ForeignKey(
        MunicipalService, models.PROTECT, db_index=False, related_name="case_counts", verbose_name=_("Leistung")
    )
    year = models.PositiveSmallIntegerField(_("Jahr"))
    channel = models.CharField(_("Eingangskanal"), max_length=10, choices=Channel)
    number = models.PositiveIntegerField(_("Fälle"), null=True, blank=True)
    low = models.PositiveIntegerField(_("mindestens"), null=True, blank=True)
    high = models.PositiveIntegerField(_("höchstens"), null=True, blank=True)
    how = models.CharField(_("woher"), max_length=10, choices=How)
    reason = models.CharField(_("Begründung"), max_length=LONGEST_CASE_REASON, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("durch")
    )
    recorded_at = models.DateTimeField(_("erfasst am"))

    objects = OfAMunicipality["CaseCount"].as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Fallzahl")
        verbose_name_plural = _("Fallzahlen")
        indexes = [models.Index(fields=("municipality", "year", "row", "channel", "-id"), name="cases_last")]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values) & Q(how__in=("hand", "file", "week")),
                name="cases_choices",
                violation_error_message=_("Diesen Eingangskanal gibt es nicht."),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR),
                name="cases_year",
                violation_error_message=_("Das Jahr liegt zwischen 2000 und 2100."),
            ),
            models.CheckConstraint(
                condition=Q(number=None) | Q(number__gte=0, number__lte=MOST_CASES),
                name="cases_number",
                violation_error_message=_("Eine Fallzahl ist eine ganze Zahl von 0 bis 100.000.000."),
            ),
            models.CheckConstraint(
                condition=Q(low=None, high=None)
                | Q(
                    *(Q(**{f"{name}__isnull": False}) for name in ("number", "low", "high")),
                    how="week",
                    low__gte=0,
                    low__lte=F("number"),
                    high__gte=F("number"),
                ),
                name="cases_between",
                violation_error_message=_("Eine hochgerechnete Fallzahl liegt zwischen ihren Grenzen."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row}, {self.year}, {self.get_channel_display()}"
