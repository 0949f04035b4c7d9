"""What members of the council ask about a published edition, and what became of each question; only ever added to."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import MunicipalService
from reports.models.editions import Edition

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ozg_tracker.accounts.models import User

LONGEST_QUESTION = 600  # characters: as much as a comment of the administration
LONGEST_ANSWER = 1000


class CouncilQuestionQuerySet(models.QuerySet["CouncilQuestion"]):
    def visible_to(self, user: "User | AnonymousUser") -> "CouncilQuestionQuerySet":
        """The questions about editions that `user` may read."""
        return self.filter(edition__in=Edition.objects.visible_to(user))

    def open(self) -> "CouncilQuestionQuerySet":
        """Neither answered nor withdrawn."""
        return self.filter(step=None)

    def standing(self) -> "CouncilQuestionQuerySet":
        """Without those that were withdrawn."""
        return self.exclude(step__kind=CouncilQuestionStep.Kind.WITHDRAWN)


class CouncilQuestion(models.Model):
    """Frage aus dem Rat: asked about a section of an edition or about one of its services, as the edition calls it."""

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="council_questions", verbose_name=_("Kommune")
    )
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="questions", verbose_name=_("Ausgabe"))
    # the section; empty where it is about a service
    section = models.CharField(_("Abschnitt"), max_length=8, blank=True)
    # the service as the edition names it; empty where it is about a section
    service_key = models.CharField(_("Schlüssel"), max_length=20, blank=True)
    service_ozg_id = models.CharField(_("OZG-ID"), max_length=20, blank=True)
    service_name = models.TextField(_("Leistung"), blank=True)
    row = models.ForeignKey(MunicipalService, models.PROTECT, null=True, blank=True, related_name="council_questions")
    text = models.TextField(_("Frage"), max_length=LONGEST_QUESTION)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("gefragt durch")
    )
    recorded_at = models.DateTimeField(_("gefragt am"))

    objects = CouncilQuestionQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("Frage aus dem Rat")
        verbose_name_plural = _("Fragen aus dem Rat")
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="council_question_asks_something",
                violation_error_message=_("Eine Frage braucht einen Text."),
            ),
            models.CheckConstraint(
                condition=Q(service_name="", service_key="", service_ozg_id="", row=None) & ~Q(section="")
                | Q(section="") & ~Q(service_name=""),
                name="council_question_about_one_thing",
                violation_error_message=_("Eine Frage gilt einem Abschnitt oder einer Leistung."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition}: {self.service_name or self.section}"

    @property
    def service(self) -> dict[str, Any] | None:
        """The service as figures write it: `{"key", "ozg_id", "name"}`; None where it is about a section."""
        if not self.service_name:
            return None
        return {"key": self.service_key or None, "ozg_id": self.service_ozg_id or None, "name": self.service_name}


class CouncilQuestionStep(models.Model):
    """What became of a question, once: the coordination answered it, or whoever asked withdrew it before."""

    class Kind(models.TextChoices):
        ANSWERED = "answered", _("beantwortet")
        WITHDRAWN = "withdrawn", _("zurückgezogen")

    question = models.OneToOneField(
        CouncilQuestion,
        models.PROTECT,
        related_name="step",
        verbose_name=_("Frage"),
        error_messages={"unique": _("Diese Frage ist schon beantwortet oder zurückgezogen.")},
    )
    kind = models.CharField(_("Art"), max_length=9, choices=Kind)
    text = models.TextField(_("Antwort"), blank=True, max_length=LONGEST_ANSWER)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("erfasst am"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("Antwort auf eine Frage")
        verbose_name_plural = _("Antworten auf Fragen")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="answered") & ~Q(text="") | Q(kind="withdrawn", text=""),
                name="council_answer_says_something",
                violation_error_message=_("Eine Antwort braucht einen Text."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.get_kind_display()}"
