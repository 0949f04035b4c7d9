"""What people say beside a row: comments, whom they name in them, and who watches a row."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models.rows import MunicipalService
from ozg_tracker.tracking.models.visible import OfAMunicipality

LONGEST_REMARK = 1_000


class CommentQuerySet(OfAMunicipality["Comment"]):
    def remarks(self) -> Self:
        """Those that say something, withdrawn or not; withdrawing is none of them."""
        return self.filter(withdraws=None)

    def standing(self) -> Self:
        """Those that were not withdrawn."""
        return self.remarks().filter(withdrawn_by=None)


class Comment(models.Model):
    """Kommentar to a row; only ever added to. Without text, it `withdraws` another, whose words are shown no more."""

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, db_index=False, related_name="+", verbose_name=_("Kommune")
    )
    row = models.ForeignKey(
        MunicipalService, models.PROTECT, db_index=False, related_name="comments", verbose_name=_("Leistung")
    )
    text = models.CharField(_("Kommentar"), max_length=LONGEST_REMARK, blank=True)
    withdraws = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="withdrawn_by", verbose_name=_("nimmt zurück")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("von"))
    recorded_at = models.DateTimeField(_("erfasst am"))

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Kommentar")
        verbose_name_plural = _("Kommentare")
        indexes = [
            models.Index(fields=("row", "-id"), name="comment_of_row"),
            models.Index(fields=("municipality", "-id"), name="comment_of_municipality"),
            models.Index(fields=("municipality", "-recorded_at", "id", "withdraws"), name="comment_in_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(withdraws=None) & ~Q(text="")) | Q(withdraws__isnull=False, text=""),
                name="comment_says_or_withdraws",
                violation_error_message=_("Ein Kommentar hat einen Text, oder er nimmt einen anderen zurück."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.row}: {self.recorded_at:%d.%m.%Y}"


class MentionQuerySet(models.QuerySet["Mention"]):
    def waiting(self, person: Any, municipality: Municipality) -> Self:
        """Those that the person (None: each) has not dealt with, of comments that stand."""
        found = self.filter(comment__municipality=municipality, comment__withdrawn_by=None, dealt_with=None)
        return found if person is None else found.filter(person=person)

    def of_row(self, row: MunicipalService) -> Self:
        return self.filter(comment__row=row).select_related("comment__by").order_by("pk")


class Mention(models.Model):
    """Erwähnung: a comment names a person, whom it then waits for; only ever added to."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="mentions", verbose_name=_("Kommentar"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Person"))

    objects = MentionQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("Erwähnung")
        verbose_name_plural = _("Erwähnungen")
        constraints = [models.UniqueConstraint(fields=("comment", "person"), name="mentioned_once_a_comment")]

    def __str__(self) -> str:
        return str(self.comment)


class MentionDone(models.Model):
    """A mention waits no more: the person answered, or said so. Nobody else is shown it."""

    mention = models.OneToOneField(Mention, models.PROTECT, related_name="dealt_with", verbose_name=_("Erwähnung"))
    recorded_at = models.DateTimeField(_("erfasst am"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("erledigte Erwähnung")
        verbose_name_plural = _("erledigte Erwähnungen")

    def __str__(self) -> str:
        return str(self.mention)


class Watch(models.Model):
    """Beobachtung: a person wants to hear of what others change in a row. `seen_at`: until when it was looked at."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("Person"))
    row = models.ForeignKey(MunicipalService, models.CASCADE, related_name="watches", verbose_name=_("Leistung"))
    seen_at = models.DateTimeField(_("gesehen bis"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("Beobachtung")
        verbose_name_plural = _("Beobachtungen")
        constraints = [models.UniqueConstraint(fields=("person", "row"), name="watched_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.row}"
