"""A frozen month: its figures, its hash, and who approved it."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import CatalogueImport
from ozg_tracker.accounts.models import Deed, Municipality, Reach, who_may

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from ozg_tracker.accounts.models import User


class EditionQuerySet(models.QuerySet["Edition"]):
    def standing(self) -> "EditionQuerySet":
        """Without those that were dropped."""
        return self.exclude(state=Edition.State.DROPPED)

    def visible_to(self, user: "User | AnonymousUser") -> "EditionQuerySet":
        """The editions of municipalities that `user` coordinates, those in review too of one where the user may object,
        and the published ones of those with any other role; none that was dropped.

        An operator runs the installation and reads no reports.
        """
        if not user.is_authenticated:
            return self.none()
        coordinated = user.memberships.filter(role__in=who_may(Deed.READ_EDITIONS, Reach.ALL)).values("municipality")
        reviewing = user.memberships.filter(role__in=who_may(Deed.REVIEW_EDITIONS)).values("municipality")
        read = user.memberships.filter(role__in=who_may(Deed.READ_EDITIONS)).values("municipality")
        return self.standing().filter(
            Q(municipality__in=coordinated)
            | Q(municipality__in=reviewing, state__in=Edition.UNDER_REVIEW)
            | Q(Edition.published(), municipality__in=read)
        )


LONGEST_CORRECTION = 1000  # characters of its reason, which stands in the report


class Edition(models.Model):
    """Ausgabe: a frozen month. `figures` is the canonical JSON, byte for byte what `sha256` was taken of.

    Nothing but its way to the council can change once it stands; triggers refuse all else. Words that are put better,
    or figures reckoned anew, are another row of the same number; the one before is then dropped.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Entwurf")
        IN_REVIEW = "in_review", _("in Prüfung")
        SUBMITTED = "submitted", _("zur Genehmigung vorgelegt")
        APPROVED = "approved", _("genehmigt")
        DROPPED = "dropped", _("verworfen")

    OPEN = (State.DRAFT, State.IN_REVIEW)  # its words can still be put otherwise
    UNDER_REVIEW = (State.IN_REVIEW, State.SUBMITTED)

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="editions", verbose_name=_("Kommune"))
    month = models.DateField(_("Monat"), help_text=_("erster Tag des Monats"))
    number = models.PositiveSmallIntegerField(_("Ausgabe"))
    figures = models.TextField()
    sha256 = models.CharField(_("Prüfsumme (SHA-256)"), max_length=64)
    previous_sha256 = models.CharField(_("Vorgänger"), max_length=64, blank=True)
    known_at = models.DateTimeField(_("Wissensstand"))
    catalogue_import = models.ForeignKey(CatalogueImport, models.PROTECT, related_name="+")
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    correction_reason = models.TextField(_("Grund der Berichtigung"), blank=True, max_length=LONGEST_CORRECTION)
    differences = models.TextField(blank=True)
    state = models.CharField(_("Stand"), max_length=9, choices=State, default=State.DRAFT)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(_("genehmigt am"), null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(_("vorgelegt am"), null=True, blank=True)
    # who is asked to approve
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    object_until = models.DateField(_("Einwände bis"), null=True, blank=True)
    publish_at = models.DateTimeField(
        _("Veröffentlichen am"), null=True, blank=True, help_text=_("leer: mit der Genehmigung")
    )
    # the draft whose figures these are in better words
    drawn_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    tells_council = models.BooleanField(_("Nachricht an den Rat"), default=False)

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ("-month", "-number", "-id")
        verbose_name = _("Ausgabe")
        verbose_name_plural = _("Ausgaben")
        constraints = [
            models.UniqueConstraint(
                fields=("municipality", "month", "number"),
                condition=~Q(state="dropped"),
                name="edition_once",
                violation_error_message=_("Diese Ausgabe gibt es schon."),
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(correction_reason=""),
                name="correction_has_reason",
                violation_error_message=_("Eine Berichtigung braucht einen Grund."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality}, {self.month:%m/%Y}, Ausgabe {self.number}"

    @classmethod
    def published(cls, now: "datetime | None" = None) -> Q:
        """Approved, and the time for which it was set has come."""
        set_for = Q(publish_at=None) | Q(publish_at__lte=now or timezone.now())
        return Q(state=cls.State.APPROVED) & set_for

    @property
    def is_published(self) -> bool:
        """The same of this row."""
        return self.state == self.State.APPROVED and (self.publish_at is None or self.publish_at <= timezone.now())

    def replaced(self) -> "Edition | None":
        """The edition of the month whose place this correction takes; None for a month's first. One query."""
        if self.number == 1:
            return None
        standing = Edition.objects.standing().filter(municipality=self.municipality_id, month=self.month)
        return standing.filter(number=self.number - 1).first()
