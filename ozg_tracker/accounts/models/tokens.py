"""Keys by which programs act for a person."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models.people import User


class Token(models.Model):
    """A personal key for programs. Shown once; here stands only the SHA-256 of it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name=_("Person"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("erstellt am"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("widerrufen am"), null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Zugangsschlüssel")
        verbose_name_plural = _("Zugangsschlüssel")

    def __str__(self) -> str:
        return f"{self.user}, {self.created_at:%d.%m.%Y}"
