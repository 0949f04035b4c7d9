"""Keys by which programs act for a person."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models.municipalities import Municipality
from ozg_tracker.accounts.models.people import User


class Scope(models.TextChoices):
    """What a key opens of that which its person may."""

    READ = "read", _("Lesen (ohne Personen)")
    STATUS = "status", _("Leistungen melden")
    REPORTS = "reports", _("Berichte festschreiben und prüfen")
    CATALOGUE = "catalogue", _("Katalog laden")
    PEOPLE = "people", _("Personen, Fachbereiche und Schulungen")


class Token(models.Model):
    """A personal key for programs. Shown once; here stands only the SHA-256 of it.

    `scopes`, `networks`: words with a space between them, networks in the notation of CIDR (empty: from everywhere).
    `municipality`: the only one that the key opens (none: all of the person's). `expires_on`: the last day.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name=_("Person"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(_("Bezeichnung"), max_length=80, blank=True)
    scopes = models.CharField(_("darf"), max_length=60, default=" ".join(Scope.values))
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Kommune")
    )
    networks = models.CharField(_("nur von"), max_length=500, blank=True)
    expires_on = models.DateField(_("gilt bis"), null=True, blank=True)
    created_at = models.DateTimeField(_("erstellt am"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("zuletzt benutzt"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("widerrufen am"), null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Zugangsschlüssel")
        verbose_name_plural = _("Zugangsschlüssel")
        constraints = [
            models.CheckConstraint(
                condition=~Q(scopes=""),
                name="key_opens_something",
                violation_error_message=_(
                    "Ein Schlüssel muss etwas dürfen. Bitte wählen Sie mindestens einen Bereich."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.name or format(self.created_at, '%d.%m.%Y')}"

    def opens(self, scope: str) -> bool:
        return scope in self.scopes.split()

    def scope_labels(self) -> list[str]:
        """What it may, in words."""
        return [str(scope.label) for scope in Scope if self.opens(scope)]

    def expired(self, today: date | None = None) -> bool:
        """Whether its last day (Europe/Berlin) has gone by."""
        return self.expires_on is not None and self.expires_on < (today or timezone.localdate())
