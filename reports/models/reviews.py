"""What people say of an edition before it is approved: words for the report, steps, objections."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.tracking.models import MunicipalService
from reports.models.editions import Edition

LONGEST_COMMENT = 600  # characters: three sentences


class EditionText(models.Model):
    """Words for one edition: a comment on a section, another wording of a reason, why a finding stays.

    They can be changed while the edition is open; then they are in its figures, and triggers keep them.
    """

    class Kind(models.TextChoices):
        COMMENT = "comment", _("Anmerkung")
        WORDING = "wording", _("Wortlaut einer Begründung")
        FINDING = "finding", _("Warum ein Befund bleibt")

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="texts")
    kind = models.CharField(_("Art"), max_length=8, choices=Kind)
    # the section, the finding's code, or the SHA-256 of the reason as it was entered
    about = models.CharField(max_length=64)
    text = models.TextField(max_length=LONGEST_REASON)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(_("erfasst am"))

    class Meta:
        ordering = ("kind", "about")
        verbose_name = _("Text zum Bericht")
        verbose_name_plural = _("Texte zum Bericht")
        constraints = [
            models.UniqueConstraint(fields=("edition", "kind", "about"), name="edition_text_once"),
            models.CheckConstraint(condition=~Q(text=""), name="edition_text_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.edition}: {self.get_kind_display()}"


class EditionStep(models.Model):
    """A step on an edition's way, only ever added: who did what and when, with what was said."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("zur Prüfung gegeben")
        OBJECTED = "objected", _("Einwand")
        CONTENT = "content", _("keine Einwände")
        ANSWERED = "answered", _("Einwand beantwortet")
        SUBMITTED = "submitted", _("zur Genehmigung vorgelegt")
        RETURNED = "returned", _("zurückgegeben")
        APPROVED = "approved", _("genehmigt")
        DROPPED = "dropped", _("verworfen")
        RENEWED = "renewed", _("neu berechnet")
        REMINDED = "reminded", _("an die Antwort erinnert")
        TELLING = "telling", _("Nachricht an den Rat begonnen")
        TOLD = "told", _("Nachricht an den Rat gesendet")

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="steps")
    kind = models.CharField(_("Art"), max_length=9, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(_("erfasst am"))
    text = models.TextField(blank=True, max_length=LONGEST_REASON)
    # of an objection: the department that raises it, and the row at which it stands
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    row = models.ForeignKey(MunicipalService, models.PROTECT, null=True, blank=True, related_name="objections")
    answers = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="answer")

    class Meta:
        ordering = ("id",)
        verbose_name = _("Schritt einer Ausgabe")
        verbose_name_plural = _("Schritte einer Ausgabe")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=("objected", "answered", "returned")) | ~Q(text=""), name="edition_step_says_why"
            ),
            models.CheckConstraint(
                condition=Q(kind="answered", answers__isnull=False) | (~Q(kind="answered") & Q(answers=None)),
                name="edition_answer_has_its_objection",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition}: {self.get_kind_display()}"


class ReportRules(models.Model):
    """How a municipality wants its reports to come about."""

    municipality = models.OneToOneField(Municipality, models.PROTECT, related_name="report_rules")
    second_person = models.BooleanField(
        _("Eine zweite Person genehmigt"),
        default=False,
        help_text=_("Wer einen Bericht vorlegt, kann ihn dann nicht selbst genehmigen."),
    )

    class Meta:
        verbose_name = _("Regeln der Berichte")
        verbose_name_plural = _("Regeln der Berichte")

    def __str__(self) -> str:
        return str(self.municipality)
