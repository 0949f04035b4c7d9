"""What a kind of municipality usually carries out itself, in versions."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models.rows import Responsibility


class ScopeProfileQuerySet(models.QuerySet["ScopeProfile"]):
    def in_force(self, kind: str) -> "ScopeProfile | None":
        """The version that counts: the last that a person made, else the newest that came with the program."""
        complete = self.filter(kind=kind, complete=True)
        return complete.order_by(F("shipped").desc(nulls_first=True), "-version").first()


class ScopeProfile(models.Model):
    """Zuständigkeitsprofil: a suggestion of what a kind of municipality carries out. A person decides.

    A version that is `complete` never changes, nor do its rules; triggers refuse it. `shipped`: the number under which
    it came with the program; None: a person made it. Which version is in force says `in_force`.
    """

    kind = models.CharField(_("Art der Kommune"), max_length=16, choices=Municipality.Kind)
    version = models.PositiveIntegerField(_("Fassung"), default=1)
    shipped = models.PositiveIntegerField(_("mitgelieferte Fassung"), null=True, blank=True)
    source = models.TextField(_("Quelle"))
    made_at = models.DateTimeField(_("angelegt am"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("von")
    )
    reason = models.TextField(_("Begründung"), blank=True, max_length=LONGEST_REASON)
    complete = models.BooleanField(_("abgeschlossen"), default=False)

    objects = ScopeProfileQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "-version")
        verbose_name = _("Zuständigkeitsprofil")
        verbose_name_plural = _("Zuständigkeitsprofile")
        constraints = [
            models.UniqueConstraint(fields=("kind", "version"), name="profile_once"),
            models.UniqueConstraint(fields=("kind", "shipped"), name="profile_shipped_once"),
            models.CheckConstraint(
                condition=Q(shipped__isnull=False) | ~Q(reason=""),
                name="profile_has_reason",
                violation_error_message=_("Eine neue Fassung braucht eine Begründung."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, Fassung {self.version}"


class ScopeRule(models.Model):
    """One line of a profile: a Typisierung, an OZG-ID or a Leistungsobjekt (the first eight digits of a key), with the
    responsibility it suggests. Which of several lines wins says `ozg_tracker.tracking.responsibility.suggesting`.
    """

    profile = models.ForeignKey(ScopeProfile, models.CASCADE, related_name="rules")
    type_code = models.CharField(_("Typisierung"), max_length=8, blank=True)
    ozg_id = models.CharField(_("OZG-ID"), max_length=5, blank=True)
    object_key = models.CharField(_("Leistungsobjekt"), max_length=8, blank=True)
    responsibility = models.CharField(_("Zuständigkeit"), max_length=12, choices=Responsibility)
    reason = models.CharField(_("Begründung"), max_length=300)
    source = models.CharField(_("Quelle"), max_length=300)

    class Meta:
        ordering = ("profile", "type_code", "ozg_id", "object_key")
        constraints = [
            models.UniqueConstraint(fields=("profile", "type_code", "ozg_id", "object_key"), name="rule_once"),
            models.CheckConstraint(
                condition=~Q(type_code="") & Q(ozg_id="", object_key="")
                | ~Q(ozg_id="") & Q(type_code="", object_key="")
                | ~Q(object_key="") & Q(type_code="", ozg_id=""),
                name="rule_by_one_criterion",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(source=""),
                name="rule_says_why",
                violation_error_message=_("Eine Regel nennt Begründung und Quelle."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type_code or self.ozg_id or self.object_key}: {self.get_responsibility_display()}"
