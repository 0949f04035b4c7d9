"""Who changed what about people, rights, departments, deadlines, rules and keys: entries that only ever come."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models.municipalities import Municipality
from ozg_tracker.accounts.models.people import User
from ozg_tracker.accounts.models.roles import Deed, Reach, Role, who_may

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class JournalQuerySet(models.QuerySet["JournalEntry"]):
    def visible_to(self, user: "User | AnonymousUser") -> "JournalQuerySet":
        """All of the municipalities where the role of `user` reads all, for operators also those of the installation,
        and for everybody the entries that concern the person or were written by a deed of theirs."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        wide = user.memberships.filter(role__in=who_may(Deed.READ_JOURNAL, Reach.ALL)).values("municipality")
        seen = Q(person=user.pk) | Q(by=user.pk) | Q(municipality__in=wide)
        if user.memberships.filter(role=Role.OPERATOR).exists():
            seen |= Q(municipality=None)
        return self.filter(seen)


class JournalEntry(models.Model):
    """One thing somebody did. Never changed; deleted alone when its time is over (triggers refuse all else)."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Personen")
        ROLE = "role", _("Rechte")
        ADDRESS = "address", _("Adressen und Passwörter")
        DEPARTMENT = "department", _("Fachbereiche")
        HANDOVER = "handover", _("Übergaben")
        DEADLINE = "deadline", _("Fristen")
        RULE = "rule", _("Regeln")
        MUNICIPALITY = "municipality", _("Einstellungen der Kommune")
        KEY = "key", _("Schlüssel")
        SERVICE_ACCOUNT = "service_account", _("Dienstkonten")
        SIGN_IN_FAILED = "sign_in_failed", _("Abgelehnte Anmeldungen")
        EXPORT = "export", _("Auskünfte und Exporte")

    class Way(models.TextChoices):
        PAGE = "page", _("Seite")
        API = "api", _("Schnittstelle")
        COMMAND = "command", _("Befehl oder Aufgabe")

    # none: it concerns the whole installation
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Kommune")
    )
    kind = models.CharField(_("Art"), max_length=16, choices=Kind)
    way = models.CharField(_("Weg"), max_length=8, choices=Way)
    # none: a command, a job, or somebody who did not sign in
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("durch"))
    person = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("betroffene Person")
    )
    about = models.CharField(_("Gegenstand"), max_length=300, blank=True)
    before = models.JSONField(_("vorher"), default=dict)
    after = models.JSONField(_("nachher"), default=dict)
    reason = models.TextField(_("Begründung"), max_length=2000, blank=True)
    recorded_at = models.DateTimeField(_("wann"), default=timezone.now)

    objects = JournalQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("Eintrag im Journal")
        verbose_name_plural = _("Journal")
        indexes = [
            models.Index("municipality", models.F("id").desc(), name="journal_of_municipality"),
            models.Index("person", models.F("id").desc(), name="journal_of_person"),
            models.Index("by", models.F("id").desc(), name="journal_by_person"),
            models.Index("recorded_at", name="journal_when"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.about}"
