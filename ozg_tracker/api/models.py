"""Answers that are kept for a day, so that a request which is sent again is not done again."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class KeptAnswer(models.Model):
    """What a person's program was answered to the request that it named `key` (Idempotency-Key).

    `digest`: SHA-256 of method, address and body, so that another request under the same key is told from the same one.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("Person"))
    key = models.CharField(_("Kennung des Programms"), max_length=255)
    digest = models.CharField(_("Prüfsumme der Anfrage"), max_length=64)
    answered_at = models.DateTimeField(_("beantwortet am"), db_index=True)
    status = models.PositiveSmallIntegerField(_("Ergebnis"), default=0)
    headers = models.JSONField(_("Kopfzeilen"), default=dict)
    body = models.BinaryField(_("Antwort"), default=bytes)

    class Meta:
        ordering = ("id",)
        verbose_name = _("gemerkte Antwort")
        verbose_name_plural = _("gemerkte Antworten")
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="a_request_is_done_once"),)

    def __str__(self) -> str:
        return f"{self.key}, {self.answered_at:%d.%m.%Y %H:%M}"
